// The tokenizer as JSON text, as the model file keeps it.
#pragma once

#include <string>
#include <string_view>

#include <cuvae/schema.hpp>
#include <cuvae/tokenizer.hpp>

namespace cuvae {

std::string to_json(const Tokenizer& tokenizer);

// The inverse; checks every number. Throws Error(data) saying what is malformed.
Tokenizer tokenizer_from_json(std::string_view text);

// Throws Error(data) where the tokenizer is inconsistent in itself or with the schema.
void check_tokenizer(const Tokenizer& tokenizer, const Schema& schema);

}  // namespace cuvae
