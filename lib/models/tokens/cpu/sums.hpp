// Sums over a unit's rows: lanes apart first, then in the canonical tree.
#pragma once

#include "models/tokens/cpu/scratch.hpp"
#include "runtime/simd/dense.hpp"
#include "runtime/simd/lanes.hpp"

namespace cuvae::CUVAE_TARGET {

// Adds the lanes of [lane_groups][count][lane]; returns [count] totals.
inline const float* reduce_groups(std::size_t count, const TokenScratch& scratch) {
  for (const std::uint32_t distance : unit_lane_tree) {
    if (distance < lanes) continue;  // done within the vectors
    const std::uint32_t step = distance / lanes;
    for (std::uint32_t g = 0; g < lane_groups; ++g) {
      if ((g & step) != 0) continue;
      float* to = scratch.totals + g * scratch.totals_stride;
      const float* from = scratch.totals + (g + step) * scratch.totals_stride;
      for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
    }
  }
  return scratch.totals;
}

inline void reduce_group(const float* terms, std::size_t count, std::uint32_t group,
                         const TokenScratch& scratch) {
  float* totals = scratch.totals + group * scratch.totals_stride;
  for (std::size_t i = 0; i < count; i += 16) add_lanes(terms + i * lanes, totals + i);
}

inline const float* reduce_lanes(const float* terms, std::size_t count,
                                 const TokenScratch& scratch) {
  for (std::uint32_t g = 0; g < lane_groups; ++g) {
    reduce_group(terms + g * count * lanes, count, g, scratch);
  }
  return reduce_groups(count, scratch);
}

// out [in_width (+ 1), delta_width]: the sums over rows of in * delta, and of delta as last row
// where there is a bias.
inline void lane_sums(const float* in, std::uint32_t in_width, const float* delta,
                      std::uint32_t delta_width, std::uint32_t vectors, const TokenScratch& scratch,
                      bool with_bias, float* out) {
  const std::size_t count = (std::size_t{in_width} + (with_bias ? 1 : 0)) * delta_width;
  for (std::uint32_t g = 0; g < lane_groups; ++g) {
    outer_product({in + std::size_t{g} * in_width * lanes,
                   delta + std::size_t{g} * delta_width * lanes, in_width, delta_width,
                   vectors / lane_groups, lane_groups, scratch.lane_terms});
    reduce_group(scratch.lane_terms, count, g, scratch);
  }
  copy(reduce_groups(count, scratch), count, out);
}

}  // namespace cuvae::CUVAE_TARGET
