// Products and sums of columns where no library has them: simple and slow.
#include "kernels/arithmetic/scalar_ops.hpp"
#include "measure/unfused/elementwise.cuh"
#include "measure/unfused/multiplier.hpp"

namespace cuvae::unfused {
namespace {

using Ops = ScalarOps;
using u32 = std::uint32_t;

constexpr u32 threads = 256;

u32 blocks_of(std::uint64_t count) {
  return static_cast<u32>((count + threads - 1) / threads);
}

__device__ u32 thread_index() {
  return blockIdx.x * threads + threadIdx.x;
}

// The sum of a number of each thread of the block, for its first thread; all must come here.
__device__ float block_sum(float number) {
  __shared__ float parts[threads / 32];
  for (int distance = 16; distance > 0; distance /= 2) {
    number = Ops::add(number, __shfl_xor_sync(0xFFFFFFFFU, number, distance));
  }
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = number;
  __syncthreads();
  if (threadIdx.x != 0) return 0;
  for (u32 warp = 1; warp < threads / 32; ++warp) number = Ops::add(number, parts[warp]);
  return number;
}

__global__ void __launch_bounds__(threads)
    column_sums_kernel(const float* __restrict__ gradient, u32 stride, u32 rows,
                       float* __restrict__ sums) {
  float sum = 0;
  for (u32 r = threadIdx.x; r < rows; r += threads) {
    sum = Ops::add(sum, gradient[static_cast<std::size_t>(r) * stride + blockIdx.x]);
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

__device__ float element(const float* matrix, const Operand& operand, u32 row, u32 column) {
  const u32 stored_row = operand.transposed ? column : row;
  const u32 stored_column = operand.transposed ? row : column;
  return matrix[static_cast<std::size_t>(stored_column) * operand.stride + stored_row];
}

__global__ void product_kernel(const Product product, const Matrices matrices) {
  const u32 index = thread_index();
  const u32 i = index % product.m;
  const u32 j = index / product.m;
  if (j >= product.n) return;
  const bool biased = product.epilogue == Epilogue::bias || product.epilogue == Epilogue::relu_bias;
  float sum = biased ? matrices.bias[i] : 0.0F;
  float column_sum = 0;
  for (u32 k = 0; k < product.k; ++k) {
    const float a = element(matrices.a, product.a, i, k);
    sum = Ops::fma(a, element(matrices.b, product.b, k, j), sum);
    column_sum = Ops::add(column_sum, a);
  }
  if (product.epilogue == Epilogue::relu_bias) sum = Ops::max(sum, 0.0F);
  matrices.d[static_cast<std::size_t>(j) * product.d.stride + i] = sum;
  if (product.epilogue == Epilogue::bias_gradient && j == 0) matrices.bias[i] = column_sum;
}

class PlainMultiplier : public Multiplier {
 public:
  void prepare(const Product& product) override { check(product); }
  void multiply(const Product& product, const Matrices& matrices, cudaStream_t stream) override;
};

}  // namespace

cudaError_t launch_column_sums(const float* gradient, u32 width, u32 rows, float* sums,
                               cudaStream_t stream) {
  column_sums_kernel<<<width, threads, 0, stream>>>(gradient, padded(width), rows, sums);
  return cudaGetLastError();
}

namespace {

void PlainMultiplier::multiply(const Product& product, const Matrices& matrices,
                               cudaStream_t stream) {
  product_kernel<<<blocks_of(std::uint64_t{product.m} * product.n), threads, 0, stream>>>(product,
                                                                                          matrices);
}

}  // namespace

std::shared_ptr<Multiplier> make_plain_multiplier() {
  return std::make_shared<PlainMultiplier>();
}

}  // namespace cuvae::unfused
