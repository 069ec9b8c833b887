#include "models/tokens/cuda/trainer.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/tokens/reference.hpp"
#include "models/loss_watch.hpp"
#include "runtime/cuda/upload_rows.hpp"

namespace cuvae::cuda {
namespace {

// Takes some ten milliseconds: see models/published/cuda/trainer.cpp.
constexpr std::uint64_t rows_per_launch = 200'000;

TrainingLength length_of(const TokenMatrix& data, std::uint32_t held_out,
                         const TrainSettings& options, const TokenTrainTuning& tuning) {
  const std::uint32_t rows = static_cast<std::uint32_t>(data.rows()) - held_out;
  return {rows, std::min(options.batch_size, rows), options.epochs, tuning.steps_per_launch,
          rows_per_launch};
}

}  // namespace

TokenTrainer::TokenTrainer(int device, const TokenMatrix& data, const Tokenizer& tokenizer,
                           const TrainSettings& options, const TokenTrainTuning& tuning,
                           const CudaAllocator& allocator, Monitor& monitor)
    : data_(data),
      tokenizer_(tokenizer),
      options_(options),
      tuning_(tuning),
      allocator_(allocator),
      monitor_(monitor),
      held_out_(static_cast<std::uint32_t>(held_out_rows(options, data.rows()))),
      length_(length_of(data, held_out_, options, tuning)),
      network_{token_shape(tokenizer, options), {}, {}},
      plan_(plan_token_training(network_.shape, length_.batch_size, data.stride(), device,
                                tuning.launcher)),
      schedule_(options, std::uint64_t{length_.steps_per_epoch()} * options.epochs),
      early_stop_(options.epochs, length_.steps_per_epoch()),
      pipeline_(length_, allocator, monitor) {
  cudaStream_t const stream = pipeline_.stream();
  table_ =
      DeviceArray<std::uint8_t>(data.rows() * data.stride(), stream, allocator, "the coded table");
  state_ = DeviceArray<float>(3 * plan_.layout.space, stream, allocator, "the parameters");
  if (options.stops_early) {
    kept_ = DeviceArray<float>(3 * plan_.layout.space, stream, allocator, "the best parameters");
  }
  if (held_out_ > 0) {
    const std::size_t steps = (held_out_ - 1) / length_.batch_size + 1;
    held_out_state_ =
        DeviceArray<float>(3 * plan_.layout.space, stream, allocator, "asking held-out rows");
    held_out_steps_ = DeviceArray<TokenStep>(steps, stream, allocator, "asking held-out rows");
    held_out_losses_ = DeviceArray<float>(2 * steps, stream, allocator, "asking held-out rows");
  }
  workspace_ =
      DeviceArray<std::byte>(plan_.workspace_bytes, stream, allocator, "the training kernels");
}

TokenTrainer::~TokenTrainer() {
  pipeline_.streams().drain();
}

TokenNetwork TokenTrainer::run(const OnEpoch& on_epoch) {
  upload_table();
  upload_plan(plain::initial_parameters(network_.shape, tokenizer_, options_.seed));
  if (held_out_ == 0) {
    train_epochs(0, length_.epochs, on_epoch);
  } else {
    bool enough = false;
    for (std::uint32_t epoch = 0; epoch < length_.epochs && !enough; ++epoch) {
      train_epochs(epoch, 1, nullptr);
      EpochLoss& loss = network_.history.back();
      loss.validation = held_out_loss();
      enough = follow_held_out_rows(loss.validation);
      if (on_epoch) on_epoch(epoch, loss);
    }
  }
  download_parameters();
  return std::move(network_);
}

void TokenTrainer::train_epochs(std::uint32_t first, std::uint32_t count, const OnEpoch& on_epoch) {
  pipeline_.run_epochs(
      first, count,
      [this](const StepRange& range, std::span<TokenStep> steps) { fill(range, steps); },
      [this](const StepRange& range, const TokenStep* step, float* losses) {
        enqueue(range, step, losses);
      },
      [this](std::uint32_t epoch, std::uint32_t step, double reconstruction, double kl) {
        check_losses(reconstruction, kl, epoch, step, length_.steps_per_epoch(), options_);
      },
      [&](std::uint32_t epoch, const LossSums& sums) {
        const auto rows = static_cast<double>(length_.rows);
        network_.history.push_back({sums.reconstruction / rows, sums.kl / rows});
        if (on_epoch) on_epoch(epoch, network_.history.back());
      });
}

// Steps of training on a copy of the parameters: of no size, with gradients of 0. So the losses are
// those of the CPU, bit by bit, and nothing is moved.
double TokenTrainer::held_out_loss() {
  const std::size_t space = plan_.layout.space;
  const Stream& stream = pipeline_.streams().kernels;
  const auto count = static_cast<std::uint32_t>(held_out_steps_.size());
  CUVAE_CUDA(cudaMemcpyAsync(held_out_state_.get(), state_.get(), space * sizeof(float),
                             cudaMemcpyDeviceToDevice, stream.get()));
  CUVAE_CUDA(
      cudaMemsetAsync(held_out_state_.get() + space, 0, 2 * space * sizeof(float), stream.get()));
  CUVAE_CUDA(cudaMemsetAsync(held_out_steps_.get(), 0, count * sizeof(TokenStep), stream.get()));
  TokenTrainSteps steps{};
  steps.tokens = tables_.tokens.get();
  steps.tiles = tables_.tiles.get();
  steps.scatters = tables_.scatters.get();
  steps.table = table_.get() + std::size_t{length_.rows} * data_.stride();
  steps.shuffle = make_shuffle(held_out_, options_.seed, held_out_epoch);
  steps.seed = options_.seed;
  steps.epoch = held_out_epoch;
  steps.steps = count;
  steps.step = held_out_steps_.get();
  steps.parameters = held_out_state_.get();
  steps.moment_1 = held_out_state_.get() + space;
  steps.moment_2 = held_out_state_.get() + 2 * space;
  steps.losses = held_out_losses_.get();
  CUVAE_CUDA(enqueue_steps(plan_, steps, workspace_.get(), stream.get()));
  std::vector<float> losses(2 * std::size_t{count});
  CUVAE_CUDA(cudaMemcpyAsync(losses.data(), held_out_losses_.get(), losses.size() * sizeof(float),
                             cudaMemcpyDeviceToHost, stream.get()));
  stream.synchronize();
  LossSums sums;
  for (std::size_t s = 0; s < count; ++s) {
    sums.reconstruction += static_cast<double>(losses[2 * s]);
    sums.kl += static_cast<double>(losses[2 * s + 1]);
  }
  return validation_loss(sums.reconstruction, sums.kl, options_.kl_weight, held_out_);
}

void TokenTrainer::copy_state(float* to, const float* from) {
  CUVAE_CUDA(cudaMemcpyAsync(to, from, 3 * plan_.layout.space * sizeof(float),
                             cudaMemcpyDeviceToDevice, pipeline_.stream()));
}

// Whether that was the last epoch.
bool TokenTrainer::follow_held_out_rows(double loss) {
  if (!options_.stops_early) return false;
  const EarlyStop::Decision decision = early_stop_.after_epoch(loss);
  if (decision.keep) copy_state(kept_.get(), state_.get());
  if (decision.wind_down) {
    copy_state(state_.get(), kept_.get());
    schedule_.wind_down(early_stop_.wind_down_epochs() * length_.steps_per_epoch());
  }
  return decision.stop;
}

void TokenTrainer::upload_table() {
  pipeline_.streams().share_allocations();
  const std::size_t row_bytes = data_.stride();
  upload_rows(
      reinterpret_cast<std::byte*>(table_.get()),
      {data_.rows(), row_bytes, tuning_.upload_bytes, "the coded table"},
      [&](std::uint64_t first, std::uint64_t count, std::byte* buffer) {
        std::memcpy(buffer, data_.row(first), count * row_bytes);
      },
      pipeline_.streams().arriving, monitor_);
}

void TokenTrainer::upload_plan(const std::vector<float>& parameters) {
  constexpr const char* what_for = "the plan of the training kernels";
  const std::size_t count = parameters.size();
  const Stream& stream = pipeline_.streams().kernels;
  const DrainAtEnd drain(stream);
  CUVAE_CUDA(cudaMemcpyAsync(state_.get(), parameters.data(), count * sizeof(float),
                             cudaMemcpyHostToDevice, stream.get()));
  CUVAE_CUDA(cudaMemsetAsync(state_.get() + count, 0, 2 * count * sizeof(float), stream.get()));
  tables_.tokens = copied_to_device(plan_.tokens, stream.get(), allocator_, what_for);
  tables_.tiles = copied_to_device(plan_.tiles, stream.get(), allocator_, what_for);
  tables_.scatters = copied_to_device(plan_.scatters, stream.get(), allocator_, what_for);
  stream.synchronize();  // what was copied may go
}

void TokenTrainer::fill(const StepRange& range, std::span<TokenStep> steps) {
  for (std::uint32_t s = 0; s < range.count; ++s) {
    const std::uint32_t first_row = (range.first + s) * length_.batch_size;
    const std::uint32_t rows = std::min(length_.batch_size, length_.rows - first_row);
    const TokenScale scale = schedule_.scale(next_step_++, rows);
    steps[s] = {schedule_.next_step_size(), scale.reconstruction, scale.kl};
  }
}

void TokenTrainer::enqueue(const StepRange& range, const TokenStep* step, float* losses) {
  const std::size_t count = plan_.layout.space;
  TokenTrainSteps steps{};
  steps.tokens = tables_.tokens.get();
  steps.tiles = tables_.tiles.get();
  steps.scatters = tables_.scatters.get();
  steps.table = table_.get();
  steps.shuffle = make_shuffle(length_.rows, options_.seed, range.epoch);
  steps.seed = options_.seed;
  steps.epoch = range.epoch;
  steps.first_step = range.first;
  steps.steps = range.count;
  steps.step = step;
  steps.parameters = state_.get();
  steps.moment_1 = state_.get() + count;
  steps.moment_2 = state_.get() + 2 * count;
  steps.losses = losses;
  CUVAE_CUDA(enqueue_steps(plan_, steps, workspace_.get(), pipeline_.stream()));
}

void TokenTrainer::download_parameters() {
  network_.parameters.resize(plan_.layout.space);
  CUVAE_CUDA(cudaMemcpyAsync(network_.parameters.data(), state_.get(),
                             network_.parameters.size() * sizeof(float), cudaMemcpyDeviceToHost,
                             pipeline_.stream()));
  pipeline_.streams().kernels.synchronize();
}

}  // namespace cuvae::cuda
