// Generating rows: latent noise, decoder, sigmoid, and the rounding to codes.
#pragma once

#include "cpu/dense.hpp"
#include "cpu/kernel_table.hpp"
#include "cpu/noise_vector.hpp"

namespace cuvae::CUVAE_TARGET {

struct DecoderScratch {
  float* input[layer_count];  // of the decoder's layers, [2][inputs][lane]
  float* logits;              // [2][columns][lane]
};

inline std::size_t lay_out(const GenerationPlan& plan, float* memory, DecoderScratch& scratch) {
  std::size_t used = 0;
  const auto take = [&](std::size_t units) {
    float* piece = memory == nullptr ? nullptr : memory + used;
    used += padded(2 * units * lanes);
    return piece;
  };
  for (std::size_t l = 4; l < layer_count; ++l) scratch.input[l] = take(plan.layers[l].inputs);
  scratch.logits = take(plan.columns);
  return used;
}

// Two vectors of logits, rows [first_row, first_row + 2 lanes).
inline void decode(const GenerationPlan& plan, const DecoderScratch& scratch,
                   std::uint64_t first_row) {
  for (std::uint32_t v = 0; v < 2; ++v) {
    const std::uint64_t row = first_row + v * lanes;
    const auto low_word = static_cast<std::uint32_t>(row);
    const auto high_word = static_cast<std::uint32_t>(row >> 32);
    const auto low = Ops::iota(low_word);
    auto high = Ops::set_bits(high_word);
    if (low_word + (lanes - 1) < low_word) {  // the low words wrap within this vector
      high = Ops::select_bits(Ops::less_bits(low, Ops::set_bits(low_word)),
                              Ops::set_bits(high_word + 1), high);
    }
    float* z = scratch.input[4] + std::size_t{v} * plan.latent * lanes;
    for (std::uint32_t block = 0; 4 * block < plan.latent; ++block) {
      Float epsilon[4];
      normals(low, high, 0, Purpose::latent_noise, block, plan.seed, epsilon);
      for (std::uint32_t k = 4 * block; k < plan.latent && k < 4 * block + 4; ++k) {
        Ops::store(epsilon[k % 4], z + k * lanes);
      }
    }
  }
  const auto layer = [&](std::size_t l, float* out) -> Product {
    const Layer& shape = plan.layers[l];
    const float* weights = plan.parameters + shape.offset;
    return {weights, weights + shape.weights(), shape.inputs, shape.outputs, scratch.input[l], out,
            nullptr};
  };
  product<Epilogue::bias, 2>(layer(4, scratch.input[5]));
  product<Epilogue::bias_relu, 2>(layer(5, scratch.input[6]));
  product<Epilogue::bias_relu, 2>(layer(6, scratch.input[7]));
  product<Epilogue::bias, 2>(layer(7, scratch.logits));
}

// Round-half-even(x * span) for span up to 2^22, exactly: the rounded product may have crossed a
// half, which the exact remainder shows.
CUVAE_INLINE VectorOps::Bits code_of(Float x, Float span) {
  const Float magic = Ops::set(round_magic);
  Float nearest = Ops::sub(Ops::add(Ops::mul(x, span), magic), magic);
  const Float remainder = Ops::fma(x, span, Ops::sub(Ops::set(0.0F), nearest));
  const Float one = Ops::set(1.0F);
  const Float zero = Ops::set(0.0F);
  nearest = Ops::add(nearest, Ops::select(Ops::greater(remainder, Ops::set(0.5F)), one, zero));
  nearest = Ops::sub(nearest, Ops::select(Ops::greater(Ops::set(-0.5F), remainder), one, zero));
  return Ops::and_bits(Ops::to_bits(Ops::add(nearest, magic)), Ops::set_bits(0x003fffffU));
}

inline constexpr std::uint32_t max_vector_span = (1U << 22) - 1;

// The same for any span below 2^29: the product of 24 and 29 bits is exact in double.
inline std::uint32_t wide_code_of(float x, std::uint32_t span) {
  const double magic = 6755399441055744.0;  // 1.5 * 2^52
  return static_cast<std::uint32_t>((static_cast<double>(x) * span + magic) - magic);
}

template <class Cell>
CUVAE_INLINE void store_codes(const ColumnCoding& coding, const float* logits, Cell* out) {
  std::uint32_t codes[lanes];
  const Float x = sigmoid<Ops>(Ops::load(logits)).value;
  if (coding.span <= max_vector_span) {
    Ops::store_bits(code_of(x, Ops::set(static_cast<float>(coding.span))), codes);
  } else {
    alignas(64) float numbers[lanes];
    Ops::store(x, numbers);
    for (std::uint32_t i = 0; i < lanes; ++i) codes[i] = wide_code_of(numbers[i], coding.span);
  }
  for (std::uint32_t i = 0; i < lanes; ++i) out[i] = static_cast<Cell>(codes[i]);
}

inline void store_column(const GenerationPlan& plan, const float* logits, std::uint32_t column,
                         std::uint32_t row, void* out) {
  const ColumnCoding& coding = plan.codings[column];
  for (std::uint32_t v = 0; v < 2; ++v, logits += std::size_t{plan.columns} * lanes, row += lanes) {
    if (coding.real) {
      Ops::store_unaligned(sigmoid<Ops>(Ops::load(logits)).value, static_cast<float*>(out) + row);
    } else if (coding.width == 1) {
      store_codes(coding, logits, static_cast<std::uint8_t*>(out) + row);
    } else if (coding.width == 2) {
      store_codes(coding, logits, static_cast<std::uint16_t*>(out) + row);
    } else {
      store_codes(coding, logits, static_cast<std::uint32_t*>(out) + row);
    }
  }
}

inline void generate_codes(const GenerationPlan& plan, std::uint64_t first_row, std::uint32_t rows,
                           float* memory, void* const* columns) {
  DecoderScratch scratch;
  lay_out(plan, memory, scratch);
  for (std::uint32_t row = 0; row < rows; row += 2 * lanes) {
    decode(plan, scratch, first_row + row);
    for (std::uint32_t j = 0; j < plan.columns; ++j) {
      store_column(plan, scratch.logits + std::size_t{j} * lanes, j, row, columns[j]);
    }
  }
}

inline void generate_floats(const GenerationPlan& plan, std::uint64_t first_row, std::uint32_t rows,
                            float* memory, float* out, std::uint32_t stride) {
  DecoderScratch scratch;
  lay_out(plan, memory, scratch);
  for (std::uint32_t row = 0; row < rows; row += 2 * lanes) {
    decode(plan, scratch, first_row + row);
    for (std::uint32_t v = 0; v < 2; ++v) {
      for (std::uint32_t j = 0; j < plan.columns; ++j) {
        alignas(64) float numbers[lanes];
        Ops::store(
            sigmoid<Ops>(Ops::load(scratch.logits + (std::size_t{v} * plan.columns + j) * lanes))
                .value,
            numbers);
        for (std::uint32_t i = 0; i < lanes && row + v * lanes + i < rows; ++i) {
          out[std::size_t{row + v * lanes + i} * stride + j] = numbers[i];
        }
      }
    }
  }
}

}  // namespace cuvae::CUVAE_TARGET
