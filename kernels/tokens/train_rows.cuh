// First half of a training step of the token network: rows forward and backward. Device functions.
//
// A block works on 16 rows of a batch, 4 a warp (see warp.cuh). Its warps go through the
// tokens side by side, because they share the head that is being used: while token q is computed,
// the head of token q + 1 comes into the other of two buffers, and what the rows left at token
// q - 1 goes out to global memory. The layers of trunk and encoder and the prior are in shared
// memory all along.
//
// What a row leaves behind (RowRecord) is what the sums over the batch are made of; each number
// goes out with those of the block's 16 rows, in whole sectors.
#pragma once

#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/testing/planted_defect.hpp"
#include "kernels/tokens/train_arguments.hpp"
#include "kernels/tokens/warp.cuh"

namespace cuvae::cuda {

__device__ __forceinline__ u32 rows_of_step(const TokenArguments& arguments, u32 step) {
  const u32 first = (arguments.steps.first_step + step) * arguments.batch_size;
  const u32 left = arguments.steps.shuffle.rows - first;
  return left < arguments.batch_size ? left : arguments.batch_size;
}

// A warp's rows of a step.
class TokenRows {
 public:
  __device__ TokenRows(const TokenArguments& arguments, float* shared)
      : arguments_(arguments),
        network_(arguments.network),
        numbers_(arguments.numbers),
        shared_(shared),
        parameters_(arguments.steps.parameters),
        thread_(threadIdx.x % warp_threads),
        own_(threadIdx.x % lot_rows),
        first_row_(threadIdx.x / warp_threads * lot_rows),
        mixture_(mixture_at(shared + arguments.shared.mixture, arguments.network.latent)) {}

  // Once a step.
  __device__ void stage() const {
    float* const staged = shared_ + arguments_.shared.staged;
    for (u32 l = 0; l < network_.decoder_layers; ++l) {
      stage_layer(staged, parameters_, network_.decoder[l]);
    }
    for (u32 l = 0; l < network_.encoder_layers; ++l) {
      stage_layer(staged, parameters_, network_.encoder[l]);
    }
    if (network_.latent > 0 && threadIdx.x / warp_threads == 0) {
      stage_mixture(mixture_, parameters_, network_, thread_);
    }
  }

  // All warps of the block, for the group's 16 rows.
  __device__ void work(u32 step, u32 group) {
    step_ = arguments_.steps.step[step];
    find_rows(step, group);
    if (network_.token_count > 0) begin_head(0);
    await_copies();
    __syncthreads();
    write_tokens(group);
    loss_ = kl_ = 0;
    if (network_.latent > 0) encode();
    const Lot<lot_rows> trunk = decode();
    store(small(numbers_.trunk), network_.hidden, trunk);
    Lot<lot_rows> trunk_delta = same<lot_rows>(0.0F);
    if (network_.autoregressive) {
      heads<true>(group, trunk, trunk_delta);
      add_up_embeddings(group);
      trunk_delta = load_lot<lot_rows>(small(numbers_.decoder_delta[0]) +
                                       within(network_.hidden) * column_pitch);
    } else {
      heads<false>(group, trunk, trunk_delta);
    }
    backward(trunk_delta);
    if (thread_ < lot_rows) {
      small(numbers_.losses)[thread_] = loss_;
      small(numbers_.losses)[column_pitch + thread_] = kl_;
    }
    __syncthreads();
    write_columns(group, shared_ + arguments_.shared.small, 0, numbers_.small);
    __syncthreads();
  }

 private:
  const TokenArguments& arguments_;
  const DeviceNetwork& network_;
  const RowRecord& numbers_;
  float* shared_;
  const float* parameters_;
  u32 thread_;     // of the warp
  u32 own_;        // the row, of the warp's, whose sums over choices or components it makes
  u32 first_row_;  // of the warp, in the block
  StagedMixture mixture_;
  TokenStep step_{};
  std::uint32_t table_row_ = 0;  // of the own row
  float loss_ = 0;               // of the own row
  float kl_ = 0;
  // Of the (latent, row) pairs thread, thread + 32.
  static constexpr u32 most_pairs = most_latents * lot_rows / warp_threads;
  float prior_delta_[most_pairs];
  float half_noise_[most_pairs];
  float log_var_[most_pairs];

