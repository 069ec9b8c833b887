// A model file's content.
#pragma once

#include <string>
#include <string_view>

#include <cuvae/model.hpp>

namespace cuvae {

// Throws Error(data) where check_model() does.
std::string model_bytes(const Model& model);

// Whether a model's schema and layout, and a tokenizer (nullptr where there is none), fit into a
// model file, for those who want to know before they train. Throws Error(data) where they don't,
// saying what to leave out.
void check_header_size(const Model& model, const Tokenizer* tokenizer);

// Throws Error(data) beginning with `source`.
Model model_from_bytes(std::string_view bytes, const std::string& source);

}  // namespace cuvae
