// The parameters of a network of tokens as tensors of a model file, and back.
#pragma once

#include <string>
#include <vector>

#include <cuvae/token_network.hpp>

#include "models/file/safetensors.hpp"

namespace cuvae {

// Named as blocks_of() names them; weights of dense layers and heads as [outputs, inputs].
std::vector<Tensor> tensors_of(const TokenNetwork& network);

// [parameter_space(shape)]. Throws Error(data) where a tensor is missing, too many or of another
// shape.
std::vector<float> parameters_of(const TokenShape& shape, const std::vector<Tensor>& tensors);

}  // namespace cuvae
