// Where the fused training kernels keep things on chip. Everything is counted in units of four
// floats, the widest load; a matrix is kept as tiles of 4 inputs by 4 outputs.
#pragma once

#include <cstddef>
#include <cstdint>

#include <cuvae/published_network.hpp>

#include "kernels/arithmetic/order.hpp"
#include "kernels/published/loss.hpp"
#include "kernels/published/train.cuh"

namespace cuvae::cuda {

// Rows of a segment that a lane has at most.
inline constexpr std::uint32_t rows_per_lane = segment_rows / lane_count;
inline constexpr std::uint32_t tile_floats = 16;

CUVAE_HOST_DEVICE constexpr std::uint32_t units_for(std::uint32_t floats) {
  return (floats + 3) / 4;
}

// One dense layer. The bias counts as one more input, whose value is always 1.
struct LayerLayout {
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::uint32_t parameter;      // index of the first in the parameter vector
  std::uint32_t first_tile;     // of input_units() x output_units() tiles, outputs fastest
  std::uint32_t input_unit;     // of the row record: the inputs, then a 1
  std::uint32_t gradient_unit;  // of the row record: the gradient at the outputs

  CUVAE_HOST_DEVICE constexpr std::uint32_t input_units() const { return (inputs + 4) / 4; }
  CUVAE_HOST_DEVICE constexpr std::uint32_t output_units() const { return (outputs + 3) / 4; }
};

// The network's tiles, and the record that each row of the batch in work has in shared memory:
//   values    the encoded row and a 1, twice: this pass, the next pass (layer 0's inputs)
//   noise     normal numbers of its latents, twice; replaced by the KL terms once used
//   half_noise  d(z) / d(log_var) of its latents
//   inputs of layers 1 to 7, gradients at the outputs of layers 0 to 7
//   terms, factors   what each column adds to and multiplies into the reconstruction loss
//   loss      {reconstruction loss, KL term, 1, 0}
// The number of units of a record is odd, so that a unit of eight records one after another, which
// eight threads read at a time on the way forward and backward, is in eight different banks. Where
// they read 2 units of 4 records or 4 of 2, as for the sums, two of the eight may meet in one bank;
// an even number could avoid that, but not both.
struct TrainLayout {
  std::uint32_t columns;
  std::uint32_t latent;
  LayerLayout layers[layer_count];
  std::uint32_t value_units;  // of one copy of the values
  std::uint32_t noise_unit;
  std::uint32_t noise_units;  // of one copy of the noise
  std::uint32_t half_noise_unit;
  std::uint32_t term_unit;
  std::uint32_t factor_unit;
  std::uint32_t loss_unit;
  std::uint32_t row_units;
  std::uint32_t tiles;            // of the layers and, last, the tile of the loss sums
  std::uint32_t threads_per_row;  // that share the work on a row

  CUVAE_HOST_DEVICE constexpr std::uint32_t slots() const { return tiles * tile_floats; }
};

constexpr TrainLayout train_layout(const PublishedShape& shape) {
  const std::uint32_t widths[layer_count + 2] = {
      shape.columns, shape.columns,    shape.hidden[0], shape.hidden[1], 2 * shape.latent,
      shape.latent,  2 * shape.latent, shape.hidden[1], shape.hidden[0], shape.columns};
  TrainLayout layout{};
  layout.columns = shape.columns;
  layout.latent = shape.latent;
  layout.value_units = units_for(shape.columns + 1);
  layout.noise_unit = 2 * layout.value_units;
  layout.noise_units = units_for(shape.latent);
  layout.half_noise_unit = layout.noise_unit + 2 * layout.noise_units;
  std::uint32_t unit = layout.half_noise_unit + layout.noise_units;
  std::uint32_t parameter = 0;
  std::uint32_t widest = 0;
  for (std::uint32_t l = 0; l < layer_count; ++l) {
    const std::uint32_t from = l < 4 ? l : l + 1;  // the latent is drawn between layers 3 and 4
    LayerLayout& layer = layout.layers[l];
    layer = {widths[from], widths[from + 1], parameter, layout.tiles, 0, 0};
    parameter += (layer.inputs + 1) * layer.outputs;
    layout.tiles += layer.input_units() * layer.output_units();
    if (l > 0) {
      layer.input_unit = unit;
      unit += layer.input_units();
    }
    layer.gradient_unit = unit;
    unit += layer.output_units();
    widest = layer.outputs > widest ? layer.outputs : widest;
  }
  layout.term_unit = unit;
  layout.factor_unit = unit + units_for(shape.columns);
  layout.loss_unit = layout.factor_unit + units_for(shape.columns);
  layout.row_units = (layout.loss_unit + 1) | 1;
  ++layout.tiles;
  layout.threads_per_row = widest <= 32 ? 4 : 16;
  return layout;
}

// So many that a task can name a unit in 15 bits.
inline constexpr std::uint32_t max_units_of_record = 1U << 15;

inline constexpr PublishedShape published_shape{};
static_assert(train_layout(published_shape).layers[7].parameter + 13 * 15 == 1107);

// A block's shared memory, and its part of the workspace, in floats from the start of each.
struct BlockLayout {
  std::uint32_t cluster_size;
  std::uint32_t groups;          // of lanes, that a block works on one after another
  std::uint32_t owned_tiles;     // whose sums and Adam state a block has the say over
  std::uint32_t group_levels;    // of the tree over its groups
  std::uint32_t segment_levels;  // of the tree over the segments of a batch
  bool state_in_shared;
  // Shared memory: weights [slots], counters of what other blocks send, task table [tiles],
  // records, then the state if it is there.
  std::uint32_t counters;
  std::uint32_t tasks;
  std::uint32_t records;
  std::uint32_t state;
  // State: moments [2, owned], group sums [group_levels, slots], inbox [cluster_size, owned].
  std::uint32_t group_sums;
  std::uint32_t inbox;
  std::uint32_t state_floats;
  std::uint32_t shared_floats;
  std::uint32_t
      workspace_floats;  // segment sums [segment_levels, owned], then the state if not above

