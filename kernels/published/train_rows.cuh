// A row's way through the network, in the fused training kernels: device functions.
//
// `threads_per_row` threads share a row; thread `part` of them computes the units (4 numbers) part,
// part + threads_per_row, ... of each layer's outputs, and, backward, of its inputs. They hand the
// numbers on through the row's record in shared memory. The threads of a warp that work on the same
// part of different rows stand next to each other, so that the weights they read are the same
// address and the records they read are in different banks.
#pragma once

#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/published/train_layout.hpp"

namespace cuvae::cuda {

using Ops = ScalarOps;
using u32 = std::uint32_t;

// A network whose shape the compiler knows.
template <u32 columns_, u32 hidden_0, u32 hidden_1, u32 latent_>
class FixedNetwork {
 public:
  static constexpr bool fixed = true;
  static constexpr TrainLayout value = train_layout({columns_, {hidden_0, hidden_1}, latent_});

  __device__ explicit FixedNetwork(const TrainLayout&) {}
  template <u32 l>
  __device__ constexpr LayerLayout layer() const {
    constexpr LayerLayout result = value.layers[l];
    return result;
  }
  __device__ constexpr u32 columns() const { return columns_; }
  __device__ constexpr u32 latent() const { return latent_; }
  __device__ constexpr u32 value_units() const { return constant<value.value_units>(); }
  __device__ constexpr u32 noise_unit() const { return constant<value.noise_unit>(); }
  __device__ constexpr u32 noise_units() const { return constant<value.noise_units>(); }
  __device__ constexpr u32 half_noise_unit() const { return constant<value.half_noise_unit>(); }
  __device__ constexpr u32 term_unit() const { return constant<value.term_unit>(); }
  __device__ constexpr u32 factor_unit() const { return constant<value.factor_unit>(); }
  __device__ constexpr u32 loss_unit() const { return constant<value.loss_unit>(); }
  __device__ constexpr u32 row_units() const { return constant<value.row_units>(); }
  __device__ constexpr u32 tiles() const { return constant<value.tiles>(); }
  __device__ constexpr u32 threads_per_row() const { return constant<value.threads_per_row>(); }

 private:
  template <u32 number>
  __device__ static constexpr u32 constant() {
    return number;
  }
};

// Any other: the shape is read from the kernel's arguments.
class AnyNetwork {
 public:
  static constexpr bool fixed = false;

  __device__ explicit AnyNetwork(const TrainLayout& layout) : value_(layout) {}
  template <u32 l>
  __device__ const LayerLayout& layer() const {
    return value_.layers[l];
  }
  __device__ u32 columns() const { return value_.columns; }
  __device__ u32 latent() const { return value_.latent; }
  __device__ u32 value_units() const { return value_.value_units; }
  __device__ u32 noise_unit() const { return value_.noise_unit; }
  __device__ u32 noise_units() const { return value_.noise_units; }
  __device__ u32 half_noise_unit() const { return value_.half_noise_unit; }
  __device__ u32 term_unit() const { return value_.term_unit; }
  __device__ u32 factor_unit() const { return value_.factor_unit; }
  __device__ u32 loss_unit() const { return value_.loss_unit; }
  __device__ u32 row_units() const { return value_.row_units; }
  __device__ u32 tiles() const { return value_.tiles; }
  __device__ u32 threads_per_row() const { return value_.threads_per_row; }

