// Thrust's algorithms, so that they are what a library offers: nothing here is tuned to the step.
#include <map>
#include <thrust/execution_policy.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/reduce.h>
#include <thrust/system/cuda/execution_policy.h>
#include <thrust/system_error.h>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "measure/unfused/elementwise.cuh"
#include "measure/unfused/noise.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::unfused {
namespace {

using Ops = ScalarOps;
using u32 = std::uint32_t;

// What Thrust asks for temporary memory, in the order of a stream.
class Memory {
 public:
  using value_type = char;

  Memory(const CudaAllocator& allocator, cudaStream_t stream)
      : allocator_(allocator), stream_(stream) {}

  char* allocate(std::ptrdiff_t bytes) {
    cuda::DeviceBytes piece(static_cast<std::size_t>(bytes), stream_, allocator_, "Thrust");
    auto* const memory = static_cast<char*>(piece.get());
    pieces_.emplace(memory, std::move(piece));
    return memory;
  }
  void deallocate(char* memory, std::size_t) { pieces_.erase(memory); }

 private:
  const CudaAllocator& allocator_;
  cudaStream_t stream_;
  std::map<char*, cuda::DeviceBytes> pieces_;
};

template <class Call>
cudaError_t status_of(Call call) {
  try {
    call();
  } catch (const thrust::system_error& error) {
    return static_cast<cudaError_t>(error.code().value());
  }
  return cudaSuccess;
}

// f(0) ... f(count - 1), side by side; doesn't wait.
template <class F>
cudaError_t for_each_index(std::size_t count, cudaStream_t stream, F f) {
  return status_of([&] {
    thrust::for_each_n(thrust::cuda::par_nosync.on(stream), thrust::counting_iterator<u32>(0),
                       static_cast<u32>(count), f);
  });
}

__device__ std::size_t place(u32 row, u32 width, u32 index) {
  return static_cast<std::size_t>(row) * ((width + 3) / 4 * 4) + index;
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

// Functors instead of lambdas: extended lambdas would need a flag of nvcc.
struct Gather {
  const Table* table;
  const StepState* state;
  u32 columns;
  u32 batch_size;
  float* x;

  __device__ void operator()(u32 index) const {
    const u32 r = index / columns;
    const u32 c = index % columns;
    const u32 row = shuffled_row(table->shuffle, state->step * batch_size + r);
    x[place(r, columns, c)] = table->rows[static_cast<std::size_t>(row) * table->stride + c];
  }
};

struct Draw {
  const float* noise;
  const StepState* state;
  u32 latent;
  u32 batch_size;
  float kl_scale;
  float* statistics;
  float* z;
  float* half_noise;
  float* terms;

  __device__ void operator()(u32 index) const {
    const u32 r = index / latent;
    const u32 k = index % latent;
    float& mean = statistics[place(r, 2 * latent, k)];
    float& log_var = statistics[place(r, 2 * latent, latent + k)];
    const std::size_t first = static_cast<std::size_t>(state->step) * batch_size * latent;
    const Latent<Ops> drawn = reparameterize<Ops>(mean, log_var, noise[first + index], kl_scale);
    z[place(r, latent, k)] = drawn.z;
    half_noise[place(r, latent, k)] = drawn.half_noise;
    mean = drawn.kl_mean;
    log_var = drawn.kl_log_var;
    terms[index] = Ops::add(terms[index], drawn.kl_term);
  }
};

struct LossGradient {
  const float* x;
  u32 columns;
  bool cross;
  float scale;
  float* logits;
  float* terms;

  __device__ void operator()(u32 index) const {
    const std::size_t at = place(index / columns, columns, index % columns);
    RowLoss<Ops> loss;
    logits[at] = cross ? cross_entropy<Ops>(logits[at], x[at], scale, loss)
                       : squared_error<Ops>(logits[at], x[at], scale, loss);
    if (cross) loss.fold();
    terms[index] = Ops::add(terms[index], loss.sum);
  }
};

struct DrawBackward {
  const float* z_gradient;
  const float* half_noise;
  u32 latent;
  float* statistics;

  __device__ void operator()(u32 index) const {
    const u32 r = index / latent;
    const u32 k = index % latent;
    const std::size_t at = place(r, latent, k);
    float& mean = statistics[place(r, 2 * latent, k)];
    float& log_var = statistics[place(r, 2 * latent, latent + k)];
    mean = Ops::add(z_gradient[at], mean);
    log_var = Ops::fma(z_gradient[at], half_noise[at], log_var);
  }
};

struct ReluBackward {
  const float* output;
  u32 width;
  float* gradient;

  __device__ void operator()(u32 index) const {
    const std::size_t at = place(index / width, width, index % width);
    if (!(output[at] > 0.0F)) gradient[at] = 0;
  }
};

struct AdamUpdate {
  const float* gradient;
  const float* step_sizes;
  const StepState* state;
  float* parameters;
  float* moment_1;
  float* moment_2;

  __device__ void operator()(u32 index) const {
    adam<Ops>(gradient[index], step_sizes[state->step], parameters[index], moment_1[index],
              moment_2[index]);
  }
};

struct NextStep {
  StepState* state;

  __device__ void operator()(u32) const { ++state->step; }
};

struct ProjectNumber {
  const Table* table;
  u32 latent;
  float* numbers;

  __device__ void operator()(u32 index) const {
    const u32 row = shuffled_row(table->shuffle, index / latent);
    numbers[index] = normal_number(row, table->epoch, index % latent, table->seed);
  }
};

class ProjectNoise : public Noise {
 public:
  void fill(const Table* table, u32 rows, u32 latent, float* numbers,
            cudaStream_t stream) override {
    CUVAE_CUDA(
        for_each_index(std::size_t{rows} * latent, stream, ProjectNumber{table, latent, numbers}));
  }
};

}  // namespace

cudaError_t launch_gather(const Table* table, const StepState* state, u32 columns, u32 batch_size,
                          u32 rows, float* x, cudaStream_t stream) {
  return for_each_index(std::size_t{rows} * columns, stream,
                        Gather{table, state, columns, batch_size, x});
}

cudaError_t launch_draw(const float* noise, const StepState* state, u32 latent, u32 batch_size,
                        u32 rows, float kl_scale, float* statistics, float* z, float* half_noise,
                        float* terms, cudaStream_t stream) {
  return for_each_index(
      std::size_t{rows} * latent, stream,
      Draw{noise, state, latent, batch_size, kl_scale, statistics, z, half_noise, terms});
}

cudaError_t launch_loss(const float* x, u32 columns, u32 rows, Loss loss, float scale,
                        float* logits, float* terms, cudaStream_t stream) {
  return for_each_index(std::size_t{rows} * columns, stream,
                        LossGradient{x, columns, loss == Loss::bce_kl, scale, logits, terms});
}

cudaError_t launch_draw_backward(const float* z_gradient, const float* half_noise, u32 latent,
                                 u32 rows, float* statistics, cudaStream_t stream) {
  return for_each_index(std::size_t{rows} * latent, stream,
                        DrawBackward{z_gradient, half_noise, latent, statistics});
}

cudaError_t launch_relu_backward(const float* output, u32 width, u32 rows, float* gradient,
                                 cudaStream_t stream) {
  return for_each_index(std::size_t{rows} * width, stream, ReluBackward{output, width, gradient});
}

cudaError_t launch_adam(const float* gradient, const float* step_sizes, const StepState* state,
                        u32 count, float* parameters, float* moment_1, float* moment_2,
                        cudaStream_t stream) {
  return for_each_index(count, stream,
                        AdamUpdate{gradient, step_sizes, state, parameters, moment_1, moment_2});
}

cudaError_t launch_next_step(StepState* state, cudaStream_t stream) {
  return for_each_index(1, stream, NextStep{state});
}

cudaError_t sum(const float* numbers, std::size_t count, const CudaAllocator& allocator,
                cudaStream_t stream, float& total) {
  return status_of([&] {
    Memory memory(allocator, stream);
    total =
        thrust::reduce(thrust::cuda::par_nosync(memory).on(stream), numbers, numbers + count, 0.0F);
  });
}

std::shared_ptr<Noise> make_project_noise() {
  return std::make_shared<ProjectNoise>();
}

}  // namespace cuvae::unfused
