// Training the token network on the GPU: what a caller sees. g++ reads this header too.
//
// A caller makes a plan for a shape, a batch size and a device, copies the plan's tables to device
// memory, allocates plan.workspace_bytes and enqueues steps. The caller owns every pointer, and all
// work is ordered on the caller's stream; nothing here allocates device memory, synchronizes, or
// touches the legacy stream. All plans give the same bits as cuvae::plain::train for tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_runtime_api.h>

#include <cuvae/token_network.hpp>

#include "kernels/arithmetic/shuffle.hpp"
#include "kernels/tokens/row_record.hpp"

namespace cuvae::cuda {

enum class TokenLauncher {
  automatic,   // persistent where the device allows it
  persistent,  // one cooperative launch for many steps; the two halves of a step meet at a barrier
  separate,    // two kernels for each step
};

struct TokenTrainPlan {
  TokenLayout layout;
  DeviceNetwork network{};  // tokens: null
  RowRecord numbers{};
  std::vector<DeviceToken> tokens;
  std::vector<TileTask> tiles;
  std::vector<ScatterTask> scatters;
  std::uint32_t data_stride = 0;  // bytes from row to row of the table
  std::uint32_t batch_size = 0;
  TokenLauncher launcher = TokenLauncher::separate;
  std::uint32_t blocks = 1;
  std::size_t shared_bytes = 0;
  std::size_t workspace_bytes = 0;
};

// What differs from step to step; made by TrainSchedule.
struct TokenStep {
  float step_size;
  float reconstruction_scale;
  float kl_scale;
};

// Steps [first_step, first_step + steps) of an epoch. All pointers but those into the plan are
// device memory.
struct TokenTrainSteps {
  const DeviceToken* tokens;    // the plan's
  const TileTask* tiles;        // the plan's
  const ScatterTask* scatters;  // the plan's
  const std::uint8_t* table;    // [rows, data_stride], 16-byte aligned
  Shuffle shuffle;              // of the epoch
  std::uint64_t seed;
  std::uint32_t epoch;
  std::uint32_t first_step;
  std::uint32_t steps;
  const TokenStep* step;  // [steps]
  float* parameters;      // [space]
  float* moment_1;        // [space]
  float* moment_2;        // [space]
  float* losses;          // [steps, 2]: sums of cross-entropy and of KL over the batch's rows
};

// Throws Error(usage) where the shape or the batch is beyond the GPU, naming the limit, and
// Error(device) where the device can't do what is asked for. `batch_size` is at most the number of
// rows.
TokenTrainPlan plan_token_training(const TokenShape& shape, std::uint32_t batch_size,
                                   std::uint32_t data_stride, int device,
                                   TokenLauncher launcher = TokenLauncher::automatic);

cudaError_t enqueue_steps(const TokenTrainPlan& plan, const TokenTrainSteps& steps, void* workspace,
                          cudaStream_t stream);

}  // namespace cuvae::cuda
