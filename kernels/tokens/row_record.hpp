// What a row leaves behind for the sums over its batch, and what is summed: plain numbers for the
// kernels of train.cu. g++ reads this header too.
//
// The numbers of a unit of 256 rows are in global memory as [number, row]. A number of a layer is
// as many neighbouring ones as the layer is wide.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/tokens/device_network.hpp"

namespace cuvae::cuda {

// Indices of numbers. The first `small` of them wait in shared memory until a row is done; those of
// the tokens follow and leave it token by token.
struct RowRecord {
  std::uint32_t losses;  // cross-entropy, KL
  std::uint32_t encoder_input[most_trunk_layers];
  std::uint32_t encoder_delta[most_trunk_layers];
  std::uint32_t decoder_input[most_trunk_layers];
  std::uint32_t decoder_delta[most_trunk_layers];
  std::uint32_t first_delta;  // at the encoder's first layer, before SiLU
  std::uint32_t trunk;        // what the heads start from
  std::uint32_t share_delta;
  std::uint32_t mean_delta;
  std::uint32_t log_scale_delta;
  std::uint32_t small;
  // Of token q: q * width further on; logit gradients are 32 numbers a token.
  std::uint32_t hidden;        // autoregressive only; else the trunk's
  std::uint32_t hidden_delta;  // autoregressive only
  std::uint32_t embedding_delta;
  std::uint32_t logit_delta;
  std::uint32_t count;
};

RowRecord row_record(const TokenLayout& layout);

// Parameters that are lane sums, 8 x 8 of them: half a warp's work, a thread a lane.
struct TileTask {
  std::uint32_t input;  // number of the first of `rows` factors; vectors: none
  std::uint32_t delta;  // number of the first of `columns` gradients; vectors: of the tile's first
  std::uint32_t parameter;  // of row 0, column 0
  std::uint32_t stride;     // parameters between rows; vectors: 8
  std::uint8_t rows;        // 0: nothing to do
  std::uint8_t columns;     // of vectors: in the last row
  std::uint8_t vector;      // gradients alone, 64 in a line: number delta + 8 * row + column
  std::uint8_t loss;        // the losses instead of parameters
};

// Lines of a table that the rows' tokens point to: a block's work, a thread a column.
struct ScatterTask {
  std::uint32_t delta;  // number of the first of `width` gradients
  std::uint32_t width;
  std::uint32_t token;  // that says which line a row adds to
  std::uint32_t lines;
  std::uint32_t parameter;  // of line 0
  std::uint32_t stride;     // parameters between lines
};

// An even number; neighbours from an even one on are of the same kind.
std::vector<TileTask> tile_tasks(const TokenLayout& layout, const RowRecord& numbers);
std::vector<ScatterTask> scatter_tasks(const TokenLayout& layout, const RowRecord& numbers);

}  // namespace cuvae::cuda
