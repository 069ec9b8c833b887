// One unit of rows through the token network: forward, backward, and the sums over its rows.
// Dense layers work on lanes (a row in each), as [vector][number][lane]. Embeddings work on rows of
// their own, 16 numbers at a time, and are brought to lanes and back by transposing blocks: adding
// a row of an embedding where a token points takes two instructions instead of a product with a
// one-hot vector.
#pragma once

#include "kernels/tokens/math.hpp"
#include "models/tokens/cpu/kernels.hpp"
#include "models/tokens/cpu/scratch.hpp"
#include "models/tokens/cpu/sums.hpp"
#include "runtime/simd/adam_vector.hpp"
#include "runtime/simd/dense.hpp"
#include "runtime/simd/lanes.hpp"
#include "runtime/simd/noise_vector.hpp"

namespace cuvae::CUVAE_TARGET {

// A layer's product for all vectors of a unit.
template <Epilogue epilogue>
CUVAE_INLINE void products(Product p, std::uint32_t vectors) {
  const std::size_t in_step = std::size_t{p.inputs} * lanes;
  const std::size_t out_step = std::size_t{p.outputs} * lanes;
  std::uint32_t v = 0;
  for (; v + 2 <= vectors; v += 2, p.in += 2 * in_step, p.out += 2 * out_step) {
    product<epilogue, 2>(p);
  }
  if (v < vectors) product<epilogue, 1>(p);
}

// out = a * b, number by number; out may be one of them.
inline void multiply(const float* a, const float* b, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes) {
    Ops::store(Ops::mul(Ops::load(a + i), Ops::load(b + i)), out + i);
  }
}

inline void apply_silu(float* numbers, float* slopes, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes) {
    const Silu<Ops> both = silu<Ops>(Ops::load(numbers + i));
    Ops::store(both.value, numbers + i);
    Ops::store(both.slope, slopes + i);
  }
}

class UnitPass {
 public:
  UnitPass(const TokenPlan& plan, const NetworkPointers& model, const TokenUnit& unit,
           const TokenScratch& scratch, float* sums)
      : plan_(plan),
        model_(model),
        unit_(unit),
        scratch_(scratch),
        sums_(sums),
        vectors_((unit.rows + unit_lanes - 1) / unit_lanes * lane_groups) {}

  [[gnu::noinline]] void run() {
    gather();
    clear(scratch_.reconstruction, vectors_ * lanes);
    clear(scratch_.kl, vectors_ * lanes);
    if (plan_.latent > 0) encode();
    decode();
    clear(scratch_.trunk_delta, std::size_t{vectors_} * plan_.hidden * lanes);
    if (plan_.autoregressive) {
      chain_heads();
    } else {
      parallel_heads();
    }
    decode_backward();
    if (plan_.latent > 0) encode_backward();
    add_losses();
  }

 private:
  const TokenPlan& plan_;
  const NetworkPointers& model_;
  const TokenUnit& unit_;
  const TokenScratch& scratch_;
  float* sums_;
  std::uint32_t vectors_;

  static void clear(float* numbers, std::size_t count) {
    for (std::size_t i = 0; i < count; i += lanes) Ops::store(Ops::set(0.0F), numbers + i);
  }
  std::size_t floats(std::uint32_t width) const { return std::size_t{vectors_} * width * lanes; }

  // `value` in the lanes of vector v whose rows count, 0 in the others.
  Float only_rows(std::uint32_t v, Float value) const {
    const std::uint32_t offset = v * lanes;
    const std::uint32_t count = unit_.rows > offset ? unit_.rows - offset : 0;
    if (count >= lanes) return value;
    return Ops::select(
        Ops::greater(Ops::set(static_cast<float>(count)), Ops::to_float(Ops::iota(0))), value,
        Ops::set(0.0F));
  }

  void gather() const {
    for (std::uint32_t r = 0; r < vectors_ * lanes; ++r) {
      const std::uint8_t* row = plan_.data + std::size_t{unit_.row_numbers[r]} * plan_.stride;
      for (std::uint32_t q = 0; q < plan_.token_count; ++q) {
        scratch_.choices[q * unit_rows + r] = row[q];
      }
      if (unit_.next_row_numbers != nullptr) {
        __builtin_prefetch(plan_.data + std::size_t{unit_.next_row_numbers[r]} * plan_.stride, 0,
                           2);
      }
    }
  }

