// What the training kernels of the token network get, and how they use shared memory. g++ reads
// this header too.
#pragma once

#include "kernels/tokens/train.cuh"

namespace cuvae::cuda {

inline constexpr std::uint32_t lot_rows = 4;
inline constexpr std::uint32_t block_warps = 4;
inline constexpr std::uint32_t block_threads = block_warps * warp_threads;
inline constexpr std::uint32_t block_rows = block_warps * lot_rows;
inline constexpr std::uint32_t column_pitch = block_rows + 4;
static_assert(unit_rows % block_rows == 0);

// Floats from the start of shared memory.
struct TokenShared {
  std::uint32_t staged = 0;  // layers
  std::uint32_t mixture = 0;
  std::uint32_t small = 0;    // columns [numbers.small]
  std::uint32_t slopes = 0;   // columns [2 * most_trunk_layers, most_token_width]
  std::uint32_t scratch = 0;  // columns [most_token_width]
  std::uint32_t heads = 0;    // two buffers
  std::uint32_t tokens = 0;   // bytes [block_rows, data_stride]
  std::uint32_t floats = 0;
};

// A head's buffer: its weights, then columns of 32 numbers each.
inline constexpr std::uint32_t padded_head_floats = (head_floats + 3) / 4 * 4;
inline constexpr std::uint32_t width_columns = most_token_width * column_pitch;
inline constexpr std::uint32_t head_buffer_floats = padded_head_floats + 3 * width_columns;

inline TokenShared token_shared(const DeviceNetwork& network, const RowRecord& numbers,
                                std::uint32_t data_stride) {
  TokenShared shared;
  std::uint32_t at = 0;
  const auto take = [&](std::uint32_t& place, std::uint32_t floats) {
    place = at;
    at += (floats + 3) / 4 * 4;
  };
  take(shared.staged, network.staged_floats);
  take(shared.mixture, network.latent > 0 ? mixture_floats(network.latent) : 0);
  take(shared.small, numbers.small * column_pitch);
  take(shared.slopes, 2 * most_trunk_layers * width_columns);
  take(shared.scratch, width_columns);
  take(shared.heads, 2 * head_buffer_floats);
  take(shared.tokens, block_rows * data_stride / 4);
  shared.floats = at;
  return shared;
}

struct TokenArguments {
  DeviceNetwork network;
  RowRecord numbers;
  TokenTrainSteps steps;
  TokenShared shared;
  float* unit_numbers;         // [units, numbers.count, unit_rows]
  std::uint8_t* batch_tokens;  // [groups of block_rows, tokens, block_rows]
  float* pending;              // [levels, pending_stride]: sums that wait for their neighbour
  std::uint32_t pending_stride;
  std::uint32_t batch_size;
  std::uint32_t data_stride;
  std::uint32_t tile_count;
  std::uint32_t scatter_count;
};

inline constexpr std::uint32_t tile_side = 8;
inline constexpr std::uint32_t tile_numbers = tile_side * tile_side;
inline constexpr std::uint32_t tiles_of_block = block_warps * 2;
inline constexpr std::uint32_t staged_pitch = unit_rows + 1;
inline constexpr std::uint32_t scatter_floats = most_token_width * staged_pitch;

// How many blocks of the training kernels the device runs at a time; lets them use `allowed_bytes`
// of shared memory, the same for all plans of a device.
cudaError_t token_blocks_at_a_time(int device, std::size_t shared_bytes, std::size_t allowed_bytes,
                                   int& blocks);
cudaError_t launch_token_steps(const TokenTrainPlan& plan, const TokenArguments& arguments,
                               cudaStream_t stream);

}  // namespace cuvae::cuda
