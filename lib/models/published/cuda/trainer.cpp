#include "models/published/cuda/trainer.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "kernels/published/reference.hpp"
#include "models/loss_watch.hpp"
#include "runtime/cuda/upload_rows.hpp"

namespace cuvae::cuda {
namespace {

// A launch of so many rows takes some ten milliseconds, so that a person's interruption is heard
// at once and a display on the same GPU stays alive.
constexpr std::uint64_t rows_per_launch = 2'500'000;

std::uint32_t rounded_up_to_4(std::uint32_t columns) {
  return (columns + 3) / 4 * 4;
}

std::uint32_t checked_rows(const Matrix& data) {
  if (data.rows() >= 1 && data.rows() <= max_shuffled_rows) {
    return static_cast<std::uint32_t>(data.rows());
  }
  throw Error(ErrorKind::usage, fmt::format("{} rows to train from; it takes 1 to {}", data.rows(),
                                            max_shuffled_rows));
}

TrainPlan plan_for(int device, const PublishedShape& shape, std::uint32_t batch_size,
                   const LauncherChoice& launcher) {
  DeviceLimits limits;
  CUVAE_CUDA(device_limits(device, limits));
  return plan_training(shape, batch_size, limits, launcher);
}

}  // namespace

PublishedTrainer::PublishedTrainer(int device, const Matrix& data, const TrainSettings& options,
                                   const TrainTuning& tuning, const CudaAllocator& allocator,
                                   Monitor& monitor)
    : data_(data),
      options_(options),
      tuning_(tuning),
      monitor_(monitor),
      shape_{data.columns(), options.hidden, options.latent},
      stride_(rounded_up_to_4(data.columns())),
      plan_(plan_for(device, shape_, options.batch_size, tuning.launcher)),
      step_sizes_(options.learning_rate),
      network_{shape_, {}, {}},
      pipeline_({checked_rows(data), options.batch_size, options.epochs, tuning.steps_per_launch,
                 rows_per_launch},
                allocator, monitor) {
  const std::size_t count = parameter_count(shape_);
  cudaStream_t const stream = pipeline_.stream();
  table_ = DeviceArray<float>(std::size_t{pipeline_.length().rows} * stride_, stream, allocator,
                              "the encoded table");
  state_ = DeviceArray<float>(3 * count, stream, allocator, "the parameters");
  workspace_ =
      DeviceArray<std::byte>(plan_.workspace_bytes, stream, allocator, "the training kernels");
  host_parameters_ = PinnedArray<float>(count, "the parameters");
}

PublishedTrainer::~PublishedTrainer() {
  pipeline_.streams().drain();
}

PublishedNetwork PublishedTrainer::run(const OnEpoch& on_epoch) {
  upload_table();
  upload_parameters();
  if (plan_.launcher == Launcher::graph) {
    CUVAE_CUDA(step_graph_.capture(plan_, workspace_.get(), pipeline_.stream()));
  }
  pipeline_.run(
      [this](const StepRange&, std::span<float> step_sizes) {
        for (float& size : step_sizes) size = step_sizes_.next();
      },
      [this](const StepRange& range, const float* step_sizes, float* losses) {
        enqueue(range, step_sizes, losses);
      },
      [this](std::uint32_t epoch, std::uint32_t step, double reconstruction, double kl) {
        check_losses(reconstruction, kl, epoch, step, pipeline_.length().steps_per_epoch(),
                     options_);
      },
      [&](std::uint32_t epoch, const LossSums& sums) {
        network_.history.push_back(mean_loss(sums));
        if (on_epoch) on_epoch(epoch, network_.history.back());
      });
  download_parameters();
  return std::move(network_);
}

void PublishedTrainer::upload_table() {
  pipeline_.streams().share_allocations();
  const std::size_t row_bytes = stride_ * sizeof(float);
  upload_rows(
      reinterpret_cast<std::byte*>(table_.get()),
      {data_.rows(), row_bytes, tuning_.upload_bytes, "the encoded table"},
      [&](std::uint64_t first, std::uint64_t count, std::byte* buffer) {
        for (std::uint64_t r = 0; r < count; ++r) {
          std::memcpy(buffer + r * row_bytes, data_.row(first + r), row_bytes);
        }
      },
      pipeline_.streams().arriving, monitor_);
}

void PublishedTrainer::upload_parameters() {
  const std::vector<float> initial = plain::initial_parameters(shape_, options_.seed);
  const std::size_t count = initial.size();
  cudaStream_t const stream = pipeline_.stream();
  std::copy(initial.begin(), initial.end(), host_parameters_.get());
  CUVAE_CUDA(cudaMemcpyAsync(state_.get(), host_parameters_.get(), count * sizeof(float),
                             cudaMemcpyHostToDevice, stream));
  CUVAE_CUDA(cudaMemsetAsync(state_.get() + count, 0, 2 * count * sizeof(float), stream));
  pipeline_.streams().kernels.synchronize();  // a capture wants an idle stream
}

void PublishedTrainer::enqueue(const StepRange& range, const float* step_sizes, float* losses) {
  const std::size_t count = parameter_count(shape_);
  TrainSteps steps;
  steps.table = table_.get();
  steps.stride = stride_;
  steps.shuffle = make_shuffle(pipeline_.length().rows, options_.seed, range.epoch);
  steps.seed = options_.seed;
  steps.epoch = range.epoch;
  steps.first_step = range.first;
  steps.steps = range.count;
  steps.loss = options_.loss;
  steps.kl_weight = options_.kl_weight;
  steps.step_sizes = step_sizes;
  steps.parameters = state_.get();
  steps.moment_1 = state_.get() + count;
  steps.moment_2 = state_.get() + 2 * count;
  steps.losses = losses;
  if (plan_.launcher == Launcher::graph) {
    CUVAE_CUDA(step_graph_.enqueue_steps(steps, pipeline_.stream()));
  } else {
    CUVAE_CUDA(enqueue_steps(plan_, steps, workspace_.get(), pipeline_.stream()));
  }
}

EpochLoss PublishedTrainer::mean_loss(const LossSums& sums) const {
  const auto rows = static_cast<double>(pipeline_.length().rows);
  return {sums.reconstruction / (rows * shape_.columns), -0.5 * sums.kl / (rows * shape_.latent)};
}

void PublishedTrainer::download_parameters() {
  CUVAE_CUDA(cudaMemcpyAsync(host_parameters_.get(), state_.get(),
                             host_parameters_.size() * sizeof(float), cudaMemcpyDeviceToHost,
                             pipeline_.stream()));
  pipeline_.streams().kernels.synchronize();
  network_.parameters.assign(host_parameters_.span().begin(), host_parameters_.span().end());
}

}  // namespace cuvae::cuda
