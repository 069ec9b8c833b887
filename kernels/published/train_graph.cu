// One training step as three kernels: the form to read first. It computes what the fused kernels
// compute, number by number, with one thread for each thing to be computed and every intermediate
// number in global memory. A step costs three launches and a trip to memory for each of them.
//
//   row_kernel       a thread is a row: forward, loss, backward. Leaves each layer's inputs and the
//                    gradients at its outputs in the workspace, [number, row].
//   segment_kernel   a warp is a parameter and a segment of rows; a thread is a lane of the
//                    canonical order: an fma chain over its rows, then the tree over the lanes.
//   update_kernel    a thread is a parameter: the tree over the segments, then Adam.
//
// What differs from step to step is in device memory (StepState), so that the three launches of any
// step are the same and a captured graph of them can be replayed.
#include "kernels/arithmetic/adam.hpp"
#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/order.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/published/loss.hpp"
#include "kernels/published/train_graph.hpp"

namespace cuvae::cuda {
namespace {

using Ops = ScalarOps;
using u32 = std::uint32_t;

constexpr u32 row_threads = 64;
constexpr u32 segment_threads = 256;
constexpr u32 update_threads = 128;

struct LayerView {
  u32 inputs;
  u32 outputs;
  const float* weight;  // [inputs, outputs], then the biases [outputs]
};

__device__ LayerView layer_view(const GraphLayout& layout, const StepState& state, u32 layer) {
  return {layout.inputs[layer], layout.outputs[layer],
          state.steps.parameters + layout.parameter[layer]};
}

__device__ u32 first_position(const GraphLayout& layout, const StepState& state, u32 step) {
  return (state.steps.first_step + step) * layout.batch_size;
}

__device__ u32 rows_of_batch(const GraphLayout& layout, const StepState& state, u32 step) {
  const u32 left = state.steps.shuffle.rows - first_position(layout, state, step);
  return left < layout.batch_size ? left : layout.batch_size;
}

__device__ bool has_relu(u32 layer) {
  return layer < 3 || layer == 5 || layer == 6;
}

// Numbers of one row in the workspace lie batch_size floats apart, so that the threads of a warp,
// which are rows next to each other, read and write whole sectors.
struct Column {
  float* first;
  u32 stride;
  __device__ float& operator[](u32 index) const {
    return first[static_cast<std::size_t>(index) * stride];
  }
};

__device__ float activation(const LayerView& layer, Column input, u32 output) {
  float sum = layer.weight[static_cast<std::size_t>(layer.inputs) * layer.outputs + output];
  for (u32 i = 0; i < layer.inputs; ++i) {
    sum =
        Ops::fma(layer.weight[static_cast<std::size_t>(i) * layer.outputs + output], input[i], sum);
  }
  return sum;
}

__device__ float backward(const LayerView& layer, Column gradient, u32 input) {
  float sum = 0;
  const float* weight = layer.weight + static_cast<std::size_t>(input) * layer.outputs;
  for (u32 j = 0; j < layer.outputs; ++j) sum = Ops::fma(weight[j], gradient[j], sum);
  return sum;
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

__global__ void __launch_bounds__(row_threads)
    row_kernel(const __grid_constant__ GraphLayout layout, StepState* shared_state,
               float* __restrict__ workspace) {
  const StepState& state = *shared_state;
  const u32 step = state.next;
  const u32 rows = rows_of_batch(layout, state, step);
  const u32 r = blockIdx.x * row_threads + threadIdx.x;
  if (r == 0) shared_state->current = step;
  if (r >= rows) return;
  const bool cross = state.steps.loss == Loss::bce_kl;
  const LossScale scale = rows == layout.batch_size ? state.scale : state.last_scale;
  const u32 row = shuffled_row(state.steps.shuffle, first_position(layout, state, step) + r);
  const float* values = state.steps.table + static_cast<std::size_t>(row) * state.steps.stride;
  const auto column = [&](u32 number) {
    return Column{workspace + static_cast<std::size_t>(number) * layout.batch_size + r,
                  layout.batch_size};
  };

  const Column encoded = column(layout.input[0]);
  for (u32 j = 0; j < layout.columns; ++j) encoded[j] = values[j];

  const Column statistics = column(layout.gradient[3]);  // for now: means, then log variances
  for (u32 l = 0; l < 4; ++l) {
    const LayerView layer = layer_view(layout, state, l);
    const Column output = l < 3 ? column(layout.input[l + 1]) : statistics;
    for (u32 j = 0; j < layer.outputs; ++j) {
      const float sum = activation(layer, column(layout.input[l]), j);
      output[j] = has_relu(l) ? Ops::max(sum, 0.0F) : sum;
    }
  }

  const Column z = column(layout.input[4]);
  const Column half_noise = column(layout.half_noise);
  float kl_terms = 0;
  for (u32 k = 0; k < layout.latent; ++k) {
    const Latent<Ops> latent =
        reparameterize<Ops>(statistics[k], statistics[layout.latent + k],
                            normal_number(row, state.steps.epoch, k, state.steps.seed), scale.kl);
    z[k] = latent.z;
    half_noise[k] = latent.half_noise;
    statistics[k] = latent.kl_mean;
    statistics[layout.latent + k] = latent.kl_log_var;
    kl_terms = Ops::add(kl_terms, latent.kl_term);
  }

  const Column logit = column(layout.gradient[7]);  // for now
  for (u32 l = 4; l < layer_count; ++l) {
    const LayerView layer = layer_view(layout, state, l);
    const Column output = l < 7 ? column(layout.input[l + 1]) : logit;
    for (u32 j = 0; j < layer.outputs; ++j) {
      const float sum = activation(layer, column(layout.input[l]), j);
      output[j] = has_relu(l) ? Ops::max(sum, 0.0F) : sum;
    }
  }

  RowLoss<Ops> row_loss;
  for (u32 j = 0; j < layout.columns; ++j) {
    if (cross) {
      logit[j] = cross_entropy<Ops>(logit[j], values[j], scale.reconstruction, row_loss);
      if ((j + 1) % columns_per_logarithm == 0 || j + 1 == layout.columns) row_loss.fold();
    } else {
      logit[j] = squared_error<Ops>(logit[j], values[j], scale.reconstruction, row_loss);
    }
  }
  const Column losses = column(layout.losses);
  losses[0] = row_loss.sum;
  losses[1] = kl_terms;

  for (u32 l = 7; l > 0; --l) {
    const LayerView layer = layer_view(layout, state, l);
    const Column gradient = column(layout.gradient[l]);
    const Column input = column(layout.input[l]);
    const Column output = column(layout.gradient[l - 1]);
    for (u32 i = 0; i < layer.inputs; ++i) {
      const float sum = backward(layer, gradient, i);
      if (l == 4) {  // through the drawing of the latents; output holds the gradient of the KL loss
        output[i] = Ops::add(sum, output[i]);
        output[layout.latent + i] = Ops::fma(sum, half_noise[i], output[layout.latent + i]);
      } else {
        output[i] = has_relu(l - 1) && !(input[i] > 0.0F) ? 0.0F : sum;
      }
    }
  }
}

template <u32 distance>
__device__ float add_partner(float sum) {
  return Ops::add(sum, __shfl_xor_sync(0xffffffffU, sum, static_cast<int>(distance)));
}

__global__ void __launch_bounds__(segment_threads)
    segment_kernel(const __grid_constant__ GraphLayout layout, const StepState* shared_state,
                   const float* __restrict__ workspace, float* __restrict__ segment_sums) {
  const u32 rows = rows_of_batch(layout, *shared_state, shared_state->current);
  const u32 segment = blockIdx.y;
  const u32 first_row = segment * segment_rows;
  const u32 number = blockIdx.x * (segment_threads / lane_count) + threadIdx.x / lane_count;
  const u32 lane = threadIdx.x % lane_count;
  if (number >= layout.parameters + 2 || first_row >= rows) return;
  const u32 end = rows - first_row < segment_rows ? rows : first_row + segment_rows;

  float chain = 0;
  const auto at = [&](u32 column, u32 r) {
    return workspace[static_cast<std::size_t>(column) * layout.batch_size + r];
  };
  if (number >= layout.parameters) {
    const u32 loss = layout.losses + number - layout.parameters;
    for (u32 r = first_row + lane; r < end; r += lane_count) chain = Ops::add(chain, at(loss, r));
  } else {
    u32 l = 0;
    while (l + 1 < layer_count && number >= layout.parameter[l + 1]) ++l;
    const u32 i = (number - layout.parameter[l]) / layout.outputs[l];
    const u32 j = (number - layout.parameter[l]) % layout.outputs[l];
    const u32 gradient = layout.gradient[l] + j;
    if (i == layout.inputs[l]) {
      for (u32 r = first_row + lane; r < end; r += lane_count) {
        chain = Ops::add(chain, at(gradient, r));
      }
    } else {
      for (u32 r = first_row + lane; r < end; r += lane_count) {
        chain = Ops::fma(at(layout.input[l] + i, r), at(gradient, r), chain);
      }
    }
  }
  chain = add_partner<lane_tree[0]>(chain);
  chain = add_partner<lane_tree[1]>(chain);
  chain = add_partner<lane_tree[2]>(chain);
  chain = add_partner<lane_tree[3]>(chain);
  chain = add_partner<lane_tree[4]>(chain);
  if (lane == 0) {
    segment_sums[static_cast<std::size_t>(segment) * (layout.parameters + 2) + number] = chain;
  }
}

__global__ void __launch_bounds__(update_threads)
    update_kernel(const __grid_constant__ GraphLayout layout, StepState* shared_state,
                  float* __restrict__ segment_sums) {
  const StepState& state = *shared_state;
  const u32 step = state.current;
  const u32 number = blockIdx.x * update_threads + threadIdx.x;
  if (number == 0) shared_state->next = step + 1;
  if (number >= layout.parameters + 2) return;
  const u32 segments = (rows_of_batch(layout, state, step) - 1) / segment_rows + 1;
  add_neighbours<Ops>(segment_sums + number, segments, layout.parameters + 2);
  const float sum = segment_sums[number];
  if (number < layout.parameters) {
    adam<Ops>(sum, state.steps.step_sizes[step], state.steps.parameters[number],
              state.steps.moment_1[number], state.steps.moment_2[number]);
  } else {
    state.steps.losses[2 * static_cast<std::size_t>(step) + number - layout.parameters] = sum;
  }
}

__global__ void set_state_kernel(const __grid_constant__ StepState value, StepState* state) {
  *state = value;
}

StepState* state_in(void* workspace) {
  return static_cast<StepState*>(workspace);
}

}  // namespace

cudaError_t launch_set_state(const StepState& state, void* workspace, cudaStream_t stream) {
  set_state_kernel<<<1, 1, 0, stream>>>(state, state_in(workspace));
  return cudaGetLastError();
}

cudaError_t launch_step(const GraphLayout& layout, void* workspace, cudaStream_t stream) {
  StepState* const state = state_in(workspace);
  float* const numbers =
      reinterpret_cast<float*>(static_cast<char*>(workspace) + layout.numbers_at);
  float* const sums = reinterpret_cast<float*>(static_cast<char*>(workspace) + layout.sums_at);
  constexpr u32 warps = segment_threads / lane_count;
  const u32 parameters = layout.parameters + 2;
  const dim3 segment_grid((parameters + warps - 1) / warps, layout.segments);
  row_kernel<<<(layout.batch_size + row_threads - 1) / row_threads, row_threads, 0, stream>>>(
      layout, state, numbers);
  segment_kernel<<<segment_grid, segment_threads, 0, stream>>>(layout, state, numbers, sums);
  update_kernel<<<(parameters + update_threads - 1) / update_threads, update_threads, 0, stream>>>(
      layout, state, sums);
  return cudaGetLastError();
}

}  // namespace cuvae::cuda
