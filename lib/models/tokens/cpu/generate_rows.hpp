// Rows of the endless table, as tokens: latent, trunk, then token by token.
#pragma once

#include <algorithm>

#include "models/tokens/cpu/train_step.hpp"

namespace cuvae::CUVAE_TARGET {

// Vectors of rows that go through the decoder together.
inline constexpr std::uint32_t drawn_vectors = 2;

struct DrawScratch {
  float* input[most_token_layers + 1];  // [0] is z
  float* slopes;                        // not needed, but apply_silu gives them
  float* hidden;
  float* logits;
  float* row_sums;       // [rows, padded hidden]
  float* by_row;         // [lanes, padded hidden] biased sums, a row behind the other
  std::uint32_t* words;  // [words][drawn_vectors * lanes]
};

inline std::size_t lay_out(const TokenPlan& plan, std::uint32_t words, float* memory,
                           DrawScratch& scratch) {
  std::size_t used = 0;
  const auto take = [&](std::size_t count) {
    float* piece = memory == nullptr ? nullptr : memory + used;
    used += (count + 15) / 16 * 16;
    return piece;
  };
  constexpr std::size_t rows = drawn_vectors * lanes;
  constexpr std::size_t overrun = 16 * 16;
  scratch.input[0] = take(plan.latent * rows + overrun);
  std::uint32_t widest = plan.hidden;
  for (std::uint32_t l = 0; l < plan.decoder_layers; ++l) {
    scratch.input[l + 1] = take(plan.decoder[l].outputs * rows + overrun);
    widest = std::max(widest, plan.decoder[l].outputs);
  }
  scratch.slopes = take(widest * rows + overrun);
  scratch.hidden = take(plan.hidden * rows + overrun);
  scratch.logits = take(most_choices * rows + overrun);
  scratch.row_sums = take(padded_width(plan.hidden) * rows);
  scratch.by_row = take(std::size_t{padded_width(plan.hidden)} * lanes);
  scratch.words = reinterpret_cast<std::uint32_t*>(take((words + 3) * rows));
  return used;
}

class TokenDraw {
 public:
  TokenDraw(const TokenPlan& plan, const NetworkPointers& model, const DrawScratch& scratch,
            const DrawnTokens& out)
      : plan_(plan), model_(model), scratch_(scratch), out_(out) {}

  // Tokens [0, tokens) of the rows with these numbers, `row(i)` for i below rows_at_once, to place
  // `at` of the output. The words behind those of the tokens follow where all tokens are wanted.
  template <class F>
  [[gnu::noinline]] void run(F&& row, std::uint32_t tokens, std::uint32_t at) {
    for (std::uint32_t i = 0; i < rows_at_once; ++i) {
      const std::uint64_t number = row(i);
      low_[i] = static_cast<std::uint32_t>(number);
      high_[i] = static_cast<std::uint32_t>(number >> 32);
    }
    const bool whole = tokens == plan_.token_count;
    draw_words(1 + tokens + (whole ? out_.word_count : 0));
    if (plan_.latent > 0) {
      for (std::uint32_t v = 0; v < drawn_vectors; ++v) draw_latents(v);
    }
    for (std::uint32_t l = 0; l < plan_.decoder_layers; ++l) {
      const DenseBlock& layer = plan_.decoder[l];
      products<Epilogue::bias>(
          {model_.parameters + layer.weight, model_.parameters + layer.bias(), layer.inputs,
           layer.outputs, scratch_.input[l], scratch_.input[l + 1], nullptr},
          drawn_vectors);
      if (l > 0) {
        apply_silu(scratch_.input[l + 1], scratch_.slopes,
                   std::size_t{drawn_vectors} * layer.outputs * lanes);
      }
    }
    const float* trunk = scratch_.input[plan_.decoder_layers];
    if (plan_.autoregressive) start_rows(trunk);
    for (std::uint32_t q = 0; q < tokens; ++q) {
      if (plan_.autoregressive) hidden_of(q, at);
      draw_token(q, plan_.autoregressive ? scratch_.hidden : trunk, at);
    }
    if (!whole) return;
    const std::uint32_t used = 1 + plan_.token_count;
    for (std::uint32_t w = 0; w < out_.word_count; ++w) {
      __builtin_memcpy(out_.words + std::size_t{w} * out_.stride + at, word(used + w, 0),
                       rows_at_once * sizeof(std::uint32_t));
    }
  }

