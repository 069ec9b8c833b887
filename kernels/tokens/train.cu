// Training the token network: the kernels and their launchers.
//
// A step has two halves: rows forward and backward (train_rows.cuh), then sums over the batch and
// the update (train_sums.cuh). Each is spread over the whole GPU, and they need all of each other's
// results. The persistent form makes many steps in one launch, with two barriers of the grid a
// step; the other form is two kernels a step, computing the same.
//
// Why not one cluster with everything on chip, as for the published network: the gradient of `best`
// is 20 to 40 thousand sums, each over all rows of the batch, and a token's softmax waits for the
// one before: a step is a long chain of small products. Counted for a batch of 500 card rows, a
// warp executes some 22,000 instructions for its four rows, and 128 warps are all the work there
// is: they get a quarter of an H100's multiprocessors for themselves, one warp to each scheduler,
// where a cluster of 16 would stack them two high. What a row leaves behind (some 9 KiB) passes
// through the second-level cache, where weights and moments live too; heads come to shared memory
// one token ahead of their use.
//
// What it costs is in docs/performance-gpu-training.md.
#include <cooperative_groups.h>

#include "kernels/tokens/train_sums.cuh"

namespace cuvae::cuda {
namespace {

// The two halves use the same shared memory one after the other.
__device__ void rows_of_block(const TokenArguments& arguments, float* shared, u32 step) {
  const u32 groups = (rows_of_step(arguments, step) + block_rows - 1) / block_rows;
  if (blockIdx.x >= groups) return;
  TokenRows rows(arguments, shared);
  rows.stage();
  for (u32 group = blockIdx.x; group < groups; group += gridDim.x) rows.work(step, group);
}

__device__ void sums_of_block(const TokenArguments& arguments, float* shared, u32 step) {
  TokenSumsOfStep(arguments, shared, step).work();
}

__global__ void __launch_bounds__(block_threads, 2)
    token_steps_kernel(const __grid_constant__ TokenArguments arguments) {
  extern __shared__ float4 shared[];
  auto* const floats = reinterpret_cast<float*>(shared);
  const auto grid = cooperative_groups::this_grid();
  for (u32 step = 0; step < arguments.steps.steps; ++step) {
    rows_of_block(arguments, floats, step);
    if constexpr (planted_defect == PlantedDefect::dropped_grid_sync) {
      __syncthreads();
    } else {
      grid.sync();
    }
    sums_of_block(arguments, floats, step);
    grid.sync();
  }
}

__global__ void __launch_bounds__(block_threads, 2)
    token_rows_kernel(const __grid_constant__ TokenArguments arguments, u32 step) {
  extern __shared__ float4 shared[];
  rows_of_block(arguments, reinterpret_cast<float*>(shared), step);
}

__global__ void __launch_bounds__(block_threads, 2)
    token_sums_kernel(const __grid_constant__ TokenArguments arguments, u32 step) {
  extern __shared__ float4 shared[];
  sums_of_block(arguments, reinterpret_cast<float*>(shared), step);
}

}  // namespace

cudaError_t token_blocks_at_a_time(int device, std::size_t shared_bytes, std::size_t allowed_bytes,
                                   int& blocks) {
  cudaError_t status = cudaSuccess;
  for (const void* kernel : {reinterpret_cast<const void*>(token_steps_kernel),
                             reinterpret_cast<const void*>(token_rows_kernel),
                             reinterpret_cast<const void*>(token_sums_kernel)}) {
    status = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                  static_cast<int>(allowed_bytes));
    if (status != cudaSuccess) return status;
  }
  int processors = 0;
  int on_each = 0;
  status = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  if (status != cudaSuccess) return status;
  status = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      &on_each, token_steps_kernel, static_cast<int>(block_threads), shared_bytes);
  blocks = processors * on_each;
  return status;
}

cudaError_t launch_token_steps(const TokenTrainPlan& plan, const TokenArguments& arguments,
                               cudaStream_t stream) {
  if (plan.launcher == TokenLauncher::persistent) {
    void* parameters[] = {const_cast<TokenArguments*>(&arguments)};
    return cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(token_steps_kernel),
                                       dim3(plan.blocks), dim3(block_threads), parameters,
                                       plan.shared_bytes, stream);
  }
  for (u32 step = 0; step < arguments.steps.steps; ++step) {
    token_rows_kernel<<<plan.blocks, block_threads, plan.shared_bytes, stream>>>(arguments, step);
    token_sums_kernel<<<plan.blocks, block_threads, plan.shared_bytes, stream>>>(arguments, step);
  }
  return cudaGetLastError();
}

}  // namespace cuvae::cuda
