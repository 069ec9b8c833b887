// Loops that do nothing but what limits a machine. Compiled once per SIMD level (peak_target.cpp),
// like lib/models/published/cpu/kernels.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/simd/simd_level.hpp"

namespace cuvae::measure {

// Buffers are aligned to 64 bytes and hold a multiple of 256 floats.
struct PeakKernels {
  // Independent multiply-adds on registers; returns how many operations they were, two each.
  double (*multiply_add)(std::uint64_t rounds, float* sink);
  float (*read)(const float* data, std::size_t count);
  // Past the caches.
  void (*write)(float* data, std::size_t count);
  void (*copy)(const float* from, float* to, std::size_t count);
};

const PeakKernels& peak_kernels(SimdLevel level);

}  // namespace cuvae::measure
