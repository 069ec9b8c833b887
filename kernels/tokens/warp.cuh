// What a warp does with a few rows of the token network: device functions that training and
// generation share.
//
// A warp works on `rows` rows at once (4 or 8); its thread number j has output j of a layer, or
// choice j of a token, for each of them. So a weight is read once for all the rows, by neighbouring
// threads from neighbouring banks, and the numbers of a layer's inputs are broadcasts. Numbers that
// other threads need are handed on through columns in shared memory: number n of the rows begins at
// n * pitch, where the pitch is the block's rows + 4: threads that write different numbers are in
// different banks.
#pragma once

#include <cuda_pipeline.h>

#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/tokens/device_network.hpp"
#include "kernels/tokens/math.hpp"

namespace cuvae::cuda {

using Ops = ScalarOps;
using u32 = std::uint32_t;

inline constexpr u32 all_threads = 0xffffffffU;

// One number of each of a warp's rows.
template <u32 rows>
struct Lot {
  float row[rows];
};

template <u32 rows>
__device__ __forceinline__ Lot<rows> load_lot(const float* address) {
  Lot<rows> lot;
#pragma unroll
  for (u32 r = 0; r < rows; r += 4) {
    const float4 four = *reinterpret_cast<const float4*>(address + r);
    lot.row[r] = four.x;
    lot.row[r + 1] = four.y;
    lot.row[r + 2] = four.z;
    lot.row[r + 3] = four.w;
  }
  return lot;
}

template <u32 rows>
__device__ __forceinline__ void store_lot(float* address, const Lot<rows>& lot) {
#pragma unroll
  for (u32 r = 0; r < rows; r += 4) {
    *reinterpret_cast<float4*>(address + r) =
        make_float4(lot.row[r], lot.row[r + 1], lot.row[r + 2], lot.row[r + 3]);
  }
}

template <u32 rows>
__device__ __forceinline__ Lot<rows> same(float number) {
  Lot<rows> lot;
#pragma unroll
  for (u32 r = 0; r < rows; ++r) lot.row[r] = number;
  return lot;
}

template <u32 rows>
__device__ __forceinline__ Lot<rows> sum_of(const Lot<rows>& a, const Lot<rows>& b) {
  Lot<rows> lot;
#pragma unroll
  for (u32 r = 0; r < rows; ++r) lot.row[r] = Ops::add(a.row[r], b.row[r]);
  return lot;
}

template <u32 rows>
__device__ __forceinline__ Lot<rows> product_of(const Lot<rows>& a, const Lot<rows>& b) {
  Lot<rows> lot;
#pragma unroll
  for (u32 r = 0; r < rows; ++r) lot.row[r] = Ops::mul(a.row[r], b.row[r]);
  return lot;
}

// Adds weight[i * weight_step] * column(i) for i = 0, 1, ... count - 1 to `sum`, one fma chain a
// row. `column` is number 0 of the warp's rows.
template <u32 rows>
__device__ __forceinline__ Lot<rows> chain_over(Lot<rows> sum, const float* weight, u32 weight_step,
                                                const float* column, u32 pitch, u32 count) {
#pragma unroll 8
  for (u32 i = 0; i < count; ++i) {
    const float w = weight[i * weight_step];
    const Lot<rows> x = load_lot<rows>(column + i * pitch);
#pragma unroll
    for (u32 r = 0; r < rows; ++r) sum.row[r] = Ops::fma(w, x.row[r], sum.row[r]);
  }
  return sum;
}

// The thread's output of a staged layer. Threads beyond the outputs compute the last one again.
template <u32 rows>
__device__ __forceinline__ Lot<rows> dense(const DeviceDense& layer, const float* staged,
                                           const float* column, u32 pitch, u32 thread) {
  const u32 j = thread < layer.outputs ? thread : layer.outputs - 1;
  const float* weight = staged + layer.staged + j;
  return chain_over(same<rows>(weight[layer.inputs * layer.pitch()]), weight, layer.pitch(), column,
                    pitch, layer.inputs);
}

// The gradient at the thread's input of a staged layer.
template <u32 rows>
__device__ __forceinline__ Lot<rows> dense_backward(const DeviceDense& layer, const float* staged,
                                                    const float* delta_column, u32 pitch,
                                                    u32 thread) {
  const u32 i = thread < layer.inputs ? thread : 0;
  return chain_over(same<rows>(0.0F), staged + layer.staged + i * layer.pitch(), 1, delta_column,
                    pitch, layer.outputs);
}

template <u32 rows>
struct SiluLot {
  Lot<rows> value;
  Lot<rows> slope;
};

template <u32 rows>
__device__ __forceinline__ SiluLot<rows> silu_of(const Lot<rows>& numbers) {
  SiluLot<rows> both;
#pragma unroll
  for (u32 r = 0; r < rows; ++r) {
    const Silu<Ops> one = silu<Ops>(numbers.row[r]);
    both.value.row[r] = one.value;
    both.slope.row[r] = one.slope;
  }
  return both;
}

// The largest number of each row over the warp. The rows are shared out among the threads, half of
// them at each step, before the last steps: fewer exchanges than one row after the other.
template <u32 rows, u32 distance = warp_threads / 2>
__device__ __forceinline__ float largest_of_own_row(const Lot<rows>& numbers, u32 thread) {
  if constexpr (rows == 1) {
    float most = numbers.row[0];
#pragma unroll
    for (u32 d = distance; d > 0; d /= 2) {
      most = Ops::max(most, __shfl_xor_sync(all_threads, most, static_cast<int>(d)));
    }
    return most;
  } else {
    const bool upper = (thread & distance) != 0;
    Lot<rows / 2> half;
#pragma unroll
    for (u32 r = 0; r < rows / 2; ++r) {
      const float given = upper ? numbers.row[r] : numbers.row[rows / 2 + r];
      const float kept = upper ? numbers.row[rows / 2 + r] : numbers.row[r];
      half.row[r] = Ops::max(kept, __shfl_xor_sync(all_threads, given, static_cast<int>(distance)));
    }
    return largest_of_own_row<rows / 2, distance / 2>(half, thread);
  }
}

// Of every row, to all threads.
template <u32 rows>
__device__ __forceinline__ Lot<rows> largest(const Lot<rows>& numbers, u32 thread) {
  const float own = largest_of_own_row(numbers, thread);
  Lot<rows> most;
#pragma unroll
  for (u32 r = 0; r < rows; ++r) {
    most.row[r] = __shfl_sync(all_threads, own, static_cast<int>(r * (warp_threads / rows)));
  }
  return most;
}

// Copies of the block's threads to shared memory, on their way until await_copies().
__device__ __forceinline__ void copy_float(float* shared, const float* global) {
  __pipeline_memcpy_async(shared, global, sizeof(float));
}
__device__ __forceinline__ void await_copies() {
  __pipeline_commit();
  __pipeline_wait_prior(0);
}

__device__ __forceinline__ void stage_head(float* shared, const float* parameters,
                                           const DeviceToken& token, u32 hidden) {
  const u32 rows = hidden + (token.parent < 0 ? 1 : 0);
  const u32 choice = threadIdx.x % warp_threads;
  if (choice >= token.choices) return;
  const float* from = parameters + token.weight + choice;
  for (u32 i = threadIdx.x / warp_threads; i < rows; i += blockDim.x / warp_threads) {
    copy_float(shared + i * head_pitch + choice, from + i * token.choices);
  }
}

__device__ __forceinline__ void stage_layer(float* staged, const float* parameters,
                                            const DeviceDense& layer) {
  const u32 j = threadIdx.x % warp_threads;
  if (j >= layer.outputs) return;
  for (u32 i = threadIdx.x / warp_threads; i <= layer.inputs; i += blockDim.x / warp_threads) {
    copy_float(staged + layer.staged + i * layer.pitch() + j,
               parameters + layer.weight + i * layer.outputs + j);
  }
}

// The prior in shared memory. One warp makes it, a thread a component, with the numbers of
// make_mixture().
struct StagedMixture {
  float* share;          // [component]
  float* constant;       // [component]
  float* mean;           // [component, latent]
  float* log_scale;      // [component, latent]
  float* scale;          // [component, latent]
  float* inverse_scale;  // [component, latent]
};
__device__ __forceinline__ StagedMixture mixture_at(float* shared, u32 latent) {
  const u32 numbers = mixture_components * latent;
  float* const mean = shared + 2 * mixture_components;
  return {shared,         shared + mixture_components, mean,
          mean + numbers, mean + 2 * numbers,          mean + 3 * numbers};
}
__device__ __forceinline__ void stage_mixture(const StagedMixture& mixture, const float* parameters,
                                              const DeviceNetwork& network, u32 thread) {
  const u32 latent = network.latent;
  const u32 k = thread % mixture_components;
  const float weight = parameters[network.prior_weight + k];
  float most = __shfl_sync(all_threads, weight, 0);
  for (u32 other = 1; other < mixture_components; ++other) {
    most = Ops::max(most, __shfl_sync(all_threads, weight, static_cast<int>(other)));
  }
  const float term = decayed_exp<Ops>(Ops::sub(weight, most));
  float sum = 0;
  for (u32 other = 0; other < mixture_components; ++other) {
    sum = Ops::add(sum, __shfl_sync(all_threads, term, static_cast<int>(other)));
  }
  const float log_sum = Ops::add(log<Ops>(sum), most);
  float constant = Ops::sub(weight, log_sum);
  if (thread >= mixture_components) return;
  for (u32 l = 0; l < latent; ++l) {
    const u32 at = k * latent + l;
    const float log_scale = parameters[network.prior_log_scale + at];
    const float scale = clamp<Ops>(log_scale, least_log_scale, most_log_scale);
    constant = Ops::sub(constant, scale);
    mixture.mean[at] = parameters[network.prior_mean + at];
    mixture.log_scale[at] = log_scale;
    mixture.scale[at] = exp<Ops>(scale);
    mixture.inverse_scale[at] = exp<Ops>(-scale);
  }
  mixture.share[k] = Ops::div(term, sum);
  mixture.constant[k] = constant;
}

}  // namespace cuvae::cuda
