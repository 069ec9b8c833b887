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

TrainingLength length_of(const TokenMatrix& data, const TrainSettings& options,
                         const TokenTrainTuning& tuning) {
  const auto rows = static_cast<std::uint32_t>(data.rows());
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
      length_(length_of(data, options, tuning)),
      network_{token_shape(tokenizer, options), {}, {}},
      plan_(plan_token_training(network_.shape, length_.batch_size, data.stride(), device,
                                tuning.launcher)),
      schedule_(options, std::uint64_t{length_.steps_per_epoch()} * options.epochs),
      pipeline_(length_, allocator, monitor) {
  cudaStream_t const stream = pipeline_.stream();
  table_ = DeviceArray<std::uint8_t>(std::size_t{length_.rows} * data.stride(), stream, allocator,
                                     "the coded table");
  state_ = DeviceArray<float>(3 * plan_.layout.space, stream, allocator, "the parameters");
  workspace_ =
      DeviceArray<std::byte>(plan_.workspace_bytes, stream, allocator, "the training kernels");
}

TokenTrainer::~TokenTrainer() {
  pipeline_.streams().drain();
}

TokenNetwork TokenTrainer::run(const OnEpoch& on_epoch) {
  upload_table();
  upload_plan(plain::initial_parameters(network_.shape, tokenizer_, options_.seed));
  pipeline_.run([this](const StepRange& range, std::span<TokenStep> steps) { fill(range, steps); },
                [this](const StepRange& range, const TokenStep* step, float* losses) {
                  enqueue(range, step, losses);
                },
                [this](std::uint32_t epoch, std::uint32_t step, double reconstruction, double kl) {
                  check_losses(reconstruction, kl, epoch, step, length_.steps_per_epoch(),
                               options_);
                },
                [&](std::uint32_t epoch, const LossSums& sums) {
                  const auto rows = static_cast<double>(length_.rows);
                  network_.history.push_back({sums.reconstruction / rows, sums.kl / rows});
                  if (on_epoch) on_epoch(epoch, network_.history.back());
                });
  download_parameters();
  return std::move(network_);
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
