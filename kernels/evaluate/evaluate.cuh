// Launching the kernels that evaluation on the device needs beside sorting. g++ reads this header
// too.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>

#include <cuvae/cuda_evaluate.hpp>

#include "kernels/arithmetic/soft_double.hpp"

namespace cuvae::cuda {

using Counter = unsigned long long;  // what CUDA's atomics take

struct SoftBins {
  DoubleBits low;
  SoftDivisor width;
  std::uint32_t count;
};

// What the kernels of one Kolmogorov-Smirnov distance hand to each other.
struct KsState {
  Counter present[2];   // numbers that are not NaN
  SoftDivisor rows[2];  // the same, to divide by
  Counter furthest;     // bits of the greatest distance so far
};

// rows: below 2^32; all counts must be zero before.
cudaError_t launch_count_codes(const CudaCodes& codes, std::uint32_t rows, Counter* counts,
                               cudaStream_t stream);
cudaError_t launch_histogram(const double* values, std::uint32_t rows, const SoftBins& bins,
                             Counter* counts, cudaStream_t stream);
cudaError_t launch_pair_table(const CudaCodes& a, const CudaCodes& b, std::uint32_t rows,
                              std::uint32_t* counts, cudaStream_t stream);

cudaError_t launch_bin(const double* values, std::uint32_t rows, const SoftBins& bins,
                       std::uint8_t* out, cudaStream_t stream);
cudaError_t launch_pair_keys(const CudaCodes& a, const CudaCodes& b, std::uint32_t rows,
                             std::uint64_t* keys, cudaStream_t stream);

// Keys that order as the numbers do, NaN last; counts the others in state->present[which].
cudaError_t launch_sort_keys(const double* values, std::uint32_t rows, int which,
                             std::uint64_t* keys, KsState* state, cudaStream_t stream);
// Sorted keys of both columns to the distance.
cudaError_t launch_ks_distance(const std::uint64_t* a, std::uint32_t a_rows, const std::uint64_t* b,
                               std::uint32_t b_rows, KsState* state, double* distance,
                               cudaStream_t stream);

cudaError_t launch_nearest(const CudaPoints& queries, const CudaPoints& references,
                           std::uint32_t columns, float* distances, cudaStream_t stream);

}  // namespace cuvae::cuda
