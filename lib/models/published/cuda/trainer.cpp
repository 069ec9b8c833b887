#include "models/published/cuda/trainer.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "kernels/published/reference.hpp"
#include "models/loss_watch.hpp"

namespace cuvae::cuda {
namespace {

// A launch of so many rows takes some ten milliseconds, so that a person's interruption is heard
// at once and a display on the same GPU stays alive.
constexpr std::uint64_t rows_per_launch = 2'500'000;
// One launch computes, one waits behind it, one has its losses read.
constexpr std::size_t launches_in_flight = 3;

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

std::uint32_t launch_steps(std::uint32_t asked, std::uint32_t steps_of_epoch,
                           std::uint32_t batch_size) {
  const std::uint64_t steps = asked != 0 ? asked : rows_per_launch / batch_size;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(steps, 1, std::max(steps_of_epoch, 1U)));
}

TrainPlan plan_for(int device, const PublishedShape& shape, std::uint32_t batch_size,
                   const LauncherChoice& launcher) {
  DeviceLimits limits;
  CUVAE_CUDA(device_limits(device, limits));
  return plan_training(shape, batch_size, limits, launcher);
}

}  // namespace

Training::Launch::Launch(std::uint32_t most_steps, const Stream& stream,
                         const CudaAllocator& allocator)
    : host_step_sizes(most_steps, "step sizes"),
      host_losses(std::size_t{2} * most_steps, "losses of steps"),
      step_sizes(most_steps, stream.get(), allocator, "step sizes"),
      losses(std::size_t{2} * most_steps, stream.get(), allocator, "losses of steps") {}

Training::Training(int device, const Matrix& data, const TrainSettings& options,
                   const TrainTuning& tuning, const CudaAllocator& allocator, Monitor& monitor)
    : data_(data),
      options_(options),
      tuning_(tuning),
      allocator_(allocator),
      monitor_(monitor),
      shape_{data.columns(), options.hidden, options.latent},
      rows_(checked_rows(data)),
      stride_(rounded_up_to_4(data.columns())),
      steps_of_epoch_(steps_per_epoch(rows_, options.batch_size)),
      steps_per_launch_(launch_steps(tuning.steps_per_launch, steps_of_epoch_, options.batch_size)),
      plan_(plan_for(device, shape_, options.batch_size, tuning.launcher)),
      step_sizes_(options.learning_rate),
      network_{shape_, {}, {}} {
  const std::size_t count = parameter_count(shape_);
  table_ = DeviceArray<float>(std::size_t{rows_} * stride_, kernels_.get(), allocator_,
                              "the encoded table");
  state_ = DeviceArray<float>(3 * count, kernels_.get(), allocator_, "the parameters");
  workspace_ = DeviceArray<std::byte>(plan_.workspace_bytes, kernels_.get(), allocator_,
                                      "the training kernels");
  host_parameters_ = PinnedArray<float>(count, "the parameters");
  for (std::size_t i = 0; i < launches_in_flight; ++i) {
    launches_.push_back(std::make_unique<Launch>(steps_per_launch_, kernels_, allocator_));
  }
  // What was allocated in the order of one stream is used in the others too.
  Event allocated;
  allocated.record(kernels_);
  wait_for(arriving_, allocated);
  wait_for(leaving_, allocated);
}

Training::~Training() {
  for (const Stream* stream : {&arriving_, &kernels_, &leaving_}) {
    static_cast<void>(cudaStreamSynchronize(stream->get()));
  }
}

PublishedNetwork Training::run(const OnEpoch& on_epoch) {
  upload_table();
  upload_parameters();
  if (plan_.launcher == Launcher::graph) {
    CUVAE_CUDA(step_graph_.capture(plan_, workspace_.get(), kernels_.get()));
  }
  std::size_t number = 0;  // of the launch
  for (std::uint32_t epoch = 0; epoch < options_.epochs; ++epoch) {
    const Shuffle shuffle = make_shuffle(rows_, options_.seed, epoch);
    for (std::uint32_t step = 0; step < steps_of_epoch_; step += steps_per_launch_) {
      monitor_.check();
      Launch& launch = *launches_[number % launches_in_flight];
      if (number >= launches_in_flight) take_home(launch, on_epoch);
      launch.epoch = epoch;
      launch.first_step = step;
      launch.steps = std::min(steps_per_launch_, steps_of_epoch_ - step);
      enqueue(launch, shuffle);
      ++number;
    }
  }
  for (std::size_t n = number - std::min(number, launches_in_flight); n < number; ++n) {
    monitor_.check();
    take_home(*launches_[n % launches_in_flight], on_epoch);
  }
  download_parameters();
  return std::move(network_);
}

