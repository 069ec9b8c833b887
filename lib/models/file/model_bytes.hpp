// A model file's content.
#pragma once

#include <string>
#include <string_view>

#include <cuvae/model.hpp>

namespace cuvae {

// Throws Error(data) where check_model() does.
std::string model_bytes(const Model& model);

// Throws Error(data) beginning with `source`.
Model model_from_bytes(std::string_view bytes, const std::string& source);

}  // namespace cuvae