  static constexpr std::uint32_t rows_at_once = drawn_vectors * lanes;

 private:
  const TokenPlan& plan_;
  const NetworkPointers& model_;
  const DrawScratch& scratch_;
  const DrawnTokens& out_;
  std::uint32_t low_[rows_at_once];  // words of the row numbers
  std::uint32_t high_[rows_at_once];

  std::uint32_t* word(std::uint32_t index, std::uint32_t v) const {
    return scratch_.words + std::size_t{index} * rows_at_once + v * lanes;
  }

  // The low and high words of a vector's row numbers.
  void load_row_numbers(std::uint32_t v, VectorOps::Bits& low, VectorOps::Bits& high) const {
    low = Ops::load_bits(low_ + v * lanes);
    high = Ops::load_bits(high_ + v * lanes);
  }

  void draw_words(std::uint32_t words) const {
    for (std::uint32_t v = 0; v < drawn_vectors; ++v) {
      VectorOps::Bits low, high;
      load_row_numbers(v, low, high);
      for (std::uint32_t block = 0; 4 * block < words; ++block) {
        VectorOps::Bits drawn[4];
        philox_vector(low, high, noise_counter(0, 0, Purpose::generation_noise, block), plan_.keys,
                      drawn);
        unroll<4>(CUVAE_LAMBDA(auto i) { Ops::store_bits(drawn[i], word(4 * block + i, v)); });
      }
    }
  }

  // The prior's component, then z.
  void draw_latents(std::uint32_t v) const {
    const std::uint32_t count = plan_.latent;
    const Mixture& mixture = model_.mixture;
    float sums[mixture_components];
    float sum = 0;
    for (std::uint32_t k = 0; k < mixture_components; ++k) {
      sum = k == 0 ? mixture.share[0] : sum + mixture.share[k];
      sums[k] = sum;
    }
    const Float threshold = Ops::mul(Ops::set(sum), uniform<Ops>(Ops::load_bits(word(0, v))));
    Float component = Ops::set(0.0F);
    for (const float one : sums) {
      component = Ops::add(component, Ops::select(Ops::greater(threshold, Ops::set(one)),
                                                  Ops::set(1.0F), Ops::set(0.0F)));
    }
    alignas(64) float components[lanes];
    Ops::store(component, components);
    VectorOps::Bits low, high;
    load_row_numbers(v, low, high);
    float* z = scratch_.input[0] + std::size_t{v} * count * lanes;
    for (std::uint32_t block = 0; 4 * block < count; ++block) {
      Float epsilon[4];
      normals(low, high, 0, Purpose::latent_noise, block, plan_.keys, epsilon);
      for (std::uint32_t l = 4 * block; l < count && l < 4 * block + 4; ++l) {
        alignas(64) float scales[lanes];
        alignas(64) float means[lanes];
        for (std::uint32_t i = 0; i < lanes; ++i) {
          const std::size_t at = static_cast<std::size_t>(components[i]) * count + l;
          scales[i] = mixture.scale[at];
          means[i] = model_.parameters[plan_.prior_mean + at];
        }
        Ops::store(Ops::fma(epsilon[l % 4], Ops::load(scales), Ops::load(means)), z + l * lanes);
      }
    }
  }

  void start_rows(const float* trunk) const {
    const std::uint32_t stride = padded_width(plan_.hidden);
    for (std::uint32_t v = 0; v < drawn_vectors; ++v) {
      to_rows(trunk + std::size_t{v} * plan_.hidden * lanes, plan_.hidden,
              scratch_.row_sums + std::size_t{v} * lanes * stride, stride);
    }
  }