 private:
  const TrainLayout& value_;
};

// Four floats in shared memory at a time.
struct Unit {
  float number[4];
};

__device__ __forceinline__ Unit load_unit(const float* address) {
  const float4 value = *reinterpret_cast<const float4*>(address);
  return {{value.x, value.y, value.z, value.w}};
}

__device__ __forceinline__ void store_unit(float* address, const Unit& unit) {
  *reinterpret_cast<float4*>(address) =
      make_float4(unit.number[0], unit.number[1], unit.number[2], unit.number[3]);
}

constexpr __device__ bool has_relu(u32 layer) {
  return layer < 3 || layer == 5 || layer == 6;
}

// Outputs 4 j ... 4 j + 3 of a layer before its activation, each one fma chain from its bias on.
__device__ __forceinline__ Unit dense_unit(const LayerLayout& layer, const float* weights,
                                           const float* input, u32 j) {
  const u32 row_of_tiles = layer.output_units() * tile_floats;
  const float* tile = weights + (layer.first_tile + j) * tile_floats;
  Unit sum = load_unit(tile + (layer.inputs / 4) * row_of_tiles + layer.inputs % 4 * 4);
#pragma unroll
  for (u32 i = 0; i < layer.inputs / 4; ++i) {
    const Unit x = load_unit(input + 4 * i);
#pragma unroll
    for (u32 m = 0; m < 4; ++m) {
      const Unit w = load_unit(tile + i * row_of_tiles + 4 * m);
#pragma unroll
      for (u32 n = 0; n < 4; ++n) sum.number[n] = Ops::fma(w.number[n], x.number[m], sum.number[n]);
    }
  }
  if (layer.inputs % 4 != 0) {
    const u32 i = layer.inputs / 4;
    const Unit x = load_unit(input + 4 * i);
#pragma unroll
    for (u32 m = 0; m < 3; ++m) {
      if (4 * i + m < layer.inputs) {
        const Unit w = load_unit(tile + i * row_of_tiles + 4 * m);
#pragma unroll
        for (u32 n = 0; n < 4; ++n) {
          sum.number[n] = Ops::fma(w.number[n], x.number[m], sum.number[n]);
        }
      }
    }
  }
  return sum;
}

// The gradient at inputs 4 i ... 4 i + 3 of a layer from that at its outputs, each one fma chain.
__device__ __forceinline__ Unit dense_backward_unit(const LayerLayout& layer, const float* weights,
                                                    const float* gradient, u32 i) {
  const float* tile = weights + (layer.first_tile + i * layer.output_units()) * tile_floats;
  Unit sum{};
#pragma unroll
  for (u32 j = 0; j < layer.outputs / 4; ++j) {
    const Unit g = load_unit(gradient + 4 * j);
#pragma unroll
    for (u32 m = 0; m < 4; ++m) {
      const Unit w = load_unit(tile + j * tile_floats + 4 * m);
#pragma unroll
      for (u32 n = 0; n < 4; ++n) sum.number[m] = Ops::fma(w.number[n], g.number[n], sum.number[m]);
    }
  }
  if (layer.outputs % 4 != 0) {
    const u32 j = layer.outputs / 4;
    const Unit g = load_unit(gradient + 4 * j);
#pragma unroll
    for (u32 m = 0; m < 4; ++m) {
      const Unit w = load_unit(tile + j * tile_floats + 4 * m);
#pragma unroll
      for (u32 n = 0; n < 3; ++n) {
        if (4 * j + n < layer.outputs) {
          sum.number[m] = Ops::fma(w.number[n], g.number[n], sum.number[m]);
        }
      }
    }
  }
  return sum;
}

// A thread's share of a row.
struct RowShare {
  float* record;
  u32 part;
  u32 copy;  // of the values and the noise: 0 or 1
};

template <u32 l, class Network>
__device__ __forceinline__ float* input_of(const Network& network, const RowShare& row) {
  if constexpr (l == 0) return row.record + row.copy * network.value_units() * 4;
  return row.record + network.template layer<l>().input_unit * 4;
}

template <u32 l, class Network>
__device__ __forceinline__ float* gradient_of(const Network& network, const RowShare& row) {
  return row.record + network.template layer<l>().gradient_unit * 4;
}

// One of the layers that lead to the next layer's inputs.
template <u32 l, class Network>
__device__ __forceinline__ void forward_layer(const Network& network, const float* weights,
                                              const RowShare& row) {
  const LayerLayout layer = network.template layer<l>();
  float* output = input_of<l + 1>(network, row);
  for (u32 j = row.part; j < layer.output_units(); j += network.threads_per_row()) {
    Unit unit = dense_unit(layer, weights, input_of<l>(network, row), j);
#pragma unroll
    for (u32 n = 0; n < 4; ++n) {
      if (has_relu(l)) unit.number[n] = Ops::max(unit.number[n], 0.0F);
      if (4 * j + n == layer.outputs) unit.number[n] = 1.0F;  // for the next layer's bias
    }
    store_unit(output + 4 * j, unit);
  }
  __syncwarp();
}

// Layer 3 gives means and log variances; draws the latents.
template <class Network>
__device__ __forceinline__ void draw_latents(const Network& network, const float* weights,
                                             const RowShare& row, float kl_scale) {
  const LayerLayout layer = network.template layer<3>();
  float* statistics = gradient_of<3>(network, row);
  for (u32 j = row.part; j < layer.output_units(); j += network.threads_per_row()) {
    store_unit(statistics + 4 * j, dense_unit(layer, weights, input_of<3>(network, row), j));
  }
  __syncwarp();
  const u32 first = 4 * row.part;
  if (first < network.latent()) {
    float* noise = row.record + (network.noise_unit() + row.copy * network.noise_units()) * 4;
    const Unit epsilon = load_unit(noise + first);
    Unit z{}, kl_term{}, half_noise{};
#pragma unroll
    for (u32 m = 0; m < 4; ++m) {
      const u32 k = first + m;
      if (k < network.latent()) {
        const Latent<Ops> latent = reparameterize<Ops>(
            statistics[k], statistics[network.latent() + k], epsilon.number[m], kl_scale);
        z.number[m] = latent.z;
        half_noise.number[m] = latent.half_noise;
        kl_term.number[m] = latent.kl_term;
        statistics[k] = latent.kl_mean;
        statistics[network.latent() + k] = latent.kl_log_var;
      } else if (k == network.latent()) {
        z.number[m] = 1.0F;
      }
    }
    store_unit(input_of<4>(network, row) + first, z);
    store_unit(noise + first, kl_term);
    store_unit(row.record + network.half_noise_unit() * 4 + first, half_noise);
  }
  __syncwarp();
}

// Layer 7 gives logits: what each adds to the row's loss, and the gradient.
template <class Network>
__device__ __forceinline__ void reconstruct(const Network& network, const float* weights,
                                            const RowShare& row, Loss loss, float scale) {
  const LayerLayout layer = network.template layer<7>();
  for (u32 j = row.part; j < layer.output_units(); j += network.threads_per_row()) {
    const Unit logit = dense_unit(layer, weights, input_of<7>(network, row), j);
    const Unit target = load_unit(input_of<0>(network, row) + 4 * j);
    Unit gradient, term, factor;
#pragma unroll
    for (u32 n = 0; n < 4; ++n) {
      RowLoss<Ops> one;
      if (loss == Loss::bce_kl) {
        gradient.number[n] = cross_entropy<Ops>(logit.number[n], target.number[n], scale, one);
        term.number[n] = one.sum;
      } else {
        gradient.number[n] = squared_error<Ops>(logit.number[n], target.number[n], scale, one);
        term.number[n] = Ops::sub(sigmoid<Ops>(logit.number[n]).value, target.number[n]);
      }
      factor.number[n] = one.product;
    }
    store_unit(gradient_of<7>(network, row) + 4 * j, gradient);
    store_unit(row.record + (network.term_unit() + j) * 4, term);
    store_unit(row.record + (network.factor_unit() + j) * 4, factor);
  }
  __syncwarp();
}

// The gradient at the outputs of layer l - 1.
template <u32 l, class Network>
__device__ __forceinline__ void backward_layer(const Network& network, const float* weights,
                                               const RowShare& row) {
  const LayerLayout layer = network.template layer<l>();
  for (u32 i = row.part; i < units_for(layer.inputs); i += network.threads_per_row()) {
    Unit unit = dense_backward_unit(layer, weights, gradient_of<l>(network, row), i);
    if constexpr (has_relu(l - 1)) {
      const Unit x = load_unit(input_of<l>(network, row) + 4 * i);
#pragma unroll
      for (u32 m = 0; m < 4; ++m) {
        if (!(x.number[m] > 0.0F)) unit.number[m] = 0.0F;
      }
    }
    store_unit(gradient_of<l - 1>(network, row) + 4 * i, unit);
  }
  __syncwarp();
}

// Through layer 4 and the drawing of the latents.
template <class Network>
__device__ __forceinline__ void backward_latents(const Network& network, const float* weights,
                                                 const RowShare& row) {
  const u32 first = 4 * row.part;
  if (first < network.latent()) {
    float* gradient = gradient_of<3>(network, row);  // that of the KL loss so far
    const Unit unit = dense_backward_unit(network.template layer<4>(), weights,
                                          gradient_of<4>(network, row), row.part);
    const Unit half_noise = load_unit(row.record + network.half_noise_unit() * 4 + first);
#pragma unroll
    for (u32 m = 0; m < 4; ++m) {
      const u32 k = first + m;
      if (k < network.latent()) {
        gradient[k] = Ops::add(unit.number[m], gradient[k]);
        gradient[network.latent() + k] =
            Ops::fma(unit.number[m], half_noise.number[m], gradient[network.latent() + k]);
      }
    }
  }
  __syncwarp();
}

// A row's two losses from what its columns and latents add to them: one thread.
template <class Network>
__device__ __forceinline__ void sum_row_loss(const Network& network, float* record, u32 copy,
                                             Loss loss) {
  const u32 units = units_for(network.columns());
  RowLoss<Ops> row_loss;
#pragma unroll
  for (u32 j = 0; j < units; ++j) {
    const Unit term = load_unit(record + (network.term_unit() + j) * 4);
    const Unit factor = load_unit(record + (network.factor_unit() + j) * 4);
#pragma unroll
    for (u32 n = 0; n < 4; ++n) {
      if (4 * j + n < network.columns()) {
        if (loss == Loss::bce_kl) {
          row_loss.sum = Ops::add(row_loss.sum, term.number[n]);
          row_loss.product = Ops::mul(row_loss.product, factor.number[n]);
        } else {
          row_loss.sum = Ops::fma(term.number[n], term.number[n], row_loss.sum);
        }
      }
    }
    if (loss == Loss::bce_kl && ((4 * j + 4) % columns_per_logarithm == 0 || j + 1 == units)) {
      row_loss.fold();
    }
  }
  float kl_terms = 0;
  const float* kl_term = record + (network.noise_unit() + copy * network.noise_units()) * 4;
  for (u32 k = 0; k < network.latent(); ++k) kl_terms = Ops::add(kl_terms, kl_term[k]);
  store_unit(record + network.loss_unit() * 4, {{row_loss.sum, kl_terms, 1.0F, 0.0F}});
}

// A copy of 16 bytes from global to shared memory, complete when the thread has awaited its copies.
// Turing has no such copies: there it is complete at once.
__device__ __forceinline__ void copy_async(float* to_shared, const float* from) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
  store_unit(to_shared, load_unit(from));
#else
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(
                   static_cast<u32>(__cvta_generic_to_shared(to_shared))),
               "l"(from)
               : "memory");
