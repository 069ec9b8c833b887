#include "kernels/arithmetic/adam.hpp"
#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
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

__device__ std::size_t place(u32 row, u32 width, u32 index) {
  return static_cast<std::size_t>(row) * ((width + 3) / 4 * 4) + index;
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

__device__ void add_to(float* sum, float number) {
  number = block_sum(number);
  if (threadIdx.x == 0) atomicAdd(sum, number);
}

__global__ void gather_kernel(const Table* table, const StepState* state, u32 columns,
                              u32 batch_size, u32 rows, float* __restrict__ x,
                              u32* __restrict__ row_numbers) {
  const u32 index = thread_index();
  const u32 r = index / columns;
  const u32 c = index % columns;
  if (r >= rows) return;
  const u32 row = shuffled_row(table->shuffle, state->step * batch_size + r);
  x[place(r, columns, c)] = table->rows[static_cast<std::size_t>(row) * table->stride + c];
  if (c == 0) row_numbers[r] = row;
}

__device__ float normal_number(u32 row, u32 epoch, u32 latent, std::uint64_t seed) {
  const PhiloxCounter words =
      philox4x32_10(noise_counter(row, epoch, Purpose::training_noise, latent / 4), seed);
  float first, second;
  const bool upper = (latent & 2) != 0;
  box_muller<Ops>(upper ? words.word[2] : words.word[0], upper ? words.word[3] : words.word[1],
                  first, second);
  return (latent & 1) != 0 ? second : first;
}

__global__ void __launch_bounds__(threads)
    draw_kernel(const Table* table, const u32* __restrict__ row_numbers, u32 latent, u32 rows,
                float kl_scale, float* __restrict__ statistics, float* __restrict__ z,
                float* __restrict__ half_noise, float* losses) {
  const u32 index = thread_index();
  const u32 r = index / latent;
  const u32 k = index % latent;
  float term = 0;
  if (r < rows) {
    float& mean = statistics[place(r, 2 * latent, k)];
    float& log_var = statistics[place(r, 2 * latent, latent + k)];
    const Latent<Ops> drawn = reparameterize<Ops>(
        mean, log_var, normal_number(row_numbers[r], table->epoch, k, table->seed), kl_scale);
    z[place(r, latent, k)] = drawn.z;
    half_noise[place(r, latent, k)] = drawn.half_noise;
    mean = drawn.kl_mean;
    log_var = drawn.kl_log_var;
    term = drawn.kl_term;
  }
  add_to(losses + 1, term);
}

__global__ void __launch_bounds__(threads)
    loss_kernel(const float* __restrict__ x, u32 columns, u32 rows, bool cross, float scale,
                float* __restrict__ logits, float* losses) {
  const u32 index = thread_index();
  const u32 r = index / columns;
  const u32 c = index % columns;
  RowLoss<Ops> loss;
  if (r < rows) {
    float& logit = logits[place(r, columns, c)];
    const float target = x[place(r, columns, c)];
    logit = cross ? cross_entropy<Ops>(logit, target, scale, loss)
                  : squared_error<Ops>(logit, target, scale, loss);
    if (cross) loss.fold();
  }
  add_to(losses, loss.sum);
}

__global__ void draw_backward_kernel(const float* __restrict__ z_gradient,
                                     const float* __restrict__ half_noise, u32 latent, u32 rows,
                                     float* __restrict__ statistics) {
  const u32 index = thread_index();
  const u32 r = index / latent;
  const u32 k = index % latent;
  if (r >= rows) return;
  const float gradient = z_gradient[place(r, latent, k)];
  float& mean = statistics[place(r, 2 * latent, k)];
  float& log_var = statistics[place(r, 2 * latent, latent + k)];
  mean = Ops::add(gradient, mean);
  log_var = Ops::fma(gradient, half_noise[place(r, latent, k)], log_var);
}

__global__ void relu_backward_kernel(const float* __restrict__ output, u32 width, u32 rows,
                                     float* __restrict__ gradient) {
  const u32 index = thread_index();
  if (index / width >= rows) return;
  const std::size_t at = place(index / width, width, index % width);
  if (!(output[at] > 0.0F)) gradient[at] = 0;
}

__global__ void __launch_bounds__(threads)
    column_sums_kernel(const float* __restrict__ gradient, u32 width, u32 rows,
                       float* __restrict__ sums) {
  float sum = 0;
  for (u32 r = threadIdx.x; r < rows; r += threads) {
    sum = Ops::add(sum, gradient[place(r, width, blockIdx.x)]);
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) sums[blockIdx.x] = sum;
}

__global__ void adam_kernel(const float* __restrict__ gradient,
                            const float* __restrict__ step_sizes, const StepState* state, u32 count,
                            float* __restrict__ parameters, float* __restrict__ moment_1,
                            float* __restrict__ moment_2) {
  const u32 index = thread_index();
  if (index >= count) return;
  adam<Ops>(gradient[index], step_sizes[state->step], parameters[index], moment_1[index],
            moment_2[index]);
}

__global__ void next_step_kernel(StepState* state) {
  ++state->step;
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

cudaError_t launch_gather(const Table* table, const StepState* state, u32 columns, u32 batch_size,
                          u32 rows, float* x, u32* row_numbers, cudaStream_t stream) {
  gather_kernel<<<blocks_of(std::uint64_t{rows} * columns), threads, 0, stream>>>(
      table, state, columns, batch_size, rows, x, row_numbers);
  return cudaGetLastError();
}

cudaError_t launch_draw(const Table* table, const u32* row_numbers, u32 latent, u32 rows,
                        float kl_scale, float* statistics, float* z, float* half_noise,
                        float* losses, cudaStream_t stream) {
  draw_kernel<<<blocks_of(std::uint64_t{rows} * latent), threads, 0, stream>>>(
      table, row_numbers, latent, rows, kl_scale, statistics, z, half_noise, losses);
  return cudaGetLastError();
}

cudaError_t launch_loss(const float* x, u32 columns, u32 rows, Loss loss, float scale,
                        float* logits, float* losses, cudaStream_t stream) {
  loss_kernel<<<blocks_of(std::uint64_t{rows} * columns), threads, 0, stream>>>(
      x, columns, rows, loss == Loss::bce_kl, scale, logits, losses);
  return cudaGetLastError();
}

cudaError_t launch_draw_backward(const float* z_gradient, const float* half_noise, u32 latent,
                                 u32 rows, float* statistics, cudaStream_t stream) {
  draw_backward_kernel<<<blocks_of(std::uint64_t{rows} * latent), threads, 0, stream>>>(
      z_gradient, half_noise, latent, rows, statistics);
  return cudaGetLastError();
}

cudaError_t launch_relu_backward(const float* output, u32 width, u32 rows, float* gradient,
                                 cudaStream_t stream) {
  relu_backward_kernel<<<blocks_of(std::uint64_t{rows} * width), threads, 0, stream>>>(
      output, width, rows, gradient);
  return cudaGetLastError();
}

cudaError_t launch_column_sums(const float* gradient, u32 width, u32 rows, float* sums,
                               cudaStream_t stream) {
  column_sums_kernel<<<width, threads, 0, stream>>>(gradient, width, rows, sums);
  return cudaGetLastError();
}

cudaError_t launch_adam(const float* gradient, const float* step_sizes, const StepState* state,
                        u32 count, float* parameters, float* moment_1, float* moment_2,
                        cudaStream_t stream) {
  adam_kernel<<<blocks_of(count), threads, 0, stream>>>(gradient, step_sizes, state, count,
                                                        parameters, moment_1, moment_2);
  return cudaGetLastError();
}

cudaError_t launch_next_step(StepState* state, cudaStream_t stream) {
  next_step_kernel<<<1, 1, 0, stream>>>(state);
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
