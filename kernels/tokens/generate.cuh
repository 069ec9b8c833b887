// Launching the kernel that makes rows of the recipes of tokens: Philox noise, decoder, draws,
// codes, all in one. g++ reads this header too.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>
#include <span>

#include "kernels/arithmetic/row_range.hpp"
#include "kernels/tokens/device_network.hpp"

namespace cuvae::cuda {

// Their addresses are kernel parameters, of which there are 4 KB.
inline constexpr std::uint32_t most_token_columns = 384;
// Of a block.
inline constexpr std::uint32_t most_token_warps = 4;

// From tokens to codes: what lib/models/tokens/output.hpp holds, as plain numbers. Offsets are
// into TokenTables::numbers; words are numbered from the row's first.
struct DeviceSource {
  std::int32_t first_token;   // -1: one group only
  std::int32_t second_token;  // -1: every group is one leaf
  std::int32_t word;          // of the place in a leaf; -1: every leaf is one atom
  std::uint32_t group_leaves;
  std::uint32_t leaf_atoms;
  std::uint32_t edges;
  std::uint32_t first_cell;
  std::uint32_t cells;
};

struct DeviceCell {
  std::uint32_t column;
  std::uint32_t width;  // bytes
  std::uint32_t codes;
  std::uint32_t spans;
  std::int32_t word;  // of the place in a range; -1: every atom is one cell
};

struct TokenTables {
  const DeviceSource* sources;
  std::uint32_t source_count;
  const DeviceCell* cells;
  const std::uint32_t* numbers;
};

// A decoder of tokens ready to be launched. All pointers are to device memory, not owned.
struct TokenGeneration {
  DeviceNetwork network;
  const float* parameters;
  TokenTables tables;
  std::uint32_t warps = most_token_warps;  // of a block; a power of 2
  std::uint32_t resident_blocks = 1;       // set by prepare_token_generation()
};

// Makes blocks smaller until their tokens fit the device's shared memory, and lets the kernel use
// what it needs of that; to be called once on a device, not while a stream is captured.
cudaError_t prepare_token_generation(TokenGeneration& generation, int device);

// Codes, column by column; of the columns, only the addresses count. Enqueues one kernel and
// returns.
cudaError_t launch_token_codes(const TokenGeneration& generation, RowRange range,
                               std::span<const CodeColumn> columns, cudaStream_t stream);

}  // namespace cuvae::cuda
