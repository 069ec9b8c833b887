// What the SIMD code offers for digit networks; see kernel_table.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/digit_layout.hpp"
#include "kernels/digit_math.hpp"
#include "kernels/digit_steps.hpp"
#include "kernels/philox.hpp"

namespace cuvae {

// A network and its data, for a whole run. Pointers lead into a DigitLayout that outlives it.
struct DigitPlan {
  const DigitBlock* digits;
  std::uint32_t digit_count;
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

DigitPlan plan_of(const DigitLayout& layout);

// All threads read it; nobody writes while they do.
struct DigitModel {
  float* parameters;  // [space]
  float* transposed;  // [space]: weights as [outputs, inputs], for the backward pass
  float* moment_1;    // [space]
  float* moment_2;    // [space]
  Mixture mixture;
};

struct DigitUnit {
  const std::uint32_t* row_numbers;       // [unit_rows], valid row numbers also behind `rows`
  const std::uint32_t* next_row_numbers;  // to prefetch; or null
  std::uint32_t rows;                     // that count, 1 to unit_rows
  std::uint32_t epoch;
  DigitScale scale;
};

// Where a generated block goes: rows [0, rows) of each line of `stride` numbers.
struct DrawnDigits {
  std::uint8_t* digits;  // [digits][stride]
  std::uint32_t* words;  // [words][stride]: random words behind those of the digits
  std::uint32_t stride;  // a multiple of 64
  std::uint32_t word_count;
};

struct DigitKernels {
  std::size_t (*training_scratch)(const DigitPlan& plan);  // floats
  std::size_t (*generation_scratch)(const DigitPlan& plan, std::uint32_t word_count);

  // The sums of one unit.
  void (*gradient)(const DigitPlan& plan, const DigitModel& model, const DigitUnit& unit,
                   float* scratch, float* sums);

  // Adds the sums of `units` units as neighbours in a tree for parameters [begin, end), multiples
  // of 16, and updates these.
  void (*update)(const DigitPlan& plan, const float* sums, std::size_t units, float step_size,
                 std::size_t begin, std::size_t end, DigitModel& model);

  void (*generate)(const DigitPlan& plan, const DigitModel& model, std::uint64_t first_row,
                   std::uint32_t rows, float* scratch, const DrawnDigits& out);

  // The first `digits` digits of the rows with these numbers, one or more; without the words behind
  // where these are not all digits.
  void (*generate_some)(const DigitPlan& plan, const DigitModel& model,
                        const std::uint64_t* row_numbers, std::uint32_t rows, std::uint32_t digits,
                        float* scratch, const DrawnDigits& out);
};

}  // namespace cuvae