#endif
}
__device__ __forceinline__ void await_copies() {
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

// Brings a row of the table and its noise into a record: thread `half` (0 or 1) of two. They take
// turns in 16-byte pieces, so that together they read whole sectors, and at the two pairs of normal
// numbers of a Philox block.
template <class Network>
__device__ __forceinline__ void fetch_row(const Network& network, const TrainSteps& steps,
                                          float* record, u32 copy, u32 half, u32 position) {
  const u32 number = shuffled_row(steps.shuffle, position);
  const float* source = steps.table + static_cast<std::size_t>(number) * steps.stride;
  float* values = record + copy * network.value_units() * 4;
#pragma unroll
  for (u32 unit = half; unit < units_for(network.columns()); unit += 2) {
    copy_async(values + 4 * unit, source + 4 * unit);
  }
  float* noise = record + (network.noise_unit() + copy * network.noise_units()) * 4;
#pragma unroll
  for (u32 block = 0; block < network.noise_units(); ++block) {
    const PhiloxCounter words = philox4x32_10(
        noise_counter(number, steps.epoch, Purpose::training_noise, block), steps.seed);
    float2 normals;
    box_muller<Ops>(half == 0 ? words.word[0] : words.word[2],
                    half == 0 ? words.word[1] : words.word[3], normals.x, normals.y);
    *reinterpret_cast<float2*>(noise + 4 * block + 2 * half) = normals;
  }
  await_copies();
  // The 1 of the bias, where the table's padding was copied over it.
  if (network.columns() % 4 != 0 && network.columns() / 4 % 2 == half) {
    values[network.columns()] = 1.0F;
  }
}

}  // namespace cuvae::cuda
