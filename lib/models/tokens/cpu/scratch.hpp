// Where a thread keeps the numbers of a unit between forward and backward pass, and moving numbers
// between lanes and rows.
#pragma once

#include "models/tokens/cpu/kernels.hpp"
#include "runtime/simd/dense.hpp"
#include "runtime/simd/lanes.hpp"

namespace cuvae::CUVAE_TARGET {

// Vectors that hold one row for each of the unit's lanes.
inline constexpr std::uint32_t lane_groups = unit_lanes / lanes;

struct TokenScratch {
  std::uint32_t* choices;                   // [tokens][unit_rows]
  float* encoder_input[most_token_layers];  // of each dense layer, behind SiLU
  float* encoder_slope[most_token_layers];  // of that SiLU
  float* encoder_delta[most_token_layers];  // at each layer's inputs, before that SiLU
  float* moments;                           // mean and log variance, then the gradient there
  float* half_noise;
  float* prior_delta;  // what the prior passes back to z
  float* z_delta;
  float* decoder_input[most_token_layers + 1];  // [0] is z, the last one the trunk's output
  float* decoder_slope[most_token_layers];
  float* decoder_delta[most_token_layers];
  float* trunk_delta;
  float* hidden;
  float* hidden_slope;
  float* hidden_delta;  // [tokens] of them
  float* logits;
  float* row_sums;    // [unit_rows, padded hidden]
  float* row_deltas;  // [unit_rows, padded input width]
  float* by_row;      // [unit_rows, 32] or [lanes, widest] activations or gradients by row
  float* reconstruction;
  float* kl;
  float* prior_sums;  // [lane_groups][prior_numbers][lane]
  float* loss_sums;   // [lane_groups][2][lane]
  float* lane_terms;  // products of one layer, lanes apart
  float* totals;      // [lane_groups] of a layer's sums
  std::size_t totals_stride;
};

CUVAE_INLINE std::uint32_t prior_numbers(const TokenPlan& plan) {
  return mixture_components * (1 + 2 * plan.latent);
}

// Lays the scratch out from `memory` on and returns its size in floats.
inline std::size_t lay_out(const TokenPlan& plan, float* memory, TokenScratch& scratch) {
  std::size_t used = 0;
  const auto take = [&](std::size_t count) {
    float* piece = memory == nullptr ? nullptr : memory + used;
    used += (count + 15) / 16 * 16;
    return piece;
  };
  // Transposing blocks and adding lanes may read this many floats more.
  constexpr std::size_t overrun = 16 * 16;
  const auto of_unit = [&](std::uint32_t width) {
    return take(std::size_t{unit_rows} * width + overrun);
  };
  std::size_t largest = prior_numbers(plan);
  const auto sums_of = [&](std::uint32_t inputs, std::uint32_t outputs) {
    const std::size_t count = (std::size_t{inputs} + 1) * outputs;
    if (count > largest) largest = count;
  };
  scratch.choices = reinterpret_cast<std::uint32_t*>(take(plan.token_count * unit_rows));
  for (std::uint32_t l = 0; l < plan.encoder_layers; ++l) {
    const DenseBlock& layer = plan.encoder[l];
    scratch.encoder_input[l] = of_unit(layer.inputs);
    scratch.encoder_slope[l] = of_unit(layer.inputs);
    scratch.encoder_delta[l] = of_unit(layer.inputs);
    sums_of(layer.inputs, layer.outputs);
  }
  scratch.moments = of_unit(2 * plan.latent);
  scratch.half_noise = of_unit(plan.latent);
  scratch.prior_delta = of_unit(plan.latent);
  scratch.z_delta = of_unit(plan.latent);
  scratch.decoder_input[0] = of_unit(plan.latent);
  for (std::uint32_t l = 0; l < plan.decoder_layers; ++l) {
    const DenseBlock& layer = plan.decoder[l];
    scratch.decoder_input[l + 1] = of_unit(layer.outputs);
    scratch.decoder_slope[l] = of_unit(layer.outputs);
    scratch.decoder_delta[l] = of_unit(layer.inputs);
    sums_of(layer.inputs, layer.outputs);
  }
  scratch.trunk_delta = of_unit(plan.hidden);
  scratch.hidden = of_unit(plan.hidden);
  scratch.hidden_slope = of_unit(plan.hidden);
  scratch.hidden_delta = take(
      std::size_t{plan.autoregressive ? plan.token_count : 0} * unit_rows * plan.hidden + overrun);
  scratch.logits = of_unit(most_choices);
  sums_of(plan.hidden, most_choices);
  scratch.row_sums = of_unit(padded_width(plan.hidden));
  scratch.row_deltas = of_unit(padded_width(plan.input_width));
  // A choice's numbers for all rows of the unit, or hidden numbers for those of one vector.
  std::size_t by_row = std::size_t{unit_rows} * padded_width(most_choices);
  for (const std::uint32_t width : {plan.hidden, plan.input_width}) {
    if (by_row < std::size_t{padded_width(width)} * lanes) by_row = padded_width(width) * lanes;
  }
  scratch.by_row = take(by_row + overrun);
  scratch.reconstruction = of_unit(1);
  scratch.kl = of_unit(1);
  scratch.prior_sums = take(std::size_t{unit_lanes} * prior_numbers(plan) + overrun);
  scratch.loss_sums = take(2 * unit_lanes + overrun);
  scratch.lane_terms = take(largest * lanes + overrun);
  scratch.totals_stride = (largest + 31) / 16 * 16;
  scratch.totals = take(scratch.totals_stride * lane_groups);
  return used;
}

// Rows of numbers, each beginning at a vector's alignment, to [width][lane].
CUVAE_INLINE void to_lanes(const float* const* rows, float* out, std::uint32_t width) {
  const float* at[lanes];
  for (std::uint32_t i = 0; i < lanes; ++i) at[i] = rows[i];
  for (std::uint32_t c = 0; c < width; c += lanes) {
    transpose_block(at, out + std::size_t{c} * lanes, width - c);
    for (const float*& row : at) row += lanes;
  }
}

// [width][lane] to rows of `stride` numbers, those behind the width 0.
CUVAE_INLINE void to_rows(const float* in, std::uint32_t width, float* out, std::uint32_t stride) {
  alignas(64) float block[lanes * lanes];
  alignas(64) const float zeros[lanes] = {};
  for (std::uint32_t c = 0; c < stride; c += lanes) {
    const float* at[lanes];
    for (std::uint32_t i = 0; i < lanes; ++i) {
      at[i] = c + i < width ? in + (std::size_t{c} + i) * lanes : zeros;
    }
    transpose_block(at, block, lanes);
    for (std::uint32_t i = 0; i < lanes; ++i) {
      Ops::store(Ops::load(block + i * lanes), out + std::size_t{i} * stride + c);
    }
  }
}

// table[choices[r]] += rows[r], in row order.
CUVAE_INLINE void scatter_rows(const float* rows, std::uint32_t stride,
                               const std::uint32_t* choices, std::uint32_t count, float* table) {
  for (std::uint32_t r = 0; r < count; ++r) {
    float* target = table + std::size_t{choices[r]} * stride;
    const float* row = rows + std::size_t{r} * stride;
    for (std::uint32_t c = 0; c < stride; c += lanes) {
      Ops::store(Ops::add(Ops::load(target + c), Ops::load(row + c)), target + c);
    }
  }
}

CUVAE_INLINE void copy(const float* from, std::size_t count, float* to) {
  __builtin_memcpy(to, from, count * sizeof(float));
}

}  // namespace cuvae::CUVAE_TARGET