  void hidden_of(std::uint32_t q, std::uint32_t at) const {
    const std::uint32_t width = plan_.hidden;
    const std::uint32_t stride = padded_width(width);
    const float* bias = model_.parameters + plan_.tokens[q].hidden_bias;
    for (std::uint32_t v = 0; v < drawn_vectors; ++v) {
      const float* rows[lanes];
      for (std::uint32_t i = 0; i < lanes; ++i) {
        const std::uint32_t r = v * lanes + i;
        float* sum = scratch_.row_sums + std::size_t{r} * stride;
        float* biased = scratch_.by_row + std::size_t{i} * stride;
        const float* embedding =
            q == 0 ? nullptr
                   : model_.parameters + plan_.tokens[q - 1].embedding +
                         std::size_t{out_.tokens[(q - 1) * std::size_t{out_.stride} + at + r]} *
                             stride;
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
    apply_silu(scratch_.hidden, scratch_.slopes, std::size_t{drawn_vectors} * width * lanes);
  }

  void draw_token(std::uint32_t q, const float* hidden, std::uint32_t at) const {
    const TokenBlock& token = plan_.tokens[q];
    const float* weights = model_.parameters + token.weight;
    const Product p{weights,      weights + std::size_t{plan_.hidden} * token.choices,
                    plan_.hidden, token.choices,
                    hidden,       scratch_.logits,
                    nullptr};
    if (token.parent < 0) {
      products<Epilogue::bias>(p, drawn_vectors);
    } else {
      const std::uint32_t stride = padded_width(token.choices);
      const std::uint8_t* parents =
          out_.tokens + static_cast<std::size_t>(token.parent) * out_.stride + at;
      for (std::uint32_t v = 0; v < drawn_vectors; ++v) {
        const float* rows[lanes];
        for (std::uint32_t i = 0; i < lanes; ++i) {
          rows[i] = model_.parameters + token.table + std::size_t{parents[v * lanes + i]} * stride;
        }
        to_lanes(rows, scratch_.logits + std::size_t{v} * token.choices * lanes, token.choices);
      }
      products<Epilogue::accumulate>(p, drawn_vectors);
    }
    for (std::uint32_t v = 0; v < drawn_vectors; ++v) {
      choose(scratch_.logits + std::size_t{v} * token.choices * lanes, token.choices,
             word(1 + q, v), out_.tokens + std::size_t{q} * out_.stride + at + v * lanes);
    }
  }

  // The first choice at which the running sum of the shares reaches u times their whole.
  static void choose(float* logits, std::uint32_t count, const std::uint32_t* words,
                     std::uint8_t* out) {
    Float most = Ops::load(logits);
    for (std::uint32_t k = 1; k < count; ++k) most = Ops::max(most, Ops::load(logits + k * lanes));
    Float sum = Ops::set(0.0F);
    for (std::uint32_t k = 0; k < count; ++k) {
      sum = Ops::add(sum, decayed_exp<Ops>(Ops::sub(Ops::load(logits + k * lanes), most)));
      Ops::store(sum, logits + k * lanes);
    }
    const Float threshold = Ops::mul(sum, uniform<Ops>(Ops::load_bits(words)));
    Float choice = Ops::set(0.0F);
    for (std::uint32_t k = 0; k < count; ++k) {
      choice = Ops::add(choice, Ops::select(Ops::greater(threshold, Ops::load(logits + k * lanes)),
                                            Ops::set(1.0F), Ops::set(0.0F)));
    }
    alignas(64) float choices[lanes];
    Ops::store(choice, choices);
    for (std::uint32_t i = 0; i < lanes; ++i) out[i] = static_cast<std::uint8_t>(choices[i]);
  }
};

inline void token_generate(const TokenPlan& plan, const NetworkPointers& model,
                           std::uint64_t first_row, std::uint32_t rows, float* memory,
                           const DrawnTokens& out) {
  DrawScratch scratch;
  lay_out(plan, 1 + plan.token_count + out.word_count, memory, scratch);
  TokenDraw draw(plan, model, scratch, out);
  for (std::uint32_t at = 0; at < rows; at += TokenDraw::rows_at_once) {
    draw.run([=](std::uint32_t i) { return first_row + at + i; }, plan.token_count, at);
  }
}

inline void token_generate_some(const TokenPlan& plan, const NetworkPointers& model,
                                const std::uint64_t* row_numbers, std::uint32_t rows,
                                std::uint32_t tokens, float* memory, const DrawnTokens& out) {
  DrawScratch scratch;
  lay_out(plan, 1 + plan.token_count + out.word_count, memory, scratch);
  TokenDraw draw(plan, model, scratch, out);
  for (std::uint32_t at = 0; at < rows; at += TokenDraw::rows_at_once) {
    draw.run([=](std::uint32_t i) { return row_numbers[std::min(at + i, rows - 1)]; }, tokens, at);
  }
}

}  // namespace cuvae::CUVAE_TARGET