  // Column 0 of a number, for the warp's rows.
  __device__ float* small(u32 number) const {
    return shared_ + arguments_.shared.small + number * column_pitch + first_row_;
  }
  __device__ float* slope(u32 layer) const {
    return shared_ + arguments_.shared.slopes + layer * width_columns + first_row_;
  }
  __device__ float* scratch() const { return shared_ + arguments_.shared.scratch + first_row_; }
  __device__ float* head(u32 q) const {
    return shared_ + arguments_.shared.heads + q % 2 * head_buffer_floats;
  }
  __device__ float* head_column(u32 q, u32 which) const {
    return head(q) + padded_head_floats + which * width_columns;
  }
  __device__ const std::uint8_t* tokens_of(u32 row) const {
    return reinterpret_cast<const std::uint8_t*>(shared_ + arguments_.shared.tokens) +
           (first_row_ + row) * arguments_.data_stride;
  }
  __device__ u32 within(u32 width) const { return thread_ < width ? thread_ : width - 1; }
  __device__ void store(float* column, u32 width, const Lot<lot_rows>& lot) const {
    if (thread_ < width) store_lot(column + thread_ * column_pitch, lot);
  }
  __device__ const float* staged() const { return shared_ + arguments_.shared.staged; }

  __device__ void begin_head(u32 q) const {
    stage_head(head(q), parameters_, arguments_.steps.tokens[q], network_.hidden);
  }

  // Rows behind the last one are the last one again; nobody sums what they leave.
  __device__ void find_rows(u32 step, u32 group) {
    const u32 rows = rows_of_step(arguments_, step);
    const u32 wanted = group * block_rows + first_row_ + own_;
    const u32 position = wanted < rows ? wanted : rows - 1;
    table_row_ =
        shuffled_row(arguments_.steps.shuffle,
                     (arguments_.steps.first_step + step) * arguments_.batch_size + position);
    for (u32 r = 0; r < lot_rows; ++r) {
      const std::size_t row = __shfl_sync(all_threads, table_row_, static_cast<int>(r));
      const auto* from =
          reinterpret_cast<const uint4*>(arguments_.steps.table + row * arguments_.data_stride);
      auto* to = reinterpret_cast<uint4*>(
          reinterpret_cast<std::uint8_t*>(shared_ + arguments_.shared.tokens) +
          (first_row_ + r) * arguments_.data_stride);
      for (u32 w = thread_; w < arguments_.data_stride / 16; w += warp_threads) to[w] = from[w];
    }
  }

  // The block's tokens, for those who add to the lines they point to.
  __device__ void write_tokens(u32 group) const {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(shared_ + arguments_.shared.tokens);
    auto* const out = reinterpret_cast<uint4*>(
        arguments_.batch_tokens + std::size_t{group} * network_.token_count * block_rows);
    for (u32 q = threadIdx.x; q < network_.token_count; q += block_threads) {
      u32 word[4] = {0, 0, 0, 0};
#pragma unroll
      for (u32 r = 0; r < block_rows; ++r) {
        word[r / 4] |= u32{bytes[r * arguments_.data_stride + q]} << r % 4 * 8;
      }
      out[q] = make_uint4(word[0], word[1], word[2], word[3]);
    }
  }

  // All threads: `count` columns to the numbers from `number` on of the group's rows.
  __device__ void write_columns(u32 group, const float* columns, u32 number, u32 count) const {
    float* const out = numbers_of(group, number);
    const u32 quad = threadIdx.x % 4;
    for (u32 n = threadIdx.x / 4; n < count; n += block_threads / 4) {
      *reinterpret_cast<float4*>(out + n * unit_rows + quad * 4) =
          *reinterpret_cast<const float4*>(columns + n * column_pitch + quad * 4);
    }
  }
  __device__ float* numbers_of(u32 group, u32 number) const {
    constexpr u32 groups_of_unit = unit_rows / block_rows;
    const std::size_t first = std::size_t{group / groups_of_unit} * numbers_.count + number;
    return arguments_.unit_numbers + first * unit_rows + group % groups_of_unit * block_rows;
  }

