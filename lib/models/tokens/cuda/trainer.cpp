#include "models/tokens/cuda/trainer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/tokens/reference.hpp"
#include "models/loss_watch.hpp"

namespace cuvae::cuda {
namespace {

// A launch of so many rows takes some ten milliseconds: see training.cpp.
constexpr std::uint64_t rows_per_launch = 200'000;
// One launch computes, one waits behind it, one has its losses read.
constexpr std::size_t launches_in_flight = 3;

std::uint32_t launch_steps(std::uint32_t asked, std::uint32_t steps_of_epoch,
                           std::uint32_t batch_size) {
  const std::uint64_t steps = asked != 0 ? asked : rows_per_launch / batch_size;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(steps, 1, steps_of_epoch));
}

template <class T>
DeviceArray<T> uploaded(const std::vector<T>& values, const Stream& stream,
                        const CudaAllocator& allocator) {
  DeviceArray<T> array(std::max<std::size_t>(values.size(), 1), stream.get(), allocator,
                       "the plan of the training kernels");
  CUVAE_CUDA(cudaMemcpyAsync(array.get(), values.data(), values.size() * sizeof(T),
                             cudaMemcpyHostToDevice, stream.get()));
  return array;
}

}  // namespace

TokenTraining::Launch::Launch(std::uint32_t most_steps, const Stream& stream,
                              const CudaAllocator& allocator)
    : host_steps(most_steps, "step sizes"),
      host_losses(std::size_t{2} * most_steps, "losses of steps"),
      step(most_steps, stream.get(), allocator, "step sizes"),
      losses(std::size_t{2} * most_steps, stream.get(), allocator, "losses of steps") {}

TokenTraining::TokenTraining(int device, const TokenMatrix& data, const Tokenizer& tokenizer,
                             const TrainSettings& options, const TokenTrainTuning& tuning,
                             const CudaAllocator& allocator, Monitor& monitor)
    : data_(data),
      tokenizer_(tokenizer),
      options_(options),
      tuning_(tuning),
      allocator_(allocator),
      monitor_(monitor),
      rows_(static_cast<std::uint32_t>(data.rows())),
      batch_size_(std::min(options.batch_size, rows_)),
      steps_of_epoch_((rows_ - 1) / batch_size_ + 1),
      steps_per_launch_(launch_steps(tuning.steps_per_launch, steps_of_epoch_, batch_size_)),
      network_{token_shape(tokenizer, options), {}, {}},
      plan_(
          plan_token_training(network_.shape, batch_size_, data.stride(), device, tuning.launcher)),
      schedule_(options, std::uint64_t{steps_of_epoch_} * options.epochs) {
  table_ = DeviceArray<std::uint8_t>(std::size_t{rows_} * data.stride(), kernels_.get(), allocator_,
                                     "the coded table");
  state_ = DeviceArray<float>(3 * plan_.layout.space, kernels_.get(), allocator_, "the parameters");
  workspace_ = DeviceArray<std::byte>(plan_.workspace_bytes, kernels_.get(), allocator_,
                                      "the training kernels");
  for (std::size_t i = 0; i < launches_in_flight; ++i) {
    launches_.push_back(std::make_unique<Launch>(steps_per_launch_, kernels_, allocator_));
  }
  // What was allocated in the order of one stream is used in the others too.
  Event allocated;
  allocated.record(kernels_);
  wait_for(arriving_, allocated);
  wait_for(leaving_, allocated);
}

TokenTraining::~TokenTraining() {
  for (const Stream* stream : {&arriving_, &kernels_, &leaving_}) {
    static_cast<void>(cudaStreamSynchronize(stream->get()));
  }
}

TokenNetwork TokenTraining::run(const OnEpoch& on_epoch) {
  upload_rows();
  upload_plan(plain::initial_parameters(network_.shape, tokenizer_, options_.seed));
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
void TokenTraining::upload_rows() {
  const std::size_t row_bytes = data_.stride();
  const auto piece_rows = static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(tuning_.upload_bytes / row_bytes, 1, rows_));
  struct Buffer {
    PinnedArray<std::uint8_t> rows;
    Event copied;
  };
  std::array<Buffer, 2> buffers;
  for (Buffer& buffer : buffers) {
    buffer.rows = PinnedArray<std::uint8_t>(piece_rows * row_bytes, "the coded table");
  }
  const DrainAtEnd drain(arriving_);
  std::size_t piece = 0;
  for (std::uint64_t first = 0; first < rows_; first += piece_rows, ++piece) {
    monitor_.check();
    Buffer& buffer = buffers[piece % buffers.size()];
    if (piece >= buffers.size()) buffer.copied.synchronize();
    const std::uint64_t count = std::min<std::uint64_t>(piece_rows, rows_ - first);
    std::memcpy(buffer.rows.get(), data_.row(first), count * row_bytes);
    CUVAE_CUDA(cudaMemcpyAsync(table_.get() + first * row_bytes, buffer.rows.get(),
                               count * row_bytes, cudaMemcpyHostToDevice, arriving_.get()));
    buffer.copied.record(arriving_);
  }
  arriving_.synchronize();
}

