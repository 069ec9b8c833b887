// The parameters of a network of digits as tensors of a model file, and back.
#pragma once

#include <string>
#include <vector>

#include <cuvae/digit_network.hpp>

#include "model/safetensors.hpp"

namespace cuvae {

// Named as blocks_of() names them; weights of dense layers and heads as [outputs, inputs].
std::vector<Tensor> tensors_of(const TrainedDigits& network);

// [parameter_space(shape)]. Throws Error(data) where a tensor is missing, too many or of another
// shape.
std::vector<float> parameters_of(const DigitShape& shape, const std::vector<Tensor>& tensors);

}  // namespace cuvae