  __device__ Lot<lot_rows> gather(const float* table, u32 stride, u32 q, u32 width) const {
    Lot<lot_rows> lot;
#pragma unroll
    for (u32 r = 0; r < lot_rows; ++r) lot.row[r] = table[tokens_of(r)[q] * stride + within(width)];
    return lot;
  }

  __device__ void encode() {
    const u32 width = network_.input_width;
    Lot<lot_rows> numbers = same<lot_rows>(parameters_[network_.input_bias + within(width)]);
#pragma unroll 4
    for (u32 q = 0; q < network_.token_count; ++q) {
      numbers = sum_of(numbers, gather(parameters_ + arguments_.steps.tokens[q].input_embedding,
                                       network_.input_stride, q, width));
    }
    for (u32 l = 0; l < network_.encoder_layers; ++l) {
      const DeviceDense& layer = network_.encoder[l];
      const SiluLot<lot_rows> both = silu_of(numbers);
      store(small(numbers_.encoder_input[l]), layer.inputs, both.value);
      store(slope(l), layer.inputs, both.slope);
      __syncwarp();
      numbers =
          dense<lot_rows>(layer, staged(), small(numbers_.encoder_input[l]), column_pitch, thread_);
    }
    // The moments stand where their gradients will.
    store(small(moments()), 2 * network_.latent, numbers);
    __syncwarp();
    draw();
    prior();
  }
  __device__ u32 moments() const {
    return numbers_.encoder_delta[network_.encoder_layers - 1];
  }

  // Whether there is a pair (latent, row), and which.
  __device__ bool pair_at(u32 pass, u32& latent) const {
    latent = (pass * warp_threads + thread_) / lot_rows;
    return latent < network_.latent;
  }

  __device__ void draw() {
#pragma unroll
    for (u32 pass = 0; pass < most_pairs; ++pass) {
      u32 l;
      prior_delta_[pass] = half_noise_[pass] = log_var_[pass] = 0;
      if (!pair_at(pass, l)) continue;
      const PhiloxCounter words = philox4x32_10(
          noise_counter(table_row_, arguments_.steps.epoch, Purpose::training_noise, l / 4),
          arguments_.steps.seed);
      const bool second = l % 4 >= 2;
      float normal[2];
      box_muller<Ops>(second ? words.word[2] : words.word[0],
                      second ? words.word[3] : words.word[1], normal[0], normal[1]);
      const float noise = l % 2 == 0 ? normal[0] : normal[1];
      const float* const moment = small(moments()) + own_;
      const float log_var = moment[(network_.latent + l) * column_pitch];
      const float clamped = clamp<Ops>(log_var, least_log_var, most_log_var);
      const float spread = Ops::mul(noise, exp<Ops>(Ops::mul(clamped, 0.5F)));
      small(numbers_.decoder_input[0])[l * column_pitch + own_] =
          Ops::add(moment[l * column_pitch], spread);
      half_noise_[pass] = Ops::mul(spread, 0.5F);
      log_var_[pass] = log_var;
      scratch()[l * column_pitch + own_] = Ops::fma(noise, noise, clamped);
    }
    __syncwarp();
    for (u32 l = 0; l < network_.latent; ++l) {
      kl_ = Ops::add(kl_, scratch()[l * column_pitch + own_]);
    }
    kl_ = Ops::mul(kl_, -0.5F);
    __syncwarp();
  }

