// The host side of training on the GPU: which kernel, how much memory, what arguments.
#include "kernels/published/train.cuh"

#include <algorithm>
#include <string>

#include <cuvae/error.hpp>

#include "kernels/published/train_graph.hpp"
#include "kernels/published/train_layout.hpp"

namespace cuvae::cuda {
namespace {

constexpr std::size_t workspace_alignment = 256;
constexpr std::uint32_t max_batch_segments = 65'535;  // a dimension of a grid

std::size_t aligned(std::size_t bytes) {
  return (bytes + workspace_alignment - 1) / workspace_alignment * workspace_alignment;
}

std::string describe(const PublishedShape& shape) {
  return "columns " + std::to_string(shape.columns) + ", hidden " +
         std::to_string(shape.hidden[0]) + " and " + std::to_string(shape.hidden[1]) + ", latent " +
         std::to_string(shape.latent);
}

// The numbers of lanes a pass that there are kernels for, from the most down to the least.
struct LaneChoices {
  std::uint32_t most;
  std::uint32_t least;
};

LaneChoices lane_choices(const TrainLayout& layout, bool published, std::uint32_t cluster_size) {
  const std::uint32_t lanes_of_block = lane_count / cluster_size;
  if (!published) return {std::min(layout.threads_per_row == 4 ? 4U : 1U, lanes_of_block), 1};
  if (cluster_size > 1) return {std::min(4U, lanes_of_block), 2};
  return {8, 4};
}

// A fused plan with so many blocks, or one with lanes_per_pass = 0 where the shape does not fit:
// the kernel of the published shape if it is that one, with as many lanes at a time as fit, and
// Adam's state on chip if that fits too.
TrainPlan fused_plan(const PublishedShape& shape, std::uint32_t batch_size,
                     const DeviceLimits& limits, std::uint32_t cluster_size,
                     std::size_t& smallest_shared_bytes) {
  TrainPlan plan;
  plan.shape = shape;
  plan.batch_size = batch_size;
  plan.launcher = cluster_size > 1 ? Launcher::cluster : Launcher::block;
  plan.cluster_size = cluster_size;
  const TrainLayout layout = train_layout(shape);
  smallest_shared_bytes = ~std::size_t{0};
  if (layout.row_units > max_units_of_record) return plan;
  for (const bool published : {true, false}) {
    if (published && shape != published_shape) continue;
    const LaneChoices choices = lane_choices(layout, published, cluster_size);
    for (std::uint32_t lanes = choices.most; lanes >= choices.least; lanes /= 2) {
      for (const bool state_in_shared : {true, false}) {
        if (published && !state_in_shared) continue;
        const BlockLayout block =
            block_layout(layout, batch_size, lanes, cluster_size, state_in_shared);
        const std::size_t bytes = std::size_t{block.shared_floats} * sizeof(float);
        smallest_shared_bytes = std::min(smallest_shared_bytes, bytes);
        if (bytes > limits.shared_bytes_per_block) continue;
        plan.published = published;
        plan.lanes_per_pass = lanes;
        plan.state_in_shared = state_in_shared;
        plan.shared_bytes = bytes;
        plan.allowed_shared_bytes = limits.shared_bytes_per_block;
        plan.workspace_bytes =
            aligned(std::size_t{block.workspace_floats} * sizeof(float) * cluster_size);
        return plan;
      }
    }
  }
  return plan;
}

TrainPlan graph_plan(const PublishedShape& shape, std::uint32_t batch_size) {
  TrainPlan plan;
  plan.shape = shape;
  plan.batch_size = batch_size;
  plan.launcher = Launcher::graph;
  plan.workspace_bytes = graph_layout(shape, batch_size).bytes;
  return plan;
}

void check_cluster(const DeviceLimits& limits, std::uint32_t size) {
  if (size != 2 && size != 4 && size != 8 && size != 16) {
    throw Error(ErrorKind::usage,
                "a cluster must have 2, 4, 8 or 16 thread blocks, not " + std::to_string(size));
  }
  if (size > limits.max_cluster_size) {
    throw Error(
        ErrorKind::device,
        limits.compute_capability < 90
            ? "this device has no thread-block clusters (they need compute capability 9.0); "
              "use the block launcher"
            : "this device has room for clusters of at most " +
                  std::to_string(limits.max_cluster_size) + " thread blocks, not " +
                  std::to_string(size));
  }
}

StepState step_state(const TrainSteps& steps, const LossScale& scale, const LossScale& last_scale) {
  return {steps, scale, last_scale, 0, 0};
}

void check_steps(const TrainPlan& plan, const TrainSteps& steps) {
  const auto require = [](bool met, const char* what) {
    if (!met) throw Error(ErrorKind::usage, what);
  };
  require(steps.shuffle.rows > 0, "training needs at least one row");
  require(steps.stride % 4 == 0 && steps.stride >= plan.shape.columns,
          "the stride of the encoded table must be a multiple of 4 and hold all columns");
  require(reinterpret_cast<std::uintptr_t>(steps.table) % 16 == 0,
          "the encoded table must be aligned to 16 bytes");
  require(std::uint64_t{steps.first_step} + steps.steps <=
              steps_per_epoch(steps.shuffle.rows, plan.batch_size),
          "the steps go beyond the end of the epoch");
}

// The scales of the loss in a full batch and in the last one of the epoch.
std::array<LossScale, 2> loss_scales(const TrainPlan& plan, const TrainSteps& steps) {
  const std::uint32_t rows = steps.shuffle.rows;
  const std::uint32_t last = (rows - 1) % plan.batch_size + 1;
  const float kl_weight = steps.loss == Loss::bce_kl ? steps.kl_weight : 0.0F;
  const auto scale = [&](std::uint32_t count) {
    return loss_scale(count, plan.shape.columns, plan.shape.latent, kl_weight);
  };
  return {scale(plan.batch_size), scale(last)};
}

}  // namespace

GraphLayout graph_layout(const PublishedShape& shape, std::uint32_t batch_size) {
  GraphLayout layout{};
  layout.columns = shape.columns;
  layout.latent = shape.latent;
  layout.parameters = static_cast<std::uint32_t>(parameter_count(shape));
  layout.batch_size = batch_size;
  layout.segments = (batch_size - 1) / segment_rows + 1;
  std::uint32_t number = 0;
  const auto layers = layers_of(shape);
  for (std::size_t l = 0; l < layer_count; ++l) {
    layout.inputs[l] = layers[l].inputs;
    layout.outputs[l] = layers[l].outputs;
    layout.parameter[l] = static_cast<std::uint32_t>(layers[l].offset);
    layout.input[l] = number;
    number += layers[l].inputs;
    layout.gradient[l] = number;
    number += layers[l].outputs;
  }
  layout.half_noise = number;
  number += shape.latent;
  layout.losses = number;
  number += 2;
  layout.numbers_at = aligned(sizeof(StepState));
  layout.sums_at =
      layout.numbers_at + aligned(std::size_t{number} * layout.batch_size * sizeof(float));
  layout.bytes = layout.sums_at +
                 aligned(std::size_t{layout.segments} * (layout.parameters + 2) * sizeof(float));
  return layout;
}

cudaError_t device_limits(int device, DeviceLimits& limits) {
  int major = 0, minor = 0, shared_bytes = 0;
  cudaError_t status = cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  if (status == cudaSuccess) {
    status = cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, device);
  }
  if (status == cudaSuccess) {
    status = cudaDeviceGetAttribute(&shared_bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  }
  limits.compute_capability = 10 * major + minor;
  limits.shared_bytes_per_block = static_cast<std::size_t>(shared_bytes);
  limits.max_cluster_size = 1;
  if (major < 9) return status;
  for (std::uint32_t size = 16; size > 1 && status == cudaSuccess; size /= 2) {
    bool fits = false;
    status = cluster_fits(size, shared_bytes, fits);
    if (!fits) continue;
    limits.max_cluster_size = size;
    break;
  }
  return status;
}

TrainPlan plan_training(const PublishedShape& shape, std::uint32_t batch_size,
                        const DeviceLimits& limits, const LauncherChoice& choice) {
  check_shape(shape);
  if (batch_size == 0 || (batch_size - 1) / segment_rows >= max_batch_segments) {
    throw Error(ErrorKind::usage, "on the GPU a batch has 1 to " +
                                      std::to_string(max_batch_segments * segment_rows) +
                                      " rows, not " + std::to_string(batch_size));
  }
  std::size_t bytes = 0;
  const bool automatic = choice.launcher == Launcher::automatic;
  if (choice.launcher == Launcher::cluster && choice.cluster_size != 0) {
    check_cluster(limits, choice.cluster_size);
  }
  if (choice.launcher == Launcher::cluster)
    check_cluster(limits, std::max(2U, choice.cluster_size));
  if (automatic || choice.launcher == Launcher::cluster) {
    const std::uint32_t size =
        choice.cluster_size != 0 ? choice.cluster_size : limits.max_cluster_size;
    if (size > 1 && size <= limits.max_cluster_size) {
      const TrainPlan plan = fused_plan(shape, batch_size, limits, size, bytes);
      if (plan.lanes_per_pass != 0) return plan;
    }
  }
  if (automatic || choice.launcher == Launcher::block) {
    const TrainPlan plan = fused_plan(shape, batch_size, limits, 1, bytes);
    if (plan.lanes_per_pass != 0) return plan;
  }
  if (automatic || choice.launcher == Launcher::graph) return graph_plan(shape, batch_size);
  throw Error(ErrorKind::device,
              "the network (" + describe(shape) + ") needs " + std::to_string(bytes) +
                  " bytes of shared memory in each thread block, but the device has " +
                  std::to_string(limits.shared_bytes_per_block) + "; use the graph launcher");
}

cudaError_t enqueue_steps(const TrainPlan& plan, const TrainSteps& steps, void* workspace,
                          cudaStream_t stream) {
  check_steps(plan, steps);
  if (steps.steps == 0) return cudaSuccess;
  const auto [scale, last_scale] = loss_scales(plan, steps);
  if (plan.launcher == Launcher::graph) {
    const GraphLayout layout = graph_layout(plan.shape, plan.batch_size);
    cudaError_t status = launch_set_state(step_state(steps, scale, last_scale), workspace, stream);
    for (std::uint32_t step = 0; step < steps.steps && status == cudaSuccess; ++step) {
      status = launch_step(layout, workspace, stream);
    }
    return status;
  }
  FusedArguments arguments{};
  arguments.steps = steps;
  arguments.layout = train_layout(plan.shape);
  arguments.block = block_layout(arguments.layout, plan.batch_size, plan.lanes_per_pass,
                                 plan.cluster_size, plan.state_in_shared);
  arguments.workspace = static_cast<float*>(workspace);
  arguments.batch_size = plan.batch_size;
  arguments.scale = scale;
  arguments.last_scale = last_scale;
  return plan.published ? launch_fused_published(plan, arguments, stream)
                        : launch_fused_any(plan, arguments, stream);
}

StepGraph::~StepGraph() {
  if (step_ != nullptr) cudaGraphExecDestroy(step_);
}

cudaError_t StepGraph::capture(const TrainPlan& plan, void* workspace, cudaStream_t stream) {
  if (plan.launcher != Launcher::graph || step_ != nullptr) return cudaErrorInvalidValue;
  plan_ = plan;
  workspace_ = workspace;
  cudaGraph_t graph = nullptr;
  cudaError_t status = cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed);
  if (status != cudaSuccess) return status;
  status = launch_step(graph_layout(plan.shape, plan.batch_size), workspace, stream);
  const cudaError_t ended = cudaStreamEndCapture(stream, &graph);
  if (status == cudaSuccess) status = ended;
  if (status == cudaSuccess) status = cudaGraphInstantiate(&step_, graph, 0);
  if (graph != nullptr) cudaGraphDestroy(graph);
  return status;
}

cudaError_t StepGraph::enqueue_steps(const TrainSteps& steps, cudaStream_t stream) {
  check_steps(plan_, steps);
  if (steps.steps == 0) return cudaSuccess;
  const auto [scale, last_scale] = loss_scales(plan_, steps);
  cudaError_t status = launch_set_state(step_state(steps, scale, last_scale), workspace_, stream);
  for (std::uint32_t step = 0; step < steps.steps && status == cudaSuccess; ++step) {
    status = cudaGraphLaunch(step_, stream);
  }
  return status;
}

}  // namespace cuvae::cuda
