// Drives the training kernels of kernels/published/train.cuh.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include <cuvae/cuda.hpp>
#include <cuvae/matrix.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/train.hpp>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/published/train.cuh"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

// How the steps are put to the GPU; none of it changes a bit of the result.
struct TrainTuning {
  LauncherChoice launcher;
  std::uint32_t steps_per_launch = 0;  // 0: as many as keep progress and cancelling alive
  std::size_t upload_bytes = std::size_t{8} << 20;  // of a piece of the table
};

using OnEpoch = std::function<void(std::uint32_t, const EpochLoss&)>;

// One training run. Three streams: one for the kernels, which follow one another without a gap;
// one that brings step sizes ahead of them; one that takes losses home behind them.
class Training {
 public:
  Training(int device, const Matrix& data, const TrainSettings& options, const TrainTuning& tuning,
           const CudaAllocator& allocator, Monitor& monitor);
  ~Training();  // waits for the GPU
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  PublishedNetwork run(const OnEpoch& on_epoch);

 private:
  // Buffers of a launch, used again when its losses are home.
  struct Launch {
    Launch(std::uint32_t steps, const Stream& stream, const CudaAllocator& allocator);
    PinnedArray<float> host_step_sizes;
    PinnedArray<float> host_losses;
    DeviceArray<float> step_sizes;
    DeviceArray<float> losses;
    Event step_sizes_there;
    Event computed;
    Event losses_home;
    std::uint32_t epoch = 0;
    std::uint32_t first_step = 0;
    std::uint32_t steps = 0;
  };

  void upload_table();
  void upload_parameters();
  void enqueue(Launch& launch, const Shuffle& shuffle);
  // Waits for a launch's losses, adds them up in the order of the steps and reports.
  void take_home(const Launch& launch, const OnEpoch& on_epoch);
  void download_parameters();

  const Matrix& data_;
  const TrainSettings& options_;
  TrainTuning tuning_;
  CudaAllocator allocator_;
  Monitor& monitor_;
  PublishedShape shape_;
  std::uint32_t rows_;
  std::uint32_t stride_;  // floats from row to row on the device
  std::uint32_t steps_of_epoch_;
  std::uint32_t steps_per_launch_;
  TrainPlan plan_;
  AdamSteps step_sizes_;
  PublishedNetwork network_;
  double reconstruction_ = 0;
  double kl_terms_ = 0;

  Stream kernels_;
  Stream arriving_;
  Stream leaving_;
  DeviceArray<float> table_;
  DeviceArray<float> state_;  // parameters and the two moments, one behind the other
  DeviceArray<std::byte> workspace_;
  PinnedArray<float> host_parameters_;
  StepGraph step_graph_;
  std::vector<std::unique_ptr<Launch>> launches_;
};

}  // namespace cuvae::cuda
