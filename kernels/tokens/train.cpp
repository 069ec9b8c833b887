// Host side of the training kernels of the token network: plans and argument checks.
#include <algorithm>
#include <bit>
#include <string>

#include <cuvae/error.hpp>

#include "kernels/tokens/train_arguments.hpp"

namespace cuvae::cuda {
namespace {

constexpr std::size_t alignment = 256;

std::size_t aligned(std::size_t bytes) {
  return (bytes + alignment - 1) / alignment * alignment;
}

struct Workspace {
  std::size_t tokens_at;
  std::size_t pending_at;
  std::size_t bytes;
};

Workspace workspace_of(const TokenTrainPlan& plan) {
  const std::size_t units = (plan.batch_size + unit_rows - 1) / unit_rows;
  const auto levels = static_cast<std::size_t>(std::bit_width(units - 1));
  Workspace workspace{};
  workspace.tokens_at = aligned(units * plan.numbers.count * unit_rows * sizeof(float));
  workspace.pending_at = workspace.tokens_at + aligned(units * plan.tokens.size() * unit_rows);
  workspace.bytes =
      workspace.pending_at + aligned(levels * (plan.network.space + 2) * sizeof(float));
  return workspace;
}

int attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  static_cast<void>(cudaDeviceGetAttribute(&value, which, device));
  return value;
}

// Blocks that have something to do in either half of a step.
std::size_t useful_blocks(const TokenTrainPlan& plan) {
  const std::size_t groups = (plan.batch_size + block_rows - 1) / block_rows;
  const std::size_t sums =
      plan.scatters.size() + (plan.tiles.size() + tiles_of_block - 1) / tiles_of_block;
  return std::max(groups, sums);
}

}  // namespace

TokenTrainPlan plan_token_training(const TokenShape& shape, std::uint32_t batch_size,
                                   std::uint32_t data_stride, int device, TokenLauncher launcher) {
  check_shape(shape);
  const std::string beyond = beyond_device(shape);
  if (!beyond.empty()) throw Error(ErrorKind::usage, beyond);
  if (batch_size == 0 || data_stride % 16 != 0 || data_stride < shape.tokens.size()) {
    throw Error(ErrorKind::usage,
                "training needs a row in each batch, and rows of tokens padded to a multiple of 16 "
                "bytes");
  }
  TokenTrainPlan plan;
  plan.layout = layout_of(shape);
  plan.network = device_network(plan.layout);
  plan.numbers = row_record(plan.layout);
  plan.tokens = device_tokens(plan.layout);
  plan.tiles = tile_tasks(plan.layout, plan.numbers);
  plan.scatters = scatter_tasks(plan.layout, plan.numbers);
  plan.data_stride = data_stride;
  plan.batch_size = batch_size;
  const std::size_t rows_floats = token_shared(plan.network, plan.numbers, data_stride).floats;
  plan.shared_bytes = std::max<std::size_t>(rows_floats, scatter_floats) * sizeof(float);
  const auto allowed =
      static_cast<std::size_t>(attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  if (plan.shared_bytes > allowed) {
    throw Error(ErrorKind::device,
                "this network needs " + std::to_string(plan.shared_bytes) +
                    " bytes of shared memory in each thread block, but the device has " +
                    std::to_string(allowed) + "; use `device` cpu, or fewer latents or columns");
  }
  const bool cooperative = attribute(cudaDevAttrCooperativeLaunch, device) != 0;
  if (launcher == TokenLauncher::persistent && !cooperative) {
    throw Error(ErrorKind::device,
                "this device has no cooperative launch; use the launcher of separate kernels");
  }
  plan.launcher = launcher == TokenLauncher::separate || !cooperative ? TokenLauncher::separate
                                                                      : TokenLauncher::persistent;
  int at_a_time = 0;
  if (token_blocks_at_a_time(device, plan.shared_bytes, allowed, at_a_time) != cudaSuccess ||
      at_a_time < 1) {
    throw Error(ErrorKind::device,
                "the training kernels of this network do not fit the device; use `device` cpu");
  }
  plan.blocks = static_cast<std::uint32_t>(
      std::min(useful_blocks(plan), static_cast<std::size_t>(at_a_time)));
  plan.workspace_bytes = workspace_of(plan).bytes;
  return plan;
}

cudaError_t enqueue_steps(const TokenTrainPlan& plan, const TokenTrainSteps& steps, void* workspace,
                          cudaStream_t stream) {
  if (steps.steps == 0) return cudaSuccess;
  const std::uint64_t steps_of_epoch =
      (std::uint64_t{steps.shuffle.rows} + plan.batch_size - 1) / plan.batch_size;
  if (std::uint64_t{steps.first_step} + steps.steps > steps_of_epoch) {
    throw Error(ErrorKind::usage, "the steps go beyond the end of the epoch");
  }
  if (reinterpret_cast<std::uintptr_t>(steps.table) % 16 != 0) {
    throw Error(ErrorKind::usage, "the coded table must be aligned to 16 bytes");
  }
  const Workspace places = workspace_of(plan);
  auto* const bytes = static_cast<std::byte*>(workspace);
  TokenArguments arguments{};
  arguments.network = plan.network;
  arguments.network.tokens = steps.tokens;
  arguments.numbers = plan.numbers;
  arguments.steps = steps;
  arguments.shared = token_shared(plan.network, plan.numbers, plan.data_stride);
  arguments.unit_numbers = reinterpret_cast<float*>(bytes);
  arguments.batch_tokens = reinterpret_cast<std::uint8_t*>(bytes + places.tokens_at);
  arguments.pending = reinterpret_cast<float*>(bytes + places.pending_at);
  arguments.pending_stride = plan.network.space + 2;
  arguments.batch_size = plan.batch_size;
  arguments.data_stride = plan.data_stride;
  arguments.tile_count = static_cast<std::uint32_t>(plan.tiles.size());
  arguments.scatter_count = static_cast<std::uint32_t>(plan.scatters.size());
  return launch_token_steps(plan, arguments, stream);
}

}  // namespace cuvae::cuda