// Through two pinned buffers: one is filled while the other is copied.
void Training::upload_table() {
  const std::size_t row_bytes = stride_ * sizeof(float);
  const auto piece_rows = static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(tuning_.upload_bytes / row_bytes, 1, rows_));
  struct Buffer {
    PinnedArray<float> rows;
    Event copied;
  };
  std::array<Buffer, 2> buffers;
  for (Buffer& buffer : buffers) {
    buffer.rows = PinnedArray<float>(std::size_t{piece_rows} * stride_, "the encoded table");
  }
  const DrainAtEnd drain(arriving_);
  std::size_t piece = 0;
  for (std::uint64_t first = 0; first < rows_; first += piece_rows, ++piece) {
    monitor_.check();
    Buffer& buffer = buffers[piece % buffers.size()];
    if (piece >= buffers.size()) buffer.copied.synchronize();
    const std::uint64_t count = std::min<std::uint64_t>(piece_rows, rows_ - first);
    for (std::uint64_t r = 0; r < count; ++r) {
      std::memcpy(buffer.rows.get() + r * stride_, data_.row(first + r), row_bytes);
    }
    CUVAE_CUDA(cudaMemcpyAsync(table_.get() + first * stride_, buffer.rows.get(), count * row_bytes,
                               cudaMemcpyHostToDevice, arriving_.get()));
    buffer.copied.record(arriving_);
  }
  arriving_.synchronize();
}

void Training::upload_parameters() {
  const std::vector<float> initial = plain::initial_parameters(shape_, options_.seed);
  const std::size_t count = initial.size();
  std::copy(initial.begin(), initial.end(), host_parameters_.get());
  CUVAE_CUDA(cudaMemcpyAsync(state_.get(), host_parameters_.get(), count * sizeof(float),
                             cudaMemcpyHostToDevice, kernels_.get()));
  CUVAE_CUDA(cudaMemsetAsync(state_.get() + count, 0, 2 * count * sizeof(float), kernels_.get()));
  kernels_.synchronize();  // a capture wants an idle stream
}

void Training::enqueue(Launch& launch, const Shuffle& shuffle) {
  for (std::uint32_t s = 0; s < launch.steps; ++s) {
    launch.host_step_sizes.get()[s] = step_sizes_.next();
  }
  CUVAE_CUDA(cudaMemcpyAsync(launch.step_sizes.get(), launch.host_step_sizes.get(),
                             launch.steps * sizeof(float), cudaMemcpyHostToDevice,
                             arriving_.get()));
  launch.step_sizes_there.record(arriving_);
  wait_for(kernels_, launch.step_sizes_there);

  const std::size_t count = parameter_count(shape_);
  TrainSteps steps;
  steps.table = table_.get();
  steps.stride = stride_;
  steps.shuffle = shuffle;
  steps.seed = options_.seed;
  steps.epoch = launch.epoch;
  steps.first_step = launch.first_step;
  steps.steps = launch.steps;
  steps.loss = options_.loss;
  steps.kl_weight = options_.kl_weight;
  steps.step_sizes = launch.step_sizes.get();
  steps.parameters = state_.get();
  steps.moment_1 = state_.get() + count;
  steps.moment_2 = state_.get() + 2 * count;
  steps.losses = launch.losses.get();
  if (plan_.launcher == Launcher::graph) {
    CUVAE_CUDA(step_graph_.enqueue_steps(steps, kernels_.get()));
  } else {
    CUVAE_CUDA(enqueue_steps(plan_, steps, workspace_.get(), kernels_.get()));
  }
  launch.computed.record(kernels_);

  wait_for(leaving_, launch.computed);
  CUVAE_CUDA(cudaMemcpyAsync(launch.host_losses.get(), launch.losses.get(),
                             std::size_t{2} * launch.steps * sizeof(float), cudaMemcpyDeviceToHost,
                             leaving_.get()));
  launch.losses_home.record(leaving_);
}

void Training::take_home(const Launch& launch, const OnEpoch& on_epoch) {
  launch.losses_home.synchronize();
  for (std::uint32_t s = 0; s < launch.steps; ++s) {
    const auto reconstruction = static_cast<double>(launch.host_losses.get()[2 * s]);
    const auto kl = static_cast<double>(launch.host_losses.get()[2 * s + 1]);
    check_losses(reconstruction, kl, launch.epoch, launch.first_step + s, steps_of_epoch_,
                 options_);
    reconstruction_ += reconstruction;
    kl_terms_ += kl;
  }
  const std::uint32_t steps_done = launch.first_step + launch.steps;
  const std::uint64_t rows_done =
      std::min<std::uint64_t>(std::uint64_t{steps_done} * options_.batch_size, rows_);
  monitor_.progress("train", std::uint64_t{launch.epoch} * rows_ + rows_done,
                    std::uint64_t{options_.epochs} * rows_);
  if (steps_done != steps_of_epoch_) return;
  network_.history.push_back({reconstruction_ / (static_cast<double>(rows_) * shape_.columns),
                              -0.5 * kl_terms_ / (static_cast<double>(rows_) * shape_.latent)});
  reconstruction_ = 0;
  kl_terms_ = 0;
  if (on_epoch) on_epoch(launch.epoch, network_.history.back());
}

void Training::download_parameters() {
  CUVAE_CUDA(cudaMemcpyAsync(host_parameters_.get(), state_.get(),
                             host_parameters_.size() * sizeof(float), cudaMemcpyDeviceToHost,
                             kernels_.get()));
  kernels_.synchronize();
  network_.parameters.assign(host_parameters_.span().begin(), host_parameters_.span().end());
}

}  // namespace cuvae::cuda
