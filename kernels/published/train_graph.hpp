// The graph form of training, as its host side sees it: see train_graph.cu.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/published/loss.hpp"
#include "kernels/published/train.cuh"

namespace cuvae::cuda {

// Where the numbers of a row are in the workspace: `input[l] + i` is the number of layer l's input
// i.
struct GraphLayout {
  std::uint32_t columns;
  std::uint32_t latent;
  std::uint32_t parameters;
  std::uint32_t batch_size;
  std::uint32_t segments;
  std::uint32_t inputs[layer_count];
  std::uint32_t outputs[layer_count];
  std::uint32_t parameter[layer_count];  // index of the first
  std::uint32_t input[layer_count];
  std::uint32_t gradient[layer_count];
  std::uint32_t half_noise;
  std::uint32_t losses;
  std::size_t numbers_at;  // bytes into the workspace: [numbers, batch_size]
  std::size_t sums_at;     // bytes into the workspace: [segments, parameters + 2]
  std::size_t bytes;
};

GraphLayout graph_layout(const PublishedShape& shape, std::uint32_t batch_size);

// What a step depends on, at the start of the workspace.
struct StepState {
  TrainSteps steps;
  LossScale scale;       // of a full batch
  LossScale last_scale;  // of the last batch of the epoch
  // Steps of this call: row_kernel reads `next` and leaves it in `current` for the other two, the
  // last of which sets `next` for the step after.
  std::uint32_t next;
  std::uint32_t current;
};

cudaError_t launch_set_state(const StepState& state, void* workspace, cudaStream_t stream);
cudaError_t launch_step(const GraphLayout& layout, void* workspace, cudaStream_t stream);

}  // namespace cuvae::cuda
