// What lies between the matrix products of the unfused training step, by Thrust. Nothing waits but
// sum(). All matrices are row-major
// [rows, width] with padded(width) floats from row to row. g++ reads this header too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_runtime_api.h>

#include <cuvae/cuda.hpp>
#include <cuvae/train.hpp>

#include "kernels/arithmetic/shuffle.hpp"
#include "kernels/published/loss.hpp"

namespace cuvae::unfused {

// What differs from step to step: in device memory, so that a captured step can be replayed.
struct StepState {
  std::uint32_t step;  // of the epoch
};

struct Table {
  const float* rows;  // [shuffle.rows, stride]
  std::uint32_t stride;
  std::uint32_t columns;
  Shuffle shuffle;
  std::uint64_t seed;
  std::uint32_t epoch;
};

// Rows step * batch_size ... of the epoch's order to x.
cudaError_t launch_gather(const Table* table, const StepState* state, std::uint32_t columns,
                          std::uint32_t batch_size, std::uint32_t rows, float* x,
                          cudaStream_t stream);

// Means and log variances [rows, 2 latent] to z [rows, latent]; `statistics` becomes the gradient
// of the KL loss at them, half_noise d(z) / d(log variance). noise: [rows of the epoch, latent].
// Adds the KL terms to terms [batch_size, latent], each to its own.
cudaError_t launch_draw(const float* noise, const StepState* state, std::uint32_t latent,
                        std::uint32_t batch_size, std::uint32_t rows, float kl_scale,
                        float* statistics, float* z, float* half_noise, float* terms,
                        cudaStream_t stream);

// Logits to their gradient, in place. Adds the reconstruction loss to terms [batch_size, columns],
// each number to its own: they are summed once an epoch, for what waits for a sum would wait in
// every step.
cudaError_t launch_loss(const float* x, std::uint32_t columns, std::uint32_t rows, Loss loss,
                        float scale, float* logits, float* terms, cudaStream_t stream);

// The gradient at z goes on to that at means and log variances, which holds the KL loss's.
cudaError_t launch_draw_backward(const float* z_gradient, const float* half_noise,
                                 std::uint32_t latent, std::uint32_t rows, float* statistics,
                                 cudaStream_t stream);

// gradient = 0 where the output of the ReLU was 0.
cudaError_t launch_relu_backward(const float* output, std::uint32_t width, std::uint32_t rows,
                                 float* gradient, cudaStream_t stream);

// The sum of each column of gradient [rows, width]: the bias gradient, for a library that has no
// epilogue for it.
cudaError_t launch_column_sums(const float* gradient, std::uint32_t width, std::uint32_t rows,
                               float* sums, cudaStream_t stream);

// step_sizes: [steps of the epoch]
cudaError_t launch_adam(const float* gradient, const float* step_sizes, const StepState* state,
                        std::uint32_t count, float* parameters, float* moment_1, float* moment_2,
                        cudaStream_t stream);

cudaError_t launch_next_step(StepState* state, cudaStream_t stream);

// The sum of numbers [count]. Waits for it; temporary memory is the allocator's.
cudaError_t sum(const float* numbers, std::size_t count, const CudaAllocator& allocator,
                cudaStream_t stream, float& total);

}  // namespace cuvae::unfused
