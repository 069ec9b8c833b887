// How buffers are padded, whatever the SIMD level.
#pragma once

#include <cstddef>

namespace cuvae {

// Floats in a vector of the widest level; buffers are padded and aligned to this many.
inline constexpr std::size_t widest_vector = 16;

constexpr std::size_t padded(std::size_t count) {
  return (count + widest_vector - 1) / widest_vector * widest_vector;
}

}  // namespace cuvae
