// Training on the CPU.
#pragma once

#include <functional>

#include <cuvae/train.hpp>

#include "runtime/simd/simd_level.hpp"

namespace cuvae {

// `options` and the data's size are checked already (lib/models/published/train.cpp).
PublishedNetwork train_on_cpu(const Matrix& data, const TrainOptions& options, SimdLevel level,
                              unsigned threads, Monitor& monitor,
                              const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch);

}  // namespace cuvae
