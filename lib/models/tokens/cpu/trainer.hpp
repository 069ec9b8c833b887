// Training token networks on the CPU.
#pragma once

#include <functional>

#include <cuvae/token_network.hpp>

#include "runtime/simd/simd_level.hpp"

namespace cuvae {

// `options` and the data's size are checked already (lib/token_network.cpp).
TokenNetwork train_tokens_on_cpu(
    const TokenMatrix& data, const Tokenizer& tokenizer, const TrainOptions& options,
    SimdLevel level, unsigned threads, Monitor& monitor,
    const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch);

}  // namespace cuvae