  const std::uint32_t* choices(std::uint32_t q) const { return scratch_.choices + q * unit_rows; }

  template <Epilogue epilogue>
  void forward(const DenseBlock& layer, const float* in, float* out) const {
    products<epilogue>({model_.parameters + layer.weight, model_.parameters + layer.bias(),
                        layer.inputs, layer.outputs, in, out, nullptr},
                       vectors_);
  }

  void backward(const DenseBlock& layer, const float* delta, float* out) const {
    products<Epilogue::plain>({model_.transposed + layer.weight, nullptr, layer.outputs,
                               layer.inputs, delta, out, nullptr},
                              vectors_);
  }

  void add_outer(const DenseBlock& layer, const float* in, const float* delta) const {
    lane_sums(in, layer.inputs, delta, layer.outputs, vectors_, scratch_, true,
              sums_ + layer.weight);
  }

  // --- encoder -------------------------------------------------------------------------------

  void encode() const {
    sum_embeddings();
    apply_silu(scratch_.encoder_input[0], scratch_.encoder_slope[0], floats(plan_.input_width));
    for (std::uint32_t l = 0; l < plan_.encoder_layers; ++l) {
      const DenseBlock& layer = plan_.encoder[l];
      const bool last = l + 1 == plan_.encoder_layers;
      float* out = last ? scratch_.moments : scratch_.encoder_input[l + 1];
      forward<Epilogue::bias>(layer, scratch_.encoder_input[l], out);
      if (!last) apply_silu(out, scratch_.encoder_slope[l + 1], floats(layer.outputs));
    }
    clear(scratch_.prior_sums, lane_groups * prior_numbers(plan_) * lanes);
    for (std::uint32_t v = 0; v < vectors_; ++v) draw_latents(v);
  }

  void sum_embeddings() const {
    const std::uint32_t stride = padded_width(plan_.input_width);
    for (std::uint32_t v = 0; v < vectors_; ++v) {
      const float* rows[lanes];
      for (std::uint32_t i = 0; i < lanes; ++i) {
        float* row = scratch_.by_row + std::size_t{i} * stride;
        const std::uint32_t r = v * lanes + i;
        for (std::uint32_t c = 0; c < stride; c += lanes) {
          Float sum = Ops::load(model_.parameters + plan_.input_bias + c);
          for (std::uint32_t q = 0; q < plan_.token_count; ++q) {
            sum = Ops::add(sum, Ops::load(model_.parameters + plan_.tokens[q].input_embedding +
                                          std::size_t{choices(q)[r]} * stride + c));
          }
          Ops::store(sum, row + c);
        }
        rows[i] = row;
      }
      to_lanes(rows, scratch_.encoder_input[0] + std::size_t{v} * plan_.input_width * lanes,
               plan_.input_width);
    }
  }

  void draw_latents(std::uint32_t v) const {
    const std::uint32_t count = plan_.latent;
    const float* mean = scratch_.moments + std::size_t{v} * 2 * count * lanes;
    const float* log_var = mean + std::size_t{count} * lanes;
    float* z = scratch_.decoder_input[0] + std::size_t{v} * count * lanes;
    float* half_noise = scratch_.half_noise + std::size_t{v} * count * lanes;
    const auto rows = Ops::load_bits(unit_.row_numbers + v * lanes);
    Float terms = Ops::set(0.0F);
    for (std::uint32_t block = 0; 4 * block < count; ++block) {
      Float epsilon[4];
      normals(rows, Ops::set_bits(0), unit_.epoch, Purpose::training_noise, block, plan_.keys,
              epsilon);
      for (std::uint32_t l = 4 * block; l < count && l < 4 * block + 4; ++l) {
        const Float clamped =
            clamp<Ops>(Ops::load(log_var + l * lanes), least_log_var, most_log_var);
        const Float spread = Ops::mul(epsilon[l % 4], exp<Ops>(Ops::mul(clamped, Ops::set(0.5F))));
        Ops::store(Ops::add(Ops::load(mean + l * lanes), spread), z + l * lanes);
        Ops::store(Ops::mul(spread, Ops::set(0.5F)), half_noise + l * lanes);
        terms = Ops::add(terms, Ops::fma(epsilon[l % 4], epsilon[l % 4], clamped));
      }
    }
    const Float log_prior = prior(v, z);
    Ops::store(only_rows(v, Ops::sub(Ops::mul(terms, Ops::set(-0.5F)), log_prior)),
               scratch_.kl + v * lanes);
  }

