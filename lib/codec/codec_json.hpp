// The codec as JSON text, as the model file keeps it.
#pragma once

#include <string>
#include <string_view>

#include <cuvae/codec.hpp>
#include <cuvae/schema.hpp>

namespace cuvae {

std::string to_json(const Codec& codec);

// The inverse; checks every number. Throws Error(data) saying what is malformed.
Codec codec_from_json(std::string_view text);

// Throws Error(data) where the codec is inconsistent in itself or with the schema.
void check_codec(const Codec& codec, const Schema& schema);

}  // namespace cuvae
