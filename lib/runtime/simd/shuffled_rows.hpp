// The shuffle of an epoch, a vector of positions at a time.
#pragma once

#include "kernels/arithmetic/shuffle.hpp"
#include "runtime/simd/dense.hpp"

namespace cuvae::CUVAE_TARGET {

inline void shuffled_rows(const Shuffle& shuffle, std::uint32_t position, std::uint32_t end,
                          std::uint32_t* out) {
  if (position + lanes > end || end < lanes) {
    for (std::uint32_t i = 0; i < lanes; ++i) {
      out[i] = position + i < end ? shuffled_row(shuffle, position + i) : 0;
    }
    return;
  }
  std::uint32_t left[lanes], right[lanes];
  left[0] = position / shuffle.right_size;
  right[0] = position % shuffle.right_size;
  for (std::uint32_t i = 1; i < lanes; ++i) {
    const bool next = right[i - 1] + 1 == shuffle.right_size;
    left[i] = left[i - 1] + (next ? 1 : 0);
    right[i] = next ? 0 : right[i - 1] + 1;
  }
  Ops::store_bits(shuffle_pair<Ops>(shuffle, Ops::load_bits(left), Ops::load_bits(right)), out);
  for (std::uint32_t i = 0; i < lanes; ++i) {
    if (out[i] >= shuffle.rows) out[i] = shuffled_row(shuffle, position + i);
  }
}

}  // namespace cuvae::CUVAE_TARGET
