// What the SIMD code offers for networks of tokens, compiled once per SIMD level (target.cpp) as
// that of the published network is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/shuffle.hpp"
#include "kernels/tokens/layout.hpp"
#include "kernels/tokens/math.hpp"
#include "kernels/tokens/schedule.hpp"
#include "runtime/simd/simd_level.hpp"
#include "runtime/simd/widest_vector.hpp"

namespace cuvae {

// A network and its data, for a whole run. Pointers lead into a TokenLayout that outlives it.
struct TokenPlan {
  const TokenBlock* tokens;
  std::uint32_t token_count;
  std::uint32_t latent;
  std::uint32_t input_width;
  std::uint32_t hidden;
  std::size_t input_bias;
  const DenseBlock* encoder;
  std::uint32_t encoder_layers;
  const DenseBlock* decoder;
  std::uint32_t decoder_layers;
  std::size_t prior_weight;
  std::size_t prior_mean;
  std::size_t prior_log_scale;
  std::size_t space;
  // Floats between the sums of two units: the gradient, the two losses, padding.
  std::size_t sums_stride;
  bool autoregressive;
  const std::uint8_t* data;  // [rows, stride]
  std::uint32_t stride;
  PhiloxKeys keys;  // of the seed
};

TokenPlan plan_of(const TokenLayout& layout);

// All threads read it; nobody writes while they do.
struct NetworkPointers {
  float* parameters;  // [space]
  float* transposed;  // [space]: weights as [outputs, inputs], for the backward pass
  float* moment_1;    // [space]
  float* moment_2;    // [space]
  Mixture mixture;
};

struct TokenUnit {
  const std::uint32_t* row_numbers;       // [unit_rows], valid row numbers also behind `rows`
  const std::uint32_t* next_row_numbers;  // to prefetch; or null
  std::uint32_t rows;                     // that count, 1 to unit_rows
  std::uint32_t epoch;
  TokenScale scale;
};

// Where a generated block goes: rows [0, rows) of each line of `stride` numbers.
struct DrawnTokens {
  std::uint8_t* tokens;  // [tokens][stride]
  std::uint32_t* words;  // [words][stride]: random words behind those of the tokens
  std::uint32_t stride;  // a multiple of 64
  std::uint32_t word_count;
};

struct TokenKernels {
  std::uint32_t lanes;  // rows in a vector: 1, 8 or 16

  // out[i] = shuffled_row(shuffle, position + i) for `lanes` positions, those at `end` and beyond
  // replaced by row 0.
  void (*shuffled_rows)(const Shuffle& shuffle, std::uint32_t position, std::uint32_t end,
                        std::uint32_t* out);

  std::size_t (*training_scratch)(const TokenPlan& plan);  // floats
  std::size_t (*generation_scratch)(const TokenPlan& plan, std::uint32_t word_count);

  // The sums of one unit.
  void (*gradient)(const TokenPlan& plan, const NetworkPointers& model, const TokenUnit& unit,
                   float* scratch, float* sums);

  // Adds the sums of `units` units as neighbours in a tree for parameters [begin, end), multiples
  // of 16, and updates these.
  void (*update)(const TokenPlan& plan, const float* sums, std::size_t units, float step_size,
                 std::size_t begin, std::size_t end, NetworkPointers& model);

  void (*generate)(const TokenPlan& plan, const NetworkPointers& model, std::uint64_t first_row,
                   std::uint32_t rows, float* scratch, const DrawnTokens& out);

  // The first `tokens` tokens of the rows with these numbers, one or more; without the words behind
  // where these are not all tokens.
  void (*generate_some)(const TokenPlan& plan, const NetworkPointers& model,
                        const std::uint64_t* row_numbers, std::uint32_t rows, std::uint32_t tokens,
                        float* scratch, const DrawnTokens& out);
};

const TokenKernels& token_kernels(SimdLevel level);

}  // namespace cuvae
