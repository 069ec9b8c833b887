// Training digit networks on the CPU.
#pragma once

#include <functional>

#include <cuvae/digit_network.hpp>

#include "support/simd_level.hpp"

namespace cuvae {

// `options` and the data's size are checked already (lib/digit_network.cpp).
TrainedDigits train_digits_on_cpu(
    const DigitMatrix& data, const Codec& codec, const TrainOptions& options, SimdLevel level,
    unsigned threads, Monitor& monitor,
    const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch);

}  // namespace cuvae
