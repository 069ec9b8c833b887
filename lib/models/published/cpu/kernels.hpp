// What the SIMD code offers for the published network. It is compiled once per SIMD level
// (target.cpp), each time into functions of its own, reached through this table. Plain pointers and
// structs only: code compiled for AVX-512 must not leave behind inline functions that other code
// would share.
#pragma once

#include <cstddef>
#include <cstdint>

#include <cuvae/published_network.hpp>
#include <cuvae/train.hpp>

#include "kernels/arithmetic/order.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/shuffle.hpp"
#include "kernels/published/loss.hpp"
#include "rows/row_block.hpp"
#include "runtime/simd/simd_level.hpp"
#include "runtime/simd/widest_vector.hpp"

namespace cuvae {

// What stays the same for a whole training run.
struct TrainingPlan {
  Layer layers[layer_count];
  std::uint32_t columns;
  std::uint32_t latent;
  std::size_t parameters;  // count
  // Floats between the sums of two lane groups: the gradient, the two losses, and room for a block
  // of 16 to run over.
  std::size_t sums_stride;
  const float* data;  // [rows, stride]
  std::uint32_t stride;
  PhiloxKeys keys;  // of the seed
  Loss loss;
};

// The rows of a segment that one call works on: lane groups [first_group, first_group + groups) of
// its 32 / lanes groups.
struct SegmentPart {
  const std::uint32_t* row_numbers;       // [512] of the segment, padded with valid row numbers
  const std::uint32_t* next_row_numbers;  // of the segment in the next step, to prefetch; or null
  std::uint32_t rows;                     // of the segment that count, 1 to 512
  std::uint32_t first_group;
  std::uint32_t groups;
  std::uint32_t epoch;
  LossScale scale;
};

// A thread's copy of the parameters and their Adam moments. Every thread makes the same updates.
struct ModelCopy {
  float* parameters;  // [padded(P)]
  float* transposed;  // [padded(P)]: weights as [outputs, inputs], for the backward pass
  float* moment_1;    // [padded(P)]
  float* moment_2;    // [padded(P)]
};

// What stays the same for a whole generating run.
struct GenerationPlan {
  Layer layers[layer_count];
  std::uint32_t columns;
  std::uint32_t latent;
  const float* parameters;
  const ColumnCoding* codings;  // [columns]
  PhiloxKeys keys;              // of the seed
};

struct PublishedKernels {
  std::uint32_t lanes;  // rows in a vector: 1, 8 or 16

  // Floats of scratch memory that gradient() and the generate functions need.
  std::size_t (*training_scratch)(const TrainingPlan& plan);
  std::size_t (*generation_scratch)(const GenerationPlan& plan);

  // out[i] = shuffled_row(shuffle, position + i) for `lanes` positions, those at `end` and beyond
  // replaced by row 0.
  void (*shuffled_rows)(const Shuffle& shuffle, std::uint32_t position, std::uint32_t end,
                        std::uint32_t* out);

  // The sums of a part's lane groups: group g's go to sums + g * sums_stride.
  void (*gradient)(const TrainingPlan& plan, const ModelCopy& model, const SegmentPart& part,
                   float* scratch, float* sums);

  // Adds `groups` sums as neighbours in a tree into `total` [sums_stride], then updates the model.
  void (*update)(const TrainingPlan& plan, const float* sums, std::size_t groups, float step_size,
                 ModelCopy& model, float* total);

  // Rows [first_row, first_row + rows) as codes (columns[j] has room for `rows` cells of the
  // coding's width, rounded up to 64 cells) or as floats.
  void (*generate_codes)(const GenerationPlan& plan, std::uint64_t first_row, std::uint32_t rows,
                         float* scratch, void* const* columns);
  void (*generate_floats)(const GenerationPlan& plan, std::uint64_t first_row, std::uint32_t rows,
                          float* scratch, float* out, std::uint32_t stride);
};

const PublishedKernels& published_kernels(SimdLevel level);

}  // namespace cuvae
