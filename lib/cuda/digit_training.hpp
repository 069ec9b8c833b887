// Drives the training kernels of kernels/digit_train.cuh.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <cuvae/cuda.hpp>
#include <cuvae/digit_network.hpp>
#include <cuvae/monitor.hpp>

#include "cuda/handles.hpp"
#include "cuda/memory.hpp"
#include "kernels/digit_steps.hpp"
#include "kernels/digit_train.cuh"

namespace cuvae::cuda {

// How the steps are put to the GPU; none of it changes a bit of the result.
struct DigitTrainTuning {
  DigitLauncher launcher = DigitLauncher::automatic;
  std::uint32_t steps_per_launch = 0;  // 0: as many as keep progress and cancelling alive
  std::size_t upload_bytes = std::size_t{8} << 20;  // of a piece of the table
};

// One training run; see Training, which does the same for the published network.
class DigitTraining {
 public:
  using OnEpoch = std::function<void(std::uint32_t, const EpochLoss&)>;

  DigitTraining(int device, const DigitMatrix& data, const Codec& codec,
                const TrainOptions& options, const DigitTrainTuning& tuning,
                const CudaAllocator& allocator, Monitor& monitor);
  ~DigitTraining();  // waits for the GPU
  DigitTraining(const DigitTraining&) = delete;
  DigitTraining& operator=(const DigitTraining&) = delete;

  TrainedDigits run(const OnEpoch& on_epoch);

 private:
  // Buffers of a launch, used again when its losses are home.
  struct Launch {
    Launch(std::uint32_t most_steps, const Stream& stream, const CudaAllocator& allocator);
    PinnedArray<DigitStep> host_steps;
    PinnedArray<float> host_losses;
    DeviceArray<DigitStep> step;
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
    DeviceArray<DeviceDigit> digits;
    DeviceArray<TileTask> tiles;
    DeviceArray<ScatterTask> scatters;
  };

  void upload_rows();
  void upload_plan(const std::vector<float>& parameters);
  void enqueue(Launch& launch, const Shuffle& shuffle);
  // Waits for a launch's losses, adds them up in the order of the steps and reports.
  void take_home(const Launch& launch, const OnEpoch& on_epoch);
  void download_parameters();

  const DigitMatrix& data_;
  const Codec& codec_;
  const TrainOptions& options_;
  DigitTrainTuning tuning_;
  CudaAllocator allocator_;
  Monitor& monitor_;
  std::uint32_t rows_;
  std::uint32_t batch_size_;
  std::uint32_t steps_of_epoch_;
  std::uint32_t steps_per_launch_;
  TrainedDigits network_;
  DigitTrainPlan plan_;
  DigitSteps schedule_;
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
