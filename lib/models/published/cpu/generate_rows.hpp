// Generating rows: latent noise, decoder, sigmoid, and the rounding to codes.
#pragma once

#include "kernels/arithmetic/round_code.hpp"
#include "models/published/cpu/kernels.hpp"
#include "runtime/simd/dense.hpp"
#include "runtime/simd/noise_vector.hpp"
#include "runtime/simd/paired_ops.hpp"

namespace cuvae::CUVAE_TARGET {

struct DecoderScratch {
  float* input[layer_count];  // of the decoder's layers, [2][inputs][lane]
  float* logits;              // [2][columns][lane]
};

inline std::size_t lay_out(const GenerationPlan& plan, float* memory, DecoderScratch& scratch) {
  std::size_t used = 0;
  const auto take = [&](std::size_t neurons) {
    float* piece = memory == nullptr ? nullptr : memory + used;
    used += padded(2 * neurons * lanes);
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
      normals(low, high, 0, Purpose::latent_noise, block, plan.keys, epsilon);
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

// Spans from small_span on, up to 2^29: the product of 24 and 29 bits is exact in double.
inline std::uint32_t wide_code_of(float x, std::uint32_t span) {
  const double magic = 6755399441055744.0;  // 1.5 * 2^52
  return static_cast<std::uint32_t>((static_cast<double>(x) * span + magic) - magic);
}

[[gnu::noinline]] inline void store_wide_codes(Float first, Float second, std::uint32_t span,
                                               std::uint32_t* out) {
  alignas(64) float numbers[2 * lanes];
  Ops::store(first, numbers);
  Ops::store(second, numbers + lanes);
  for (std::uint32_t i = 0; i < 2 * lanes; ++i) out[i] = wide_code_of(numbers[i], span);
}

template <class Cell>
CUVAE_INLINE void store_codes(Float first, Float second, std::uint32_t span, Cell* out) {
  const Float factor = Ops::set(static_cast<float>(span));
  const auto store = CUVAE_LAMBDA(Float x, Cell * cells) {
    auto code = round_to_low_bits<Ops>(x, factor);
    if (sizeof(Cell) == 4) code = Ops::and_bits(code, Ops::set_bits(small_span - 1));
    Ops::store_bits(code, cells);
  };
  store(first, out);
  store(second, out + lanes);
}

// Two vectors of each column's logits to its cells from `row` on. All columns are in one loop, so
// that the constants of the sigmoid stay in registers.
inline void store_columns(const GenerationPlan& plan, const float* logits, std::uint32_t row,
                          void* const* columns) {
  const std::size_t second = std::size_t{plan.columns} * lanes;
  for (std::uint32_t j = 0; j < plan.columns; ++j, logits += lanes) {
    const ColumnCoding& coding = plan.codings[j];
    const auto [x, y] =
        sigmoid<PairedOps<Ops>>({Ops::load(logits), Ops::load(logits + second)}).value;
    if (coding.real) {
      Ops::store_unaligned(x, static_cast<float*>(columns[j]) + row);
      Ops::store_unaligned(y, static_cast<float*>(columns[j]) + row + lanes);
    } else if (coding.width == 1) {
      store_codes(x, y, coding.span, static_cast<std::uint8_t*>(columns[j]) + row);
    } else if (coding.width == 2) {
      store_codes(x, y, coding.span, static_cast<std::uint16_t*>(columns[j]) + row);
    } else if (coding.span < small_span) {
      store_codes(x, y, coding.span, static_cast<std::uint32_t*>(columns[j]) + row);
    } else {
      store_wide_codes(x, y, coding.span, static_cast<std::uint32_t*>(columns[j]) + row);
    }
  }
}

inline void generate_codes(const GenerationPlan& plan, std::uint64_t first_row, std::uint32_t rows,
                           float* memory, void* const* columns) {
  DecoderScratch scratch;
  lay_out(plan, memory, scratch);
  for (std::uint32_t row = 0; row < rows; row += 2 * lanes) {
    decode(plan, scratch, first_row + row);
    store_columns(plan, scratch.logits, row, columns);
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