  // log p(z) but for its constant, off the KL term; the gradients of -scale * log p(z).
  __device__ void prior() {
    const float* const z = small(numbers_.decoder_input[0]) + own_;
    float* const terms = scratch() + own_;
    constexpr u32 passes = mixture_components * lot_rows / warp_threads;
    float logarithm[passes];
#pragma unroll
    for (u32 pass = 0; pass < passes; ++pass) {
      const u32 k = (pass * warp_threads + thread_) / lot_rows;
      float squares = 0;
      for (u32 l = 0; l < network_.latent; ++l) {
        const u32 at = k * network_.latent + l;
        const float t =
            Ops::mul(Ops::sub(z[l * column_pitch], mixture_.mean[at]), mixture_.inverse_scale[at]);
        squares = Ops::fma(t, t, squares);
      }
      logarithm[pass] = Ops::fma(squares, -0.5F, mixture_.constant[k]);
      terms[k * column_pitch] = logarithm[pass];
    }
    __syncwarp();
    float most = terms[0];
    for (u32 k = 1; k < mixture_components; ++k) most = Ops::max(most, terms[k * column_pitch]);
    __syncwarp();
    float share[passes];
#pragma unroll
    for (u32 pass = 0; pass < passes; ++pass) {
      const u32 k = (pass * warp_threads + thread_) / lot_rows;
      share[pass] = decayed_exp<Ops>(Ops::sub(logarithm[pass], most));
      terms[k * column_pitch] = share[pass];
    }
    __syncwarp();
    float sum = 0;
    for (u32 k = 0; k < mixture_components; ++k) sum = Ops::add(sum, terms[k * column_pitch]);
    kl_ = Ops::sub(kl_, Ops::add(log<Ops>(sum), most));
    const float factor = Ops::div(step_.kl_scale, sum);
    __syncwarp();
#pragma unroll
    for (u32 pass = 0; pass < passes; ++pass) {
      const u32 k = (pass * warp_threads + thread_) / lot_rows;
      const float weighted = Ops::mul(share[pass], factor);
      terms[k * column_pitch] = weighted;
      small(numbers_.share_delta)[k * column_pitch + own_] =
          Ops::fma(step_.kl_scale, mixture_.share[k], -weighted);
    }
    __syncwarp();
#pragma unroll
    for (u32 pass = 0; pass < most_pairs; ++pass) {
      u32 l;
      if (pair_at(pass, l)) prior_delta_[pass] = pull_of_prior(l, z[l * column_pitch], terms);
    }
    __syncwarp();
  }

  __device__ float pull_of_prior(u32 l, float z, const float* weights) const {
    float sum = 0;
    for (u32 k = 0; k < mixture_components; ++k) {
      const u32 at = k * network_.latent + l;
      const float weighted = weights[k * column_pitch];
      const float t = Ops::mul(Ops::sub(z, mixture_.mean[at]), mixture_.inverse_scale[at]);
      const float pull = Ops::mul(weighted, Ops::mul(t, mixture_.inverse_scale[at]));
      sum = Ops::add(sum, pull);
      small(numbers_.mean_delta)[at * column_pitch + own_] = -pull;
      small(numbers_.log_scale_delta)[at * column_pitch + own_] =
          inside<Ops>(mixture_.log_scale[at], least_log_scale, most_log_scale,
                      Ops::negative_fma(Ops::mul(weighted, t), t, weighted));
    }
    return sum;
  }

  // The trunk's numbers.
  __device__ Lot<lot_rows> decode() {
    Lot<lot_rows> numbers;
    for (u32 l = 0; l < network_.decoder_layers; ++l) {
      if (l > 0) {
        store(small(numbers_.decoder_input[l]), network_.decoder[l].inputs, numbers);
        __syncwarp();
      }
      numbers = dense<lot_rows>(network_.decoder[l], staged(), small(numbers_.decoder_input[l]),
                                column_pitch, thread_);
      if (l > 0) {
        const SiluLot<lot_rows> both = silu_of(numbers);
        store(slope(most_trunk_layers + l), network_.decoder[l].outputs, both.slope);
        numbers = both.value;
      }
    }
    return numbers;
  }

