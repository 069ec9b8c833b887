// The canonical order of sums over the rows of a batch. It is what makes every device, thread
// count, SIMD width and launch shape give the same bits; docs/arithmetic.md explains it.
//
// A batch is cut into segments of 512 rows. In a segment, row r belongs to lane r mod 32; each lane
// is one fma chain in row order (at most 16 long). The 32 lanes are added in a binary tree: lane
// numbers that differ in bit 1 first, then in bit 0, 2, 3 and 4. The segments of a batch are added
// in a binary tree of neighbours: (0 1) (2 3) ..., an odd one out going up unchanged.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

inline constexpr std::uint32_t segment_rows = 512;
inline constexpr std::uint32_t lane_count = 32;
// Distances between the lanes added at each level of the tree.
inline constexpr std::uint32_t lane_tree[5] = {2, 1, 4, 8, 16};

// Columns that a row's product of 1 + e^-|logit| may run over before its logarithm is taken: 2^64
// is far from overflow.
inline constexpr std::uint32_t columns_per_logarithm = 64;

// Adds the numbers at terms[0], terms[stride], ... terms[(count - 1) stride] as neighbours in a
// binary tree, leaving the sum in terms[0]. Overwrites the others.
template <class Ops>
CUVAE_HOST_DEVICE void add_neighbours(typename Ops::Float* terms, std::size_t count,
                                      std::size_t stride) {
  for (std::size_t distance = 1; distance < count; distance *= 2) {
    for (std::size_t i = 0; i + distance < count; i += 2 * distance) {
      terms[i * stride] = Ops::add(terms[i * stride], terms[(i + distance) * stride]);
    }
  }
}

}  // namespace cuvae