  // log p(z) but for its constant. Leaves d(-scale log p) / d(z) and adds up the gradients of the
  // prior's parameters.
  Float prior(std::uint32_t v, const float* z) const {
    const std::uint32_t count = plan_.latent;
    const float* mean = model_.parameters + plan_.prior_mean;
    const float* log_scale = model_.parameters + plan_.prior_log_scale;
    const float* inverse = model_.mixture.inverse_scale;
    const Float zero = Ops::set(0.0F);
    Float share[mixture_components];
    Float most = zero;
    for (std::uint32_t k = 0; k < mixture_components; ++k) {
      Float squares = zero;
      for (std::uint32_t l = 0; l < count; ++l) {
        const std::uint32_t at = k * count + l;
        const Float t =
            Ops::mul(Ops::sub(Ops::load(z + l * lanes), Ops::set(mean[at])), Ops::set(inverse[at]));
        squares = Ops::fma(t, t, squares);
      }
      share[k] = Ops::fma(squares, Ops::set(-0.5F), Ops::set(model_.mixture.constant[k]));
      most = k == 0 ? share[k] : Ops::max(most, share[k]);
    }
    Float sum = zero;
    for (Float& one : share) {
      one = decayed_exp<Ops>(Ops::sub(one, most));
      sum = Ops::add(sum, one);
    }
    const Float scale = only_rows(v, Ops::set(unit_.scale.kl));
    const Float factor = Ops::div(scale, sum);
    float* delta = scratch_.prior_delta + std::size_t{v} * count * lanes;
    clear(delta, std::size_t{count} * lanes);
    float* sums = scratch_.prior_sums + (v % lane_groups) * prior_numbers(plan_) * lanes;
    const auto add_to = [](float* at, Float term) {
      Ops::store(Ops::add(Ops::load(at), term), at);
    };
    for (std::uint32_t k = 0; k < mixture_components; ++k) {
      const Float weighted = Ops::mul(share[k], factor);
      add_to(sums + k * lanes,
             Ops::fma(scale, Ops::set(model_.mixture.share[k]), Ops::sub(zero, weighted)));
      for (std::uint32_t l = 0; l < count; ++l) {
        const std::uint32_t at = k * count + l;
        const Float t =
            Ops::mul(Ops::sub(Ops::load(z + l * lanes), Ops::set(mean[at])), Ops::set(inverse[at]));
        const Float pull = Ops::mul(weighted, Ops::mul(t, Ops::set(inverse[at])));
        add_to(delta + l * lanes, pull);
        add_to(sums + (mixture_components + at) * lanes, Ops::sub(zero, pull));
        add_to(sums + (mixture_components * (1 + count) + at) * lanes,
               inside<Ops>(Ops::set(log_scale[at]), least_log_scale, most_log_scale,
                           Ops::negative_fma(Ops::mul(weighted, t), t, weighted)));
      }
    }
    return Ops::add(log<Ops>(sum), most);
  }

  void encode_backward() const {
    const std::uint32_t count = plan_.latent;
    const Float half_scale = Ops::mul(Ops::set(unit_.scale.kl), Ops::set(-0.5F));
    for (std::uint32_t v = 0; v < vectors_; ++v) {
      float* mean = scratch_.moments + std::size_t{v} * 2 * count * lanes;
      float* log_var = mean + std::size_t{count} * lanes;
      for (std::uint32_t l = 0; l < count; ++l) {
        const std::size_t place = (std::size_t{v} * count + l) * lanes;
        const Float z_delta =
            Ops::add(Ops::load(scratch_.z_delta + place), Ops::load(scratch_.prior_delta + place));
        Ops::store(z_delta, mean + l * lanes);
        Ops::store(inside<Ops>(Ops::load(log_var + l * lanes), least_log_var, most_log_var,
                               Ops::fma(z_delta, Ops::load(scratch_.half_noise + place),
                                        only_rows(v, half_scale))),
                   log_var + l * lanes);
      }
    }
    const float* delta = scratch_.moments;
    for (std::uint32_t l = plan_.encoder_layers; l-- > 0;) {
      const DenseBlock& layer = plan_.encoder[l];
      add_outer(layer, scratch_.encoder_input[l], delta);
      backward(layer, delta, scratch_.encoder_delta[l]);
      multiply(scratch_.encoder_delta[l], scratch_.encoder_slope[l], scratch_.encoder_delta[l],
               floats(layer.inputs));
      delta = scratch_.encoder_delta[l];
    }
    lane_sums(nullptr, 0, delta, plan_.input_width, vectors_, scratch_, true,
              sums_ + plan_.input_bias);
    scatter_inputs(delta);
    add_prior_sums();
  }

