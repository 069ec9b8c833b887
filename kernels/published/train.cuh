// Training on the GPU: what a caller sees. Plain host declarations, so that g++ reads them too.
//
// A caller makes a plan for a shape and a device, allocates plan.workspace_bytes, and enqueues
// steps. The caller owns every pointer, and all work is ordered on the caller's stream; nothing
// here allocates device memory, synchronizes, or touches the legacy stream. All launchers and all
// plans give the same bits as cuvae::plain::train.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_runtime_api.h>

#include <cuvae/published_network.hpp>
#include <cuvae/train.hpp>

#include "kernels/arithmetic/shuffle.hpp"

namespace cuvae::cuda {

enum class Launcher {
  automatic,  // the first of the following that the device and the shape allow
  cluster,    // one persistent thread-block cluster (compute capability 9.0 and up)
  block,      // one persistent thread block
  graph,      // a sequence of small kernels for each step: any shape, any device
};

struct LauncherChoice {
  Launcher launcher = Launcher::automatic;
  std::uint32_t cluster_size = 0;  // 2, 4, 8 or 16; 0: the largest that the device has room for
};

// What a plan depends on.
struct DeviceLimits {
  int compute_capability = 80;             // 10 * major + minor
  std::size_t shared_bytes_per_block = 0;  // with opt-in
  std::uint32_t max_cluster_size = 1;      // of blocks that fill a multiprocessor each
};

// Asks the runtime about a device.
cudaError_t device_limits(int device, DeviceLimits& limits);

// How a shape will be trained. Made by plan_training; read-only for callers.
struct TrainPlan {
  PublishedShape shape;
  std::uint32_t batch_size = 0;
  Launcher launcher = Launcher::graph;  // never automatic
  std::uint32_t cluster_size = 1;       // thread blocks
  std::uint32_t lanes_per_pass = 0;  // lanes of the canonical order that a block works on at once
  bool published = false;            // runs the kernel compiled for the published shape
  bool state_in_shared = false;      // Adam's moments and the pending sums are in shared memory
  std::size_t shared_bytes = 0;      // dynamic shared memory of each block
  // What kernels are allowed, the same for all plans of a device: two host threads with different
  // plans set the same attribute.
  std::size_t allowed_shared_bytes = 0;
  std::size_t workspace_bytes = 0;  // device memory to hand to enqueue_steps, 256-byte aligned
};

// Throws Error(usage) where a forced launcher can't do the shape or the cluster size, and
// Error(device) where the device can't do the launcher; the message names the limit.
TrainPlan plan_training(const PublishedShape& shape, std::uint32_t batch_size,
                        const DeviceLimits& limits, const LauncherChoice& choice = {});

// Steps of one epoch. P = parameter_count(shape).
struct TrainSteps {
  const float* table = nullptr;  // device, [shuffle.rows, stride], 16-byte aligned
  std::uint32_t stride =
      0;              // floats from row to row: a multiple of 4, at least columns rounded up to 4
  Shuffle shuffle{};  // make_shuffle(rows, seed, epoch)
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
  std::uint32_t first_step = 0;  // of the epoch: step s visits positions s * batch_size and on
  std::uint32_t steps = 0;       // to run now
  Loss loss = Loss::bce_kl;
  float kl_weight = 1;
  const float* step_sizes = nullptr;  // device, [steps], the next ones of AdamSteps
  float* parameters = nullptr;        // device, [P], read and written
  float* moment_1 = nullptr;          // device, [P], read and written
  float* moment_2 = nullptr;          // device, [P], read and written
  // device, [steps, 2]: for each step the sums over its rows of the reconstruction loss and of the
  // terms 1 + log_var - mean^2 - exp(log_var). Written as the kernel goes along.
  float* losses = nullptr;
};

// Number of steps in an epoch of so many rows.
inline std::uint32_t steps_per_epoch(std::uint32_t rows, std::uint32_t batch_size) {
  return static_cast<std::uint32_t>((std::uint64_t{rows} + batch_size - 1) / batch_size);
}

// Enqueues the steps: a single launch (cluster, block) or three launches a step (graph). It may be
// called while the stream is being captured. Throws Error(usage) for arguments out of range.
// workspace: device, plan.workspace_bytes; its contents between calls don't matter.
cudaError_t enqueue_steps(const TrainPlan& plan, const TrainSteps& steps, void* workspace,
                          cudaStream_t stream);

// The kernels of one step of a graph plan, captured once and replayed: cheaper for the host than
// enqueue_steps, which launches them one by one. The workspace must outlive it.
class StepGraph {
 public:
  StepGraph() = default;
  ~StepGraph();
  StepGraph(const StepGraph&) = delete;
  StepGraph& operator=(const StepGraph&) = delete;

  // Captures on a stream of the caller's, which must be idle and not the legacy one.
  cudaError_t capture(const TrainPlan& plan, void* workspace, cudaStream_t stream);

  // As enqueue_steps.
  cudaError_t enqueue_steps(const TrainSteps& steps, cudaStream_t stream);

 private:
  TrainPlan plan_;
  void* workspace_ = nullptr;
  cudaGraphExec_t step_ = nullptr;
};

}  // namespace cuvae::cuda