  CUVAE_HOST_DEVICE constexpr std::uint32_t owned_slots() const {
    return owned_tiles * tile_floats;
  }
};

constexpr std::uint32_t tree_levels(std::uint32_t leaves) {
  std::uint32_t levels = 0;
  while ((leaves - 1) >> levels != 0) ++levels;
  return levels;
}

constexpr BlockLayout block_layout(const TrainLayout& layout, std::uint32_t batch_size,
                                   std::uint32_t lanes, std::uint32_t cluster_size,
                                   bool state_in_shared) {
  BlockLayout block{};
  block.cluster_size = cluster_size;
  block.groups = lane_count / cluster_size / lanes;
  block.owned_tiles = (layout.tiles + cluster_size - 1) / cluster_size;
  block.group_levels = tree_levels(block.groups);
  block.segment_levels = tree_levels((batch_size - 1) / segment_rows + 1);
  block.state_in_shared = state_in_shared;
  block.counters = layout.slots();
  block.tasks = block.counters + 4;
  block.records = block.tasks + 4 * units_for(layout.tiles);
  block.state = block.records + lanes * rows_per_lane * layout.row_units * 4;
  block.group_sums = 2 * block.owned_slots();
  block.inbox = block.group_sums + block.group_levels * layout.slots();
  block.state_floats = block.inbox + (cluster_size > 1 ? cluster_size * block.owned_slots() : 0);
  block.shared_floats = block.state + (state_in_shared ? block.state_floats : 0);
  block.workspace_floats =
      block.segment_levels * block.owned_slots() + (state_in_shared ? 0 : block.state_floats);
  return block;
}

// Threads of a block: those that work on rows, and two a row that fetch the next ones.
constexpr std::uint32_t compute_threads(const TrainLayout& layout, std::uint32_t lanes) {
  return lanes * rows_per_lane * layout.threads_per_row;
}
constexpr std::uint32_t block_threads(const TrainLayout& layout, std::uint32_t lanes) {
  return compute_threads(layout, lanes) + 2 * lanes * rows_per_lane;
}

// What a fused kernel is launched with.
struct FusedArguments {
  TrainSteps steps;
  TrainLayout layout;
  BlockLayout block;
  float* workspace;
  std::uint32_t batch_size;
  LossScale scale;       // of a full batch
  LossScale last_scale;  // of the last batch of the epoch
};

// Enqueue a fused kernel with plan.lanes_per_pass lanes a pass.
cudaError_t launch_fused_published(const TrainPlan& plan, const FusedArguments& arguments,
                                   cudaStream_t stream);
cudaError_t launch_fused_any(const TrainPlan& plan, const FusedArguments& arguments,
                             cudaStream_t stream);
// Whether the device has room for a cluster of blocks that take all the shared memory of a
// multiprocessor each: then it has for one of any fused kernel.
cudaError_t cluster_fits(std::uint32_t cluster_size, int shared_bytes, bool& fits);

}  // namespace cuvae::cuda
