// Dense layers on vectors of rows: a row in each lane, weights broadcast, sums in register tiles.
// Activations stand as [vector][unit][lane]. Every output is one fma chain over the inputs in
// order, whatever the tile.
#pragma once

#include "runtime/simd/vector_ops.hpp"

namespace cuvae::CUVAE_TARGET {

using Ops = VectorOps;
using Float = VectorOps::Float;
inline constexpr std::uint32_t lanes = VectorOps::lanes;

// What happens to an output before it is stored.
enum class Epilogue {
  bias,        // starts at the bias
  bias_relu,   // and ends in a ReLU
  plain,       // starts at 0
  gate,        // starts at 0 and ends as 0 where the gating number is not positive
  accumulate,  // starts at what the output holds
};

// Widest tiles that stay in registers: 32 of them with AVX-512, else 16.
inline constexpr int max_tile_outputs = lanes == 16 ? 12 : lanes == 8 ? 6 : 4;
inline constexpr int max_tile_inputs = lanes == 16 ? 5 : 3;  // of a weight gradient
inline constexpr int max_tile_deltas = lanes == 16 ? 5 : 4;

// One product of a layer for `vectors` (1 or 2) vectors of rows.
struct Product {
  const float* weights;  // [inputs, outputs]
  const float* bias;     // [outputs], or null
  std::uint32_t inputs;
  std::uint32_t outputs;
  const float* in;    // [vector][inputs][lane]
  float* out;         // [vector][outputs][lane]
  const float* gate;  // [vector][outputs][lane], or null
};

// `width` outputs from `first` on.
template <Epilogue epilogue, int width, int vectors>
[[gnu::noinline]] void product_tile(const Product& p, std::uint32_t first) {
  Float sum[width][vectors];
  unroll<width>(CUVAE_LAMBDA(auto n) {
    const Float start = epilogue == Epilogue::bias || epilogue == Epilogue::bias_relu
                            ? Ops::set(p.bias[first + n])
                            : Ops::set(0.0F);
    unroll<vectors>(CUVAE_LAMBDA(auto v) {
      if constexpr (epilogue == Epilogue::accumulate) {
        sum[n][v] = Ops::load(p.out + (v * std::size_t{p.outputs} + first + n) * lanes);
      } else {
        sum[n][v] = start;
      }
    });
  });
  const float* weight = p.weights + first;
  const float* in = p.in;
  const std::size_t in_stride = std::size_t{p.inputs} * lanes;
  const std::size_t weight_stride = p.outputs;
#pragma GCC unroll 1
  for (std::uint32_t k = 0; k < p.inputs; ++k, weight += weight_stride, in += lanes) {
    Float x[vectors];
    unroll<vectors>(CUVAE_LAMBDA(auto v) { x[v] = Ops::load(in + v * in_stride); });
    unroll<width>(CUVAE_LAMBDA(auto n) {
      const Float w = Ops::set(weight[n]);
      unroll<vectors>(CUVAE_LAMBDA(auto v) { sum[n][v] = Ops::fma(w, x[v], sum[n][v]); });
    });
  }
  // Read before the stores, which for all the compiler knows could change them.
  const std::size_t out_stride = std::size_t{p.outputs} * lanes;
  float* const out = p.out;
  const float* const gate = p.gate;
  unroll<width>(CUVAE_LAMBDA(auto n) {
    unroll<vectors>(CUVAE_LAMBDA(auto v) {
      const std::size_t at = v * out_stride + (first + n) * lanes;
      Float y = sum[n][v];
      if constexpr (epilogue == Epilogue::bias_relu) y = Ops::max(y, Ops::set(0.0F));
      if constexpr (epilogue == Epilogue::gate) {
        y = Ops::select(Ops::greater(Ops::load(gate + at), Ops::set(0.0F)), y, Ops::set(0.0F));
      }
      Ops::store(y, out + at);
    });
  });
}

template <Epilogue epilogue, int vectors, int width = max_tile_outputs>
CUVAE_INLINE void product_tile_of(const Product& p, std::uint32_t first, std::uint32_t wanted) {
  if constexpr (width > 1) {
    if (wanted != width) return product_tile_of<epilogue, vectors, width - 1>(p, first, wanted);
  }
  product_tile<epilogue, width, vectors>(p, first);
}

// A layer's outputs, cut into tiles of equal width as far as that goes.
template <Epilogue epilogue, int vectors>
CUVAE_INLINE void product(const Product& p) {
  std::uint32_t tiles = (p.outputs + max_tile_outputs - 1) / max_tile_outputs;
  for (std::uint32_t first = 0; first < p.outputs; --tiles) {
    const std::uint32_t width = (p.outputs - first + tiles - 1) / tiles;
    product_tile_of<epilogue, vectors>(p, first, width);
    first += width;
  }
}

// Weight gradients: for each weight the chain over vectors of input * delta, lanes kept apart.
struct OuterProduct {
  const float* in;     // [vector][inputs][lane]
  const float* delta;  // [vector][outputs][lane]
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::uint32_t vectors;
  std::uint32_t vector_step;  // between the vectors that belong together
  float* out;                 // [inputs + 1][outputs][lane]; the last row is the bias
};

template <int tile_inputs, int tile_deltas>
[[gnu::noinline]] void outer_tile(const OuterProduct& o, std::uint32_t i0, std::uint32_t j0) {
  Float sum[tile_inputs][tile_deltas];
  unroll<tile_inputs>(CUVAE_LAMBDA(auto i) {
    unroll<tile_deltas>(CUVAE_LAMBDA(auto j) { sum[i][j] = Ops::set(0.0F); });
  });
  const float* in = o.in + std::size_t{i0} * lanes;
  const float* delta = o.delta + std::size_t{j0} * lanes;
  const std::size_t in_stride = std::size_t{o.vector_step} * o.inputs * lanes;
  const std::size_t delta_stride = std::size_t{o.vector_step} * o.outputs * lanes;
#pragma GCC unroll 1
  for (std::uint32_t v = 0; v < o.vectors; ++v, in += in_stride, delta += delta_stride) {
    Float x[tile_inputs];
    unroll<tile_inputs>(CUVAE_LAMBDA(auto i) { x[i] = Ops::load(in + i * lanes); });
    unroll<tile_deltas>(CUVAE_LAMBDA(auto j) {
      const Float d = Ops::load(delta + j * lanes);
      unroll<tile_inputs>(CUVAE_LAMBDA(auto i) { sum[i][j] = Ops::fma(x[i], d, sum[i][j]); });
    });
  }
  unroll<tile_inputs>(CUVAE_LAMBDA(auto i) {
    float* out = o.out + (std::size_t{i0 + i} * o.outputs + j0) * lanes;
    unroll<tile_deltas>(CUVAE_LAMBDA(auto j) { Ops::store(sum[i][j], out + j * lanes); });
  });
}

template <int tile_deltas>
[[gnu::noinline]] void bias_tile(const OuterProduct& o, std::uint32_t j0) {
  Float sum[tile_deltas];
  unroll<tile_deltas>(CUVAE_LAMBDA(auto j) { sum[j] = Ops::set(0.0F); });
  const float* delta = o.delta + std::size_t{j0} * lanes;
  const std::size_t delta_stride = std::size_t{o.vector_step} * o.outputs * lanes;
#pragma GCC unroll 1
  for (std::uint32_t v = 0; v < o.vectors; ++v, delta += delta_stride) {
    unroll<tile_deltas>(
        CUVAE_LAMBDA(auto j) { sum[j] = Ops::add(sum[j], Ops::load(delta + j * lanes)); });
  }
  float* out = o.out + (std::size_t{o.inputs} * o.outputs + j0) * lanes;
  unroll<tile_deltas>(CUVAE_LAMBDA(auto j) { Ops::store(sum[j], out + j * lanes); });
}

template <int tile_deltas, int tile_inputs = max_tile_inputs>
CUVAE_INLINE void outer_tile_of(const OuterProduct& o, std::uint32_t i0, std::uint32_t j0,
                                std::uint32_t wanted_inputs) {
  if constexpr (tile_inputs > 1) {
    if (wanted_inputs != tile_inputs) {
      return outer_tile_of<tile_deltas, tile_inputs - 1>(o, i0, j0, wanted_inputs);
    }
  }
  outer_tile<tile_inputs, tile_deltas>(o, i0, j0);
}

template <int tile_deltas>
void outer_column(const OuterProduct& o, std::uint32_t j0) {
  std::uint32_t tiles = (o.inputs + max_tile_inputs - 1) / max_tile_inputs;
  for (std::uint32_t i0 = 0; i0 < o.inputs; --tiles) {
    const std::uint32_t width = (o.inputs - i0 + tiles - 1) / tiles;
    outer_tile_of<tile_deltas>(o, i0, j0, width);
    i0 += width;
  }
  bias_tile<tile_deltas>(o, j0);
}

template <int tile_deltas = max_tile_deltas>
CUVAE_INLINE void outer_column_of(const OuterProduct& o, std::uint32_t j0, std::uint32_t wanted) {
  if constexpr (tile_deltas > 1) {
    if (wanted != tile_deltas) return outer_column_of<tile_deltas - 1>(o, j0, wanted);
  }
  outer_column<tile_deltas>(o, j0);
}

inline void outer_product(const OuterProduct& o) {
  std::uint32_t tiles = (o.outputs + max_tile_deltas - 1) / max_tile_deltas;
  for (std::uint32_t j0 = 0; j0 < o.outputs; --tiles) {
    const std::uint32_t width = (o.outputs - j0 + tiles - 1) / tiles;
    outer_column_of(o, j0, width);
    j0 += width;
  }
}

}  // namespace cuvae::CUVAE_TARGET
