// Training token networks on the CPU.
#pragma once

#include <cuvae/token_network.hpp>

#include "runtime/simd/simd_level.hpp"

namespace cuvae {

// `settings` and the data's size are checked already (models/tokens/train.cpp).
TokenNetwork train_tokens_on_cpu(const TokenizedTable& table, const TrainSettings& settings,
                                 SimdLevel level, unsigned threads, Monitor& monitor);

}  // namespace cuvae