  void scatter_inputs(const float* delta) const {
    const std::uint32_t width = plan_.input_width;
    const std::uint32_t stride = padded_width(width);
    for (std::uint32_t v = 0; v < vectors_; ++v) {
      to_rows(delta + std::size_t{v} * width * lanes, width,
              scratch_.row_deltas + std::size_t{v} * lanes * stride, stride);
    }
    for (std::uint32_t q = 0; q < plan_.token_count; ++q) {
      float* table = sums_ + plan_.tokens[q].input_embedding;
      clear(table, std::size_t{plan_.tokens[q].choices} * stride);
      scatter_rows(scratch_.row_deltas, stride, choices(q), unit_.rows, table);
    }
  }

  void add_prior_sums() const {
    const std::uint32_t numbers = prior_numbers(plan_);
    const std::uint32_t of_means = mixture_components * plan_.latent;
    const float* totals = reduce_lanes(scratch_.prior_sums, numbers, scratch_);
    copy(totals, mixture_components, sums_ + plan_.prior_weight);
    copy(totals + mixture_components, of_means, sums_ + plan_.prior_mean);
    copy(totals + mixture_components + of_means, of_means, sums_ + plan_.prior_log_scale);
  }

  // --- decoder -------------------------------------------------------------------------------

  void decode() const {
    for (std::uint32_t l = 0; l < plan_.decoder_layers; ++l) {
      float* out = scratch_.decoder_input[l + 1];
      forward<Epilogue::bias>(plan_.decoder[l], scratch_.decoder_input[l], out);
      if (l > 0) {
        apply_silu(out, scratch_.decoder_slope[l], floats(plan_.decoder[l].outputs));
      }
    }
  }

  void decode_backward() const {
    float* delta = scratch_.trunk_delta;
    for (std::uint32_t l = plan_.decoder_layers; l-- > 0;) {
      const DenseBlock& layer = plan_.decoder[l];
      if (l > 0) multiply(delta, scratch_.decoder_slope[l], delta, floats(layer.outputs));
      add_outer(layer, scratch_.decoder_input[l], delta);
      if (layer.inputs == 0) return;
      float* out = l == 0 ? scratch_.z_delta : scratch_.decoder_delta[l];
      backward(layer, delta, out);
      delta = out;
    }
  }

  // Logits of a token from its hidden numbers; then the gradient there, in the same place.
  void choose(std::uint32_t q, const float* hidden) const {
    const TokenBlock& token = plan_.tokens[q];
    const float* weights = model_.parameters + token.weight;
    const Product p{weights,      weights + std::size_t{plan_.hidden} * token.choices,
                    plan_.hidden, token.choices,
                    hidden,       scratch_.logits,
                    nullptr};
    if (token.parent < 0) {
      products<Epilogue::bias>(p, vectors_);
    } else {
      const std::uint32_t stride = padded_width(token.choices);
      const std::uint32_t* parents = choices(static_cast<std::uint32_t>(token.parent));
      for (std::uint32_t v = 0; v < vectors_; ++v) {
        const float* rows[lanes];
        for (std::uint32_t i = 0; i < lanes; ++i) {
          rows[i] = model_.parameters + token.table + std::size_t{parents[v * lanes + i]} * stride;
        }
        to_lanes(rows, scratch_.logits + std::size_t{v} * token.choices * lanes, token.choices);
      }
      products<Epilogue::accumulate>(p, vectors_);
    }
    for (std::uint32_t v = 0; v < vectors_; ++v) softmax(q, v);
    lane_sums(hidden, plan_.hidden, scratch_.logits, token.choices, vectors_, scratch_,
              token.parent < 0, sums_ + token.weight);
    if (token.parent >= 0) scatter_table(token);
  }

