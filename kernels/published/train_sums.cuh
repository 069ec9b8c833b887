// Sums over the rows of a batch in the canonical order, in the fused training kernels: device
// functions.
//
// The order is one binary tree of neighbours if lanes are numbered by `position` instead: the
// number with bits 0 and 1 exchanged, because the lanes that are added first differ in bit 1. A
// thread works on one tile of parameters for one lane. `lanes` threads next to each other, with
// neighbouring positions, make the lowest levels of the tree by exchanging halves: at each level a
// thread gives away one half of its numbers and adds what it gets to the other half, so that each
// ends up with 16 / lanes sums over all of them.
#pragma once

#include "kernels/arithmetic/adam.hpp"
#include "kernels/published/train_rows.cuh"

namespace cuvae::cuda {

__device__ __forceinline__ u32 lane_at(u32 position) {
  return (position & ~3U) | (position & 1U) << 1 | (position >> 1 & 1U);
}

// Where a task finds its tile's inputs and gradients in a record.
struct Task {
  u32 packed;

  __device__ static Task make(u32 input_unit, u32 gradient_unit, bool values) {
    return {input_unit | gradient_unit << 15 | (values ? 1U << 30 : 0U)};
  }
  __device__ u32 input_unit() const { return packed & 0x7fffU; }
  __device__ u32 gradient_unit() const { return packed >> 15 & 0x7fffU; }
  __device__ bool values() const {
    return (packed & 1U << 30) != 0;
  }  // of which there are two copies
};

struct SlotPlace {
  Task task;      // of the slot's tile
  u32 parameter;  // index, or none
};
inline constexpr u32 no_parameter = 0xffffffffU;

template <u32 l, class Network>
__device__ void find_in_layer(const Network& network, u32 slot, SlotPlace& place) {
  const LayerLayout layer = network.template layer<l>();
  const u32 tile = slot / tile_floats - layer.first_tile;
  if (slot / tile_floats < layer.first_tile || tile >= layer.input_units() * layer.output_units()) {
    return;
  }
  const u32 input_unit = tile / layer.output_units();
  const u32 output_unit = tile % layer.output_units();
  place.task = Task::make(layer.input_unit + input_unit, layer.gradient_unit + output_unit, l == 0);
  const u32 i = 4 * input_unit + slot / 4 % 4;
  const u32 j = 4 * output_unit + slot % 4;
  if (i <= layer.inputs && j < layer.outputs) {
    place.parameter = layer.parameter + i * layer.outputs + j;
  }
}

// What a slot of the tiles stands for. The loss unit is both input and gradient of the last tile:
// its third number, 1, times its first two are the losses.
template <class Network>
__device__ SlotPlace place_of(const Network& network, u32 slot) {
  SlotPlace place{Task::make(network.loss_unit(), network.loss_unit(), false), no_parameter};
  find_in_layer<0>(network, slot, place);
  find_in_layer<1>(network, slot, place);
  find_in_layer<2>(network, slot, place);
  find_in_layer<3>(network, slot, place);
  find_in_layer<4>(network, slot, place);
  find_in_layer<5>(network, slot, place);
  find_in_layer<6>(network, slot, place);
  find_in_layer<7>(network, slot, place);
  return place;
}
inline constexpr u32 loss_slots = 8;  // in the last tile: reconstruction, then KL terms

// Numbers that a thread holds next to each other.
template <u32 count>
struct Numbers {
  float number[count];
};

template <u32 count>
__device__ __forceinline__ Numbers<count> load_numbers(const float* address) {
  Numbers<count> result;
  if constexpr (count == 1) {
    result.number[0] = *address;
  } else if constexpr (count == 2) {
    result.number[0] = reinterpret_cast<const float2*>(address)->x;
    result.number[1] = reinterpret_cast<const float2*>(address)->y;
  } else {
#pragma unroll
    for (u32 e = 0; e < count; e += 4) {
      const Unit unit = load_unit(address + e);
#pragma unroll
      for (u32 n = 0; n < 4; ++n) result.number[e + n] = unit.number[n];
    }
  }
  return result;
}

template <u32 count>
__device__ __forceinline__ void store_numbers(float* address, const Numbers<count>& numbers) {
  if constexpr (count == 1) {
    *address = numbers.number[0];
  } else if constexpr (count == 2) {
    *reinterpret_cast<float2*>(address) = make_float2(numbers.number[0], numbers.number[1]);
  } else {
#pragma unroll
    for (u32 e = 0; e < count; e += 4) {
      store_unit(address + e, {{numbers.number[e], numbers.number[e + 1], numbers.number[e + 2],
                                numbers.number[e + 3]}});
    }
  }
}

// A tile's sums over `rows` rows of one lane, `stride` floats apart.
template <u32 unrolled>
__device__ __forceinline__ Numbers<tile_floats> chain(const float* input, const float* gradient,
                                                      u32 rows, u32 stride) {
  Numbers<tile_floats> sum{};
#pragma unroll unrolled
  for (u32 k = 0; k < rows; ++k) {
    const Unit x = load_unit(input + k * stride);
    const Unit g = load_unit(gradient + k * stride);
#pragma unroll
    for (u32 m = 0; m < 4; ++m) {
#pragma unroll
      for (u32 n = 0; n < 4; ++n) {
        float& number = sum.number[4 * m + n];
        number = Ops::fma(x.number[m], g.number[n], number);
      }
    }
  }
  return sum;
}

// Level by level; `first` becomes the first of the tile's sums that the thread ends up with.
template <u32 lanes, u32 distance = 1, u32 count>
__device__ __forceinline__ auto exchange_halves(const Numbers<count>& sum, u32 lane, u32& first) {
  if constexpr (distance == lanes) {
    return sum;
  } else {
    const bool upper = (lane & distance) != 0;
    Numbers<count / 2> half;
#pragma unroll
    for (u32 e = 0; e < count / 2; ++e) {
      const float given = upper ? sum.number[e] : sum.number[count / 2 + e];
      const float kept = upper ? sum.number[count / 2 + e] : sum.number[e];
      half.number[e] = Ops::add(kept, __shfl_xor_sync(0xffffffffU, given, distance));
    }
    first += upper ? count / 2 : 0;
    return exchange_halves<lanes, 2 * distance>(half, lane, first);
  }
}

// Adds the leaves of a tree of neighbours as they come, in order: `pending` holds the sums that
// wait for their neighbour, one for each level, `level_stride` floats apart. Afterwards `numbers`
// is the sum of the whole tree if this was the last leaf.
template <u32 count>
__device__ __forceinline__ void add_leaf(Numbers<count>& numbers, u32 leaf, bool last,
                                         float* pending, std::size_t level_stride) {
  for (u32 index = leaf; last ? index != 0 : (index & 1) != 0; index >>= 1) {
    if ((index & 1) != 0) {
      const Numbers<count> neighbour = load_numbers<count>(pending);
#pragma unroll
      for (u32 e = 0; e < count; ++e) {
        numbers.number[e] = Ops::add(neighbour.number[e], numbers.number[e]);
      }
    }
    pending += level_stride;
  }
  if (!last) store_numbers(pending, numbers);
}

// The sums of `leaves` arrays `stride` apart, as a tree of neighbours.
template <u32 leaves, u32 count>
__device__ __forceinline__ Numbers<count> sum_neighbours(const float* address, u32 stride) {
  if constexpr (leaves == 1) {
    return load_numbers<count>(address);
  } else {
    Numbers<count> sum = sum_neighbours<leaves / 2, count>(address, stride);
    const Numbers<count> other =
        sum_neighbours<leaves / 2, count>(address + leaves / 2 * stride, stride);
#pragma unroll
    for (u32 e = 0; e < count; ++e) sum.number[e] = Ops::add(sum.number[e], other.number[e]);
    return sum;
  }
}

template <u32 count>
__device__ __forceinline__ Numbers<count> sum_members(u32 members, const float* address,
                                                      u32 stride) {
  switch (members) {
    case 2:
      return sum_neighbours<2, count>(address, stride);
    case 4:
      return sum_neighbours<4, count>(address, stride);
    case 8:
      return sum_neighbours<8, count>(address, stride);
    default:
      return sum_neighbours<16, count>(address, stride);
  }
}

// One Adam update of weights and moments that stand next to each other; the moments `stride` apart.
template <u32 count>
__device__ __forceinline__ Numbers<count> update(const Numbers<count>& gradient, float step_size,
                                                 const float* weights, float* moments, u32 stride) {
  Numbers<count> weight = load_numbers<count>(weights);
  Numbers<count> moment_1 = load_numbers<count>(moments);
  Numbers<count> moment_2 = load_numbers<count>(moments + stride);
#pragma unroll
  for (u32 e = 0; e < count; ++e) {
    adam<Ops>(gradient.number[e], step_size, weight.number[e], moment_1.number[e],
              moment_2.number[e]);
  }
  store_numbers(moments, moment_1);
  store_numbers(moments + stride, moment_2);
  return weight;
}

}  // namespace cuvae::cuda