  // Token by token: the hidden numbers, the softmax, the gradients at both. Where tokens are drawn
  // side by side, `trunk_delta` gathers what they pass back; else the hidden gradients do later.
  template <bool autoregressive>
  __device__ void heads(u32 group, Lot<lot_rows> sum, Lot<lot_rows>& trunk_delta) {
    const u32 count = network_.token_count;
    for (u32 q = 0; q < count; ++q) {
      if (q > 0) {
        if constexpr (planted_defect != PlantedDefect::unawaited_copy) await_copies();
        __syncthreads();
        write_head<autoregressive>(group, q - 1);
      } else {
        __syncwarp();
      }
      if (q + 1 < count) begin_head(q + 1);
      const DeviceToken token = arguments_.steps.tokens[q];
      const float* hidden = small(numbers_.trunk);
      Lot<lot_rows> hidden_slope;
      if constexpr (autoregressive) {
        float* const column = head_column(q, 0) + first_row_;
        const float bias = parameters_[token.hidden_bias + within(network_.hidden)];
        const SiluLot<lot_rows> both = silu_of(sum_of(sum, same<lot_rows>(bias)));
        store(column, network_.hidden, both.value);
        hidden_slope = both.slope;
        hidden = column;
        if (q + 1 < count) {
          sum = sum_of(sum, gather(parameters_ + token.embedding, network_.hidden_stride, q,
                                   network_.hidden));
        }
        __syncwarp();
      }
      choose(q, token, hidden);
      const float* const delta_column = head_column(q, 2) + first_row_;
      const u32 i = within(network_.hidden);
      trunk_delta =
          chain_over(autoregressive ? same<lot_rows>(0.0F) : trunk_delta, head(q) + i * head_pitch,
                     1, delta_column, column_pitch, token.choices);
      if constexpr (autoregressive) {
        store(head_column(q, 1) + first_row_, network_.hidden,
              product_of(trunk_delta, hidden_slope));
      }
    }
    __syncthreads();
    if (count > 0) write_head<autoregressive>(group, count - 1);
    __syncthreads();
  }

  template <bool autoregressive>
  __device__ void write_head(u32 group, u32 q) const {
    if constexpr (autoregressive) {
      const u32 width = network_.hidden;
      write_columns(group, head_column(q, 0), numbers_.hidden + q * width, width);
      write_columns(group, head_column(q, 1), numbers_.hidden_delta + q * width, width);
    }
    write_columns(group, head_column(q, 2), numbers_.logit_delta + q * most_token_width,
                  arguments_.steps.tokens[q].choices);
  }

  // Softmax and cross-entropy of a token; leaves the gradient at its logits in column 2.
  __device__ void choose(u32 q, const DeviceToken& token, const float* hidden) {
    const u32 choice = within(token.choices);
    const bool real = thread_ < token.choices;
    const float* const weight = head(q) + choice;
    const Lot<lot_rows> start = token.parent < 0
                                    ? same<lot_rows>(weight[network_.hidden * head_pitch])
                                    : gather(parameters_ + token.table, padded_width(token.choices),
                                             static_cast<u32>(token.parent), token.choices);
    const Lot<lot_rows> logits =
        chain_over(start, weight, head_pitch, hidden, column_pitch, network_.hidden);
    const Lot<lot_rows> most = largest(logits, thread_);
    float* const column = head_column(q, 2) + first_row_;
    Lot<lot_rows> terms;
    float chosen = 0;
    u32 row_choice[lot_rows];
#pragma unroll
    for (u32 r = 0; r < lot_rows; ++r) {
      row_choice[r] = tokens_of(r)[q];
      const float above = Ops::sub(logits.row[r], most.row[r]);
      terms.row[r] = decayed_exp<Ops>(above);
      const float of_row = __shfl_sync(all_threads, above, static_cast<int>(row_choice[r]));
      if (own_ == r) chosen = of_row;
    }
    if (real) store_lot(column + thread_ * column_pitch, terms);
    __syncwarp();
    float sum = 0;
#pragma unroll 8
    for (u32 k = 0; k < token.choices; ++k) sum = Ops::add(sum, column[k * column_pitch + own_]);
    loss_ = Ops::add(loss_, Ops::sub(log<Ops>(sum), chosen));
    const float factor = Ops::div(step_.reconstruction_scale, sum);
    __syncwarp();
    Lot<lot_rows> delta;
#pragma unroll
    for (u32 r = 0; r < lot_rows; ++r) {
      const float of_row = __shfl_sync(all_threads, factor, static_cast<int>(r));
      delta.row[r] = Ops::mul(terms.row[r], of_row);
      if (thread_ == row_choice[r]) {
        delta.row[r] = Ops::sub(delta.row[r], step_.reconstruction_scale);
      }
    }
    if (real) store_lot(column + thread_ * column_pitch, delta);
    __syncwarp();
  }