  void softmax(std::uint32_t q, std::uint32_t v) const {
    const std::uint32_t count = plan_.tokens[q].choices;
    float* logits = scratch_.logits + std::size_t{v} * count * lanes;
    const auto choice = Ops::load_bits(choices(q) + v * lanes);
    Float most = Ops::load(logits);
    for (std::uint32_t k = 1; k < count; ++k) most = Ops::max(most, Ops::load(logits + k * lanes));
    Float chosen = Ops::set(0.0F);
    Float sum = Ops::set(0.0F);
    for (std::uint32_t k = 0; k < count; ++k) {
      const Float x = Ops::sub(Ops::load(logits + k * lanes), most);
      chosen = Ops::select(Ops::equal_bits(choice, Ops::set_bits(k)), x, chosen);
      const Float term = decayed_exp<Ops>(x);
      Ops::store(term, logits + k * lanes);
      sum = Ops::add(sum, term);
    }
    const Float scale = only_rows(v, Ops::set(unit_.scale.reconstruction));
    const Float factor = Ops::div(scale, sum);
    for (std::uint32_t k = 0; k < count; ++k) {
      const Float share = Ops::mul(Ops::load(logits + k * lanes), factor);
      Ops::store(
          Ops::select(Ops::equal_bits(choice, Ops::set_bits(k)), Ops::sub(share, scale), share),
          logits + k * lanes);
    }
    float* loss = scratch_.reconstruction + v * lanes;
    Ops::store(Ops::add(Ops::load(loss), Ops::sub(log<Ops>(sum), chosen)), loss);
  }

  void scatter_table(const TokenBlock& token) const {
    const std::uint32_t stride = padded_width(token.choices);
    const auto parent = static_cast<std::uint32_t>(token.parent);
    for (std::uint32_t v = 0; v < vectors_; ++v) {
      to_rows(scratch_.logits + std::size_t{v} * token.choices * lanes, token.choices,
              scratch_.by_row + std::size_t{v} * lanes * stride, stride);
    }
    float* table = sums_ + token.table;
    clear(table, std::size_t{plan_.tokens[parent].choices} * stride);
    scatter_rows(scratch_.by_row, stride, choices(parent), unit_.rows, table);
  }

  template <Epilogue epilogue>
  void head_backward(std::uint32_t q, float* out) const {
    const TokenBlock& token = plan_.tokens[q];
    products<epilogue>({model_.transposed + token.weight, nullptr, token.choices, plan_.hidden,
                        scratch_.logits, out, nullptr},
                       vectors_);
  }

  void parallel_heads() const {
    for (std::uint32_t q = 0; q < plan_.token_count; ++q) {
      choose(q, scratch_.decoder_input[plan_.decoder_layers]);
      head_backward<Epilogue::accumulate>(q, scratch_.trunk_delta);
    }
  }

  void chain_heads() const {
    const std::uint32_t width = plan_.hidden;
    const std::uint32_t stride = padded_width(width);
    for (std::uint32_t v = 0; v < vectors_; ++v) {
      to_rows(scratch_.decoder_input[plan_.decoder_layers] + std::size_t{v} * width * lanes, width,
              scratch_.row_sums + std::size_t{v} * lanes * stride, stride);
    }
    for (std::uint32_t q = 0; q < plan_.token_count; ++q) {
      hidden_of(q);
      choose(q, scratch_.hidden);
      float* delta = scratch_.hidden_delta + q * std::size_t{unit_rows} * width;
      head_backward<Epilogue::plain>(q, delta);
      multiply(delta, scratch_.hidden_slope, delta, floats(width));
      lane_sums(nullptr, 0, delta, width, vectors_, scratch_, true,
                sums_ + plan_.tokens[q].hidden_bias);
    }
    chain_backward();
  }

