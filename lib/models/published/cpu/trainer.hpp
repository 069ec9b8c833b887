// Training on the CPU.
#pragma once

#include <cuvae/published_network.hpp>

#include "runtime/simd/simd_level.hpp"

namespace cuvae {

// `settings` and the data's size are checked already (lib/models/published/train.cpp).
PublishedNetwork train_on_cpu(const Matrix& data, const TrainSettings& settings, SimdLevel level,
                              unsigned threads, Monitor& monitor);

}  // namespace cuvae
