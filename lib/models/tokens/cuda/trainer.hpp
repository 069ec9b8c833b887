// Drives the training kernels of kernels/tokens/train.cuh.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <cuvae/cuda.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/token_network.hpp>

#include "kernels/tokens/schedule.hpp"
#include "kernels/tokens/train.cuh"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

// How the steps are put to the GPU; none of it changes a bit of the result.
struct TokenTrainTuning {
  TokenLauncher launcher = TokenLauncher::automatic;
  std::uint32_t steps_per_launch = 0;  // 0: as many as keep progress and cancelling alive
  std::size_t upload_bytes = std::size_t{8} << 20;  // of a piece of the table
};

// One training run; see Training, which does the same for the published network.
class TokenTraining {
 public:
  using OnEpoch = std::function<void(std::uint32_t, const EpochLoss&)>;

  TokenTraining(int device, const TokenMatrix& data, const Tokenizer& tokenizer,
                const TrainSettings& options, const TokenTrainTuning& tuning,
                const CudaAllocator& allocator, Monitor& monitor);
  ~TokenTraining();  // waits for the GPU
  TokenTraining(const TokenTraining&) = delete;
  TokenTraining& operator=(const TokenTraining&) = delete;

  TokenNetwork run(const OnEpoch& on_epoch);

 private:
  // Buffers of a launch, used again when its losses are home.
  struct Launch {
    Launch(std::uint32_t most_steps, const Stream& stream, const CudaAllocator& allocator);
    PinnedArray<TokenStep> host_steps;
    PinnedArray<float> host_losses;
    DeviceArray<TokenStep> step;
    DeviceArray<float> losses;
    Event steps_there;
    Event computed;
    Event losses_home;
    std::uint32_t epoch = 0;
    std::uint32_t first_step = 0;
    std::uint32_t steps = 0;
  };
  // The plan's tables on the device.
  struct Tables {
    DeviceArray<DeviceToken> tokens;
    DeviceArray<TileTask> tiles;
    DeviceArray<ScatterTask> scatters;
  };

  void upload_rows();
  void upload_plan(const std::vector<float>& parameters);
  void enqueue(Launch& launch, const Shuffle& shuffle);
  // Waits for a launch's losses, adds them up in the order of the steps and reports.
  void take_home(const Launch& launch, const OnEpoch& on_epoch);
  void download_parameters();

  const TokenMatrix& data_;
  const Tokenizer& tokenizer_;
  const TrainSettings& options_;
  TokenTrainTuning tuning_;
  CudaAllocator allocator_;
  Monitor& monitor_;
  std::uint32_t rows_;
  std::uint32_t batch_size_;
  std::uint32_t steps_of_epoch_;
  std::uint32_t steps_per_launch_;
  TokenNetwork network_;
  TokenTrainPlan plan_;
  TrainSchedule schedule_;
  std::uint64_t next_step_ = 0;  // of all epochs
  double reconstruction_ = 0;
  double kl_ = 0;

  Stream kernels_;
  Stream arriving_;
  Stream leaving_;
  DeviceArray<std::uint8_t> table_;
  DeviceArray<float> state_;  // parameters and the two moments, one behind the other
  DeviceArray<std::byte> workspace_;
  Tables tables_;
  std::vector<std::unique_ptr<Launch>> launches_;
};

}  // namespace cuvae::cuda