  // The hidden numbers of token q, from those of the rows, which get the embedding of token q - 1.
  void hidden_of(std::uint32_t q) const {
    const std::uint32_t width = plan_.hidden;
    const std::uint32_t stride = padded_width(width);
    const float* bias = model_.parameters + plan_.tokens[q].hidden_bias;
    for (std::uint32_t v = 0; v < vectors_; ++v) {
      const float* rows[lanes];
      for (std::uint32_t i = 0; i < lanes; ++i) {
        const std::uint32_t r = v * lanes + i;
        float* sum = scratch_.row_sums + std::size_t{r} * stride;
        float* biased = scratch_.by_row + std::size_t{i} * stride;
        const float* embedding = q == 0 ? nullptr
                                        : model_.parameters + plan_.tokens[q - 1].embedding +
                                              std::size_t{choices(q - 1)[r]} * stride;
        for (std::uint32_t c = 0; c < stride; c += lanes) {
          Float number = Ops::load(sum + c);
          if (q > 0) {
            number = Ops::add(number, Ops::load(embedding + c));
            Ops::store(number, sum + c);
          }
          Ops::store(Ops::add(number, Ops::load(bias + c)), biased + c);
        }
        rows[i] = biased;
      }
      to_lanes(rows, scratch_.hidden + std::size_t{v} * width * lanes, width);
    }
    apply_silu(scratch_.hidden, scratch_.hidden_slope, floats(width));
  }

  // What an embedding gets back is the sum over all later tokens.
  void chain_backward() const {
    const std::uint32_t width = plan_.hidden;
    const std::uint32_t stride = padded_width(width);
    const std::size_t row_floats = std::size_t{vectors_} * lanes * stride;
    clear(scratch_.row_sums, row_floats);
    for (std::uint32_t q = plan_.token_count; q-- > 0;) {
      if (q + 1 < plan_.token_count) {
        float* table = sums_ + plan_.tokens[q].embedding;
        clear(table, std::size_t{plan_.tokens[q].choices} * stride);
        scatter_rows(scratch_.row_sums, stride, choices(q), unit_.rows, table);
      }
      const float* delta = scratch_.hidden_delta + q * std::size_t{unit_rows} * width;
      for (std::uint32_t v = 0; v < vectors_; ++v) {
        to_rows(delta + std::size_t{v} * width * lanes, width, scratch_.by_row, stride);
        float* sum = scratch_.row_sums + std::size_t{v} * lanes * stride;
        for (std::uint32_t i = 0; i < lanes * stride; i += lanes) {
          Ops::store(Ops::add(Ops::load(sum + i), Ops::load(scratch_.by_row + i)), sum + i);
        }
      }
      for (std::size_t i = 0; i < floats(width); i += lanes) {
        float* trunk = scratch_.trunk_delta + i;
        Ops::store(Ops::add(Ops::load(trunk), Ops::load(delta + i)), trunk);
      }
    }
  }

  void add_losses() const {
    clear(scratch_.loss_sums, lane_groups * 2 * lanes);
    for (std::uint32_t v = 0; v < vectors_; ++v) {
      float* sums = scratch_.loss_sums + (v % lane_groups) * 2 * lanes;
      Ops::store(
          Ops::add(Ops::load(sums), only_rows(v, Ops::load(scratch_.reconstruction + v * lanes))),
          sums);
      Ops::store(Ops::add(Ops::load(sums + lanes), Ops::load(scratch_.kl + v * lanes)),
                 sums + lanes);
    }
    const float* totals = reduce_lanes(scratch_.loss_sums, 2, scratch_);
    copy(totals, 2, sums_ + plan_.space);
  }
};

inline void token_gradient(const TokenPlan& plan, const NetworkPointers& model,
                           const TokenUnit& unit, float* memory, float* sums) {
  TokenScratch scratch;
  lay_out(plan, memory, scratch);
  UnitPass(plan, model, unit, scratch, sums).run();
}

inline void token_update(const TokenPlan& plan, const float* sums, std::size_t units,
                         float step_size, std::size_t begin, std::size_t end,
                         NetworkPointers& model) {
  const AdamVector adam(step_size);
  for (std::size_t p = begin; p < end; p += lanes) {
    const Float sum = sum_of_units(sums + p, units, plan.sums_stride);
    adam.update(sum, model.parameters + p, model.moment_1 + p, model.moment_2 + p);
  }
}

}  // namespace cuvae::CUVAE_TARGET
