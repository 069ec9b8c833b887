// Columns to rows. A block takes 32 rows: its warps read the columns' cells, neighbours together,
// and lay the numbers down in shared memory, from where they go out row by row, again neighbours
// together.
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/encode/encode.cuh"

namespace cuvae::cuda {
namespace {

using u32 = std::uint32_t;

constexpr u32 warp = 32;
constexpr u32 warps = 8;
constexpr u32 block_rows = warp;

__device__ u32 code_of(const EncodedColumn& column, u32 row) {
  switch (column.width) {
    case 1:
      return static_cast<const std::uint8_t*>(column.cells)[row];
    case 2:
      return static_cast<const std::uint16_t*>(column.cells)[row];
    default:
      return static_cast<const u32*>(column.cells)[row];
  }
}

__device__ float encoded(const EncodedColumn& column, u32 row) {
  if (column.of_code != nullptr) return column.of_code[code_of(column, row)];
  DoubleBits value = static_cast<const DoubleBits*>(column.cells)[row];
  if (soft::is_nan(value)) value = column.mean;
  const DoubleBits scaled = soft::divide(soft::subtract(value, column.minimum), column.divisor);
  return ScalarOps::from_bits(soft::to_float_bits(scaled));
}

__device__ bool is_finite(float x) {
  return (ScalarOps::to_bits(x) & 0x7F800000U) != 0x7F800000U;
}

__global__ void __launch_bounds__(warp* warps)
    encode_kernel(const __grid_constant__ EncodedColumns columns, u32 rows, float* __restrict__ out,
                  u32 stride, unsigned long long* unencodable) {
  __shared__ float tile[block_rows * (encoded_per_launch + 1)];
  // An odd number of floats from row to row: the 32 rows of a column are in 32 banks. On the way
  // out at most two threads meet in one.
  const u32 pitch = columns.count | 1;
  const u32 lane = threadIdx.x % warp;
  const u32 first_row = blockIdx.x * block_rows;
  const u32 left = rows - first_row;
  for (u32 c = threadIdx.x / warp; c < columns.count; c += warps) {
    if (lane >= left) continue;
    const float number = encoded(columns.column[c], first_row + lane);
    tile[lane * pitch + c] = number;
    if (unencodable != nullptr && !is_finite(number)) {
      atomicMin(unencodable,
                static_cast<unsigned long long>(first_row + lane) * columns.matrix_count +
                    columns.first + c);
    }
  }
  __syncthreads();
  const u32 numbers = (left < block_rows ? left : block_rows) * columns.count;
  for (u32 i = threadIdx.x; i < numbers; i += warp * warps) {
    const u32 r = i / columns.count;
    const u32 c = i % columns.count;
    out[static_cast<std::size_t>(first_row + r) * stride + columns.first + c] = tile[r * pitch + c];
  }
}

}  // namespace

cudaError_t launch_encode(const EncodedColumns& columns, std::uint32_t rows, float* out,
                          std::uint32_t stride, unsigned long long* unencodable,
                          cudaStream_t stream) {
  if (rows == 0 || columns.count == 0) return cudaSuccess;
  encode_kernel<<<(rows - 1) / block_rows + 1, warp * warps, 0, stream>>>(columns, rows, out,
                                                                          stride, unencodable);
  return cudaGetLastError();
}

}  // namespace cuvae::cuda