void TokenTraining::upload_plan(const std::vector<float>& parameters) {
  const std::size_t count = parameters.size();
  CUVAE_CUDA(cudaMemcpyAsync(state_.get(), parameters.data(), count * sizeof(float),
                             cudaMemcpyHostToDevice, kernels_.get()));
  CUVAE_CUDA(cudaMemsetAsync(state_.get() + count, 0, 2 * count * sizeof(float), kernels_.get()));
  tables_.tokens = uploaded(plan_.tokens, kernels_, allocator_);
  tables_.tiles = uploaded(plan_.tiles, kernels_, allocator_);
  tables_.scatters = uploaded(plan_.scatters, kernels_, allocator_);
  kernels_.synchronize();  // what was copied may go
}

void TokenTraining::enqueue(Launch& launch, const Shuffle& shuffle) {
  for (std::uint32_t s = 0; s < launch.steps; ++s) {
    const std::uint32_t rows = std::min(batch_size_, rows_ - (launch.first_step + s) * batch_size_);
    const TokenScale scale = schedule_.scale(next_step_++, rows);
    launch.host_steps.get()[s] = {schedule_.next_step_size(), scale.reconstruction, scale.kl};
  }
  CUVAE_CUDA(cudaMemcpyAsync(launch.step.get(), launch.host_steps.get(),
                             launch.steps * sizeof(TokenStep), cudaMemcpyHostToDevice,
                             arriving_.get()));
  launch.steps_there.record(arriving_);
  wait_for(kernels_, launch.steps_there);

  const std::size_t count = plan_.layout.space;
  TokenTrainSteps steps{};
  steps.tokens = tables_.tokens.get();
  steps.tiles = tables_.tiles.get();
  steps.scatters = tables_.scatters.get();
  steps.table = table_.get();
  steps.shuffle = shuffle;
  steps.seed = options_.seed;
  steps.epoch = launch.epoch;
  steps.first_step = launch.first_step;
  steps.steps = launch.steps;
  steps.step = launch.step.get();
  steps.parameters = state_.get();
  steps.moment_1 = state_.get() + count;
  steps.moment_2 = state_.get() + 2 * count;
  steps.losses = launch.losses.get();
  CUVAE_CUDA(enqueue_steps(plan_, steps, workspace_.get(), kernels_.get()));
  launch.computed.record(kernels_);

  wait_for(leaving_, launch.computed);
  CUVAE_CUDA(cudaMemcpyAsync(launch.host_losses.get(), launch.losses.get(),
                             std::size_t{2} * launch.steps * sizeof(float), cudaMemcpyDeviceToHost,
                             leaving_.get()));
  launch.losses_home.record(leaving_);
}

void TokenTraining::take_home(const Launch& launch, const OnEpoch& on_epoch) {
  launch.losses_home.synchronize();
  for (std::uint32_t s = 0; s < launch.steps; ++s) {
    const auto reconstruction = static_cast<double>(launch.host_losses.get()[2 * s]);
    const auto kl = static_cast<double>(launch.host_losses.get()[2 * s + 1]);
    check_losses(reconstruction, kl, launch.epoch, launch.first_step + s, steps_of_epoch_,
                 options_);
    reconstruction_ += reconstruction;
    kl_ += kl;
  }
  const std::uint32_t steps_done = launch.first_step + launch.steps;
  const std::uint64_t rows_done =
      std::min<std::uint64_t>(std::uint64_t{steps_done} * batch_size_, rows_);
  monitor_.progress("train", std::uint64_t{launch.epoch} * rows_ + rows_done,
                    std::uint64_t{options_.epochs} * rows_);
  if (steps_done != steps_of_epoch_) return;
  const auto rows = static_cast<double>(rows_);
  network_.history.push_back({reconstruction_ / rows, kl_ / rows});
  reconstruction_ = 0;
  kl_ = 0;
  if (on_epoch) on_epoch(launch.epoch, network_.history.back());
}

void TokenTraining::download_parameters() {
  network_.parameters.resize(plan_.layout.space);
  CUVAE_CUDA(cudaMemcpyAsync(network_.parameters.data(), state_.get(),
                             network_.parameters.size() * sizeof(float), cudaMemcpyDeviceToHost,
                             kernels_.get()));
  kernels_.synchronize();
}

}  // namespace cuvae::cuda
