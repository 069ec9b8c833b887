// Zeroed float memory aligned to a cache line.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace cuvae {

inline constexpr std::size_t cache_line_bytes = 64;

struct AlignedDelete {
  void operator()(float* p) const { ::operator delete[](p, std::align_val_t{cache_line_bytes}); }
};
using AlignedFloats = std::unique_ptr<float[], AlignedDelete>;

inline AlignedFloats aligned_floats(std::size_t count) {
  void* memory = ::operator new[](count * sizeof(float), std::align_val_t{cache_line_bytes});
  float* floats = static_cast<float*>(memory);
  for (std::size_t i = 0; i < count; ++i) floats[i] = 0.0F;
  return AlignedFloats(floats);
}

}  // namespace cuvae