  // All threads, a thread a hidden number of four rows: what token q's embedding passes back is the
  // sum of the hidden gradients behind it. The whole sum is the trunk's.
  __device__ void add_up_embeddings(u32 group) const {
    constexpr u32 ahead = 4;
    const u32 width = network_.hidden;
    const u32 number = threadIdx.x / 4;
    if (number < width) {
      const u32 quad = threadIdx.x % 4 * 4;
      const float* const hidden_delta = numbers_of(group, numbers_.hidden_delta + number) + quad;
      float* const embedding_delta = numbers_of(group, numbers_.embedding_delta + number) + quad;
      const std::size_t step = std::size_t{width} * unit_rows;
      Lot<4> sum = same<4>(0.0F);
      for (u32 last = network_.token_count; last > 0;) {
        const u32 count = last < ahead ? last : ahead;
        Lot<4> coming[ahead];
#pragma unroll
        for (u32 n = 0; n < ahead; ++n) {
          if (n < count) coming[n] = load_lot<4>(hidden_delta + (last - 1 - n) * step);
        }
#pragma unroll
        for (u32 n = 0; n < ahead; ++n) {
          if (n >= count) continue;
          store_lot(embedding_delta + (last - 1 - n) * step, sum);
          sum = sum_of(sum, coming[n]);
        }
        last -= count;
      }
      store_lot(shared_ + arguments_.shared.small +
                    (numbers_.decoder_delta[0] + number) * column_pitch + quad,
                sum);
    }
    __syncthreads();
  }

  __device__ void backward(Lot<lot_rows> delta) {
    for (u32 l = network_.decoder_layers; l-- > 0;) {
      const DeviceDense& layer = network_.decoder[l];
      if (l > 0) {
        delta = product_of(delta, load_lot<lot_rows>(slope(most_trunk_layers + l) +
                                                     within(layer.outputs) * column_pitch));
      }
      store(small(numbers_.decoder_delta[l]), layer.outputs, delta);
      __syncwarp();
      if (layer.inputs == 0) return;
      delta = dense_backward<lot_rows>(layer, staged(), small(numbers_.decoder_delta[l]),
                                       column_pitch, thread_);
    }
    store(scratch(), network_.latent, delta);
    __syncwarp();
#pragma unroll
    for (u32 pass = 0; pass < most_pairs; ++pass) {
      u32 l;
      if (!pair_at(pass, l)) continue;
      const float z_delta = Ops::add(scratch()[l * column_pitch + own_], prior_delta_[pass]);
      float* const moment_delta = small(moments()) + own_;
      moment_delta[l * column_pitch] = z_delta;
      moment_delta[(network_.latent + l) * column_pitch] =
          inside<Ops>(log_var_[pass], least_log_var, most_log_var,
                      Ops::fma(z_delta, half_noise_[pass], Ops::mul(step_.kl_scale, -0.5F)));
    }
    __syncwarp();
    for (u32 l = network_.encoder_layers; l-- > 0;) {
      const DeviceDense& layer = network_.encoder[l];
      delta = dense_backward<lot_rows>(layer, staged(), small(numbers_.encoder_delta[l]),
                                       column_pitch, thread_);
      delta = product_of(delta, load_lot<lot_rows>(slope(l) + within(layer.inputs) * column_pitch));
      store(small(l > 0 ? numbers_.encoder_delta[l - 1] : numbers_.first_delta), layer.inputs,
            delta);
      __syncwarp();
    }
  }
};

}  // namespace cuvae::cuda
