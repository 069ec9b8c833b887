// Weight gradients of a batch of few rows. Where a chain over the vectors of rows is short, most of
// the time goes into bringing the lanes of each chain to memory and back to add them. Here they are
// added where they are, in registers.
#pragma once

#include <cstring>

#include "runtime/simd/dense.hpp"
#include "runtime/simd/lanes.hpp"

namespace cuvae::CUVAE_TARGET {

// Up to here that is faster; with more vectors (a group has up to 16 of them) neither way is.
inline constexpr std::uint32_t few_vectors = 4;

// As many sums as a vector has lanes: `square_inputs` inputs by `square_outputs` outputs.
inline constexpr std::uint32_t square_outputs = lanes == 1 ? 1 : 4;
inline constexpr std::uint32_t square_inputs = lanes / square_outputs;

// A layer can be cut into such pieces; those at the end may lie across their neighbours. The biases
// are the weights of one more input that is always 1.
inline bool has_squares(const OuterProduct& o) {
  return o.outputs >= square_outputs && o.inputs + 1 >= square_inputs;
}

CUVAE_INLINE void add_square(const OuterProduct& o, std::uint32_t i0, std::uint32_t j0,
                             float* sums) {
  const std::size_t in_stride = std::size_t{o.vector_step} * o.inputs * lanes;
  const std::size_t delta_stride = std::size_t{o.vector_step} * o.outputs * lanes;
  const float* in = o.in + std::size_t{i0} * lanes;
  const float* delta = o.delta + std::size_t{j0} * lanes;
  const bool with_bias = i0 + square_inputs > o.inputs;
  Float sum[lanes];
  unroll<lanes>(CUVAE_LAMBDA(auto n) { sum[n] = Ops::set(0.0F); });
#pragma GCC unroll 1
  for (std::uint32_t v = 0; v < o.vectors; ++v, in += in_stride, delta += delta_stride) {
    Float x[square_inputs];
    unroll<square_inputs - 1>(CUVAE_LAMBDA(auto i) { x[i] = Ops::load(in + i * lanes); });
    x[square_inputs - 1] = with_bias ? Ops::set(1.0F) : Ops::load(in + (square_inputs - 1) * lanes);
    unroll<square_outputs>(CUVAE_LAMBDA(auto j) {
      const Float d = Ops::load(delta + j * lanes);
      unroll<square_inputs>(CUVAE_LAMBDA(auto i) {
        constexpr int n = i * square_outputs + j;
        sum[n] = Ops::fma(x[i], d, sum[n]);
      });
    });
  }
  alignas(64) float square[lanes];
  Ops::store(add_lanes(sum), square);
  unroll<square_inputs>(CUVAE_LAMBDA(auto i) {
    std::memcpy(sums + std::size_t{i0 + i} * o.outputs + j0, square + i * square_outputs,
                sizeof(float) * square_outputs);
  });
}

// The sums over all lanes of a layer that has squares: [inputs + 1][outputs].
inline void add_squares(const OuterProduct& o, float* sums) {
  const std::uint32_t last_i = o.inputs + 1 - square_inputs;
  const std::uint32_t last_j = o.outputs - square_outputs;
  for (std::uint32_t i = 0; i < o.inputs + 1; i += square_inputs) {
    for (std::uint32_t j = 0; j < o.outputs; j += square_outputs) {
      add_square(o, i < last_i ? i : last_i, j < last_j ? j : last_j, sums);
    }
  }
}

}  // namespace cuvae::CUVAE_TARGET
