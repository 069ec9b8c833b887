// Launching the kernel that encodes columns. g++ reads this header too.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>

#include "kernels/arithmetic/soft_double.hpp"

namespace cuvae::cuda {

// So many columns fit a launch's parameters and a block's shared memory; wider tables take several.
inline constexpr std::uint32_t encoded_per_launch = 32;

struct EncodedColumn {
  const void* cells;
  const float* of_code;  // not null: cells are codes
  DoubleBits minimum;
  DoubleBits mean;
  SoftDivisor divisor;
  std::uint32_t width;
};

struct EncodedColumns {
  EncodedColumn column[encoded_per_launch];
  std::uint32_t count;         // of those
  std::uint32_t first;         // column of the matrix that column[0] is
  std::uint32_t matrix_count;  // columns of the whole matrix
};

// rows: below 2^32.
cudaError_t launch_encode(const EncodedColumns& columns, std::uint32_t rows, float* out,
                          std::uint32_t stride, unsigned long long* unencodable,
                          cudaStream_t stream);

}  // namespace cuvae::cuda
