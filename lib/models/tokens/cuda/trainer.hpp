// Drives the training kernels of kernels/tokens/train.cuh.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <cuvae/cuda.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/token_network.hpp>

#include "kernels/tokens/schedule.hpp"
#include "kernels/tokens/train.cuh"
#include "runtime/cuda/launch_pipeline.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

// How the steps are put to the GPU; none of it changes a bit of the result.
struct TokenTrainTuning {
  TokenLauncher launcher = TokenLauncher::automatic;
  std::uint32_t steps_per_launch = 0;  // 0: as many as keep progress and cancelling alive
  std::size_t upload_bytes = std::size_t{8} << 20;  // of a piece of the table
};

// One training run.
class TokenTrainer {
 public:
  using OnEpoch = std::function<void(std::uint32_t, const EpochLoss&)>;

  TokenTrainer(int device, const TokenMatrix& data, const Tokenizer& tokenizer,
               const TrainSettings& options, const TokenTrainTuning& tuning,
               const CudaAllocator& allocator, Monitor& monitor);
  ~TokenTrainer();  // waits for the GPU
  TokenTrainer(const TokenTrainer&) = delete;
  TokenTrainer& operator=(const TokenTrainer&) = delete;

  TokenNetwork run(const OnEpoch& on_epoch);

 private:
  // The plan's tables on the device.
  struct Tables {
    DeviceArray<DeviceToken> tokens;
    DeviceArray<TileTask> tiles;
    DeviceArray<ScatterTask> scatters;
  };

  void upload_table();
  void upload_plan(const std::vector<float>& parameters);
  void fill(const StepRange& range, std::span<TokenStep> steps);
  void enqueue(const StepRange& range, const TokenStep* step, float* losses);
  void train_epochs(std::uint32_t first, std::uint32_t count, const OnEpoch& on_epoch);
  double held_out_loss();
  void copy_state(float* to, const float* from);
  bool follow_held_out_rows(double loss);
  void download_parameters();

  const TokenMatrix& data_;
  const Tokenizer& tokenizer_;
  const TrainSettings& options_;
  TokenTrainTuning tuning_;
  CudaAllocator allocator_;
  Monitor& monitor_;
  std::uint32_t held_out_;  // rows behind the others
  TrainingLength length_;
  TokenNetwork network_;
  TokenTrainPlan plan_;
  TrainSchedule schedule_;
  EarlyStop early_stop_;
  std::uint64_t next_step_ = 0;  // of all epochs

  LaunchPipeline<TokenStep> pipeline_;
  DeviceArray<std::uint8_t> table_;
  DeviceArray<float> state_;  // parameters and the two moments, one behind the other
  DeviceArray<float> kept_;   // the same, of the best epoch; only where it stops early
  // Where rows are held out: a state for steps that change nothing, and what those steps are told
  // and say.
  DeviceArray<float> held_out_state_;
  DeviceArray<TokenStep> held_out_steps_;
  DeviceArray<float> held_out_losses_;
  DeviceArray<std::byte> workspace_;
  Tables tables_;
};

}  // namespace cuvae::cuda
