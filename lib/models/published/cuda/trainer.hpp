// Drives the training kernels of kernels/published/train.cuh.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include <cuvae/cuda.hpp>
#include <cuvae/matrix.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/train.hpp>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/published/train.cuh"
#include "runtime/cuda/launch_pipeline.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

// How the steps are put to the GPU; none of it changes a bit of the result.
struct TrainTuning {
  LauncherChoice launcher;
  std::uint32_t steps_per_launch = 0;  // 0: as many as keep progress and cancelling alive
  std::size_t upload_bytes = std::size_t{8} << 20;  // of a piece of the table
};

using OnEpoch = std::function<void(std::uint32_t, const EpochLoss&)>;

// One training run.
class PublishedTrainer {
 public:
  PublishedTrainer(int device, const Matrix& data, const TrainSettings& options,
                   const TrainTuning& tuning, const CudaAllocator& allocator, Monitor& monitor);
  ~PublishedTrainer();  // waits for the GPU
  PublishedTrainer(const PublishedTrainer&) = delete;
  PublishedTrainer& operator=(const PublishedTrainer&) = delete;

  PublishedNetwork run(const OnEpoch& on_epoch);

 private:
  void upload_table();
  void upload_parameters();
  void enqueue(const StepRange& range, const float* step_sizes, float* losses);
  EpochLoss mean_loss(const LossSums& sums) const;
  void download_parameters();

  const Matrix& data_;
  const TrainSettings& options_;
  TrainTuning tuning_;
  Monitor& monitor_;
  PublishedShape shape_;
  std::uint32_t stride_;  // floats from row to row on the device
  TrainPlan plan_;
  AdamSteps step_sizes_;
  PublishedNetwork network_;

  LaunchPipeline<float> pipeline_;  // a step is the size of Adam's
  DeviceArray<float> table_;
  DeviceArray<float> state_;  // parameters and the two moments, one behind the other
  DeviceArray<std::byte> workspace_;
  PinnedArray<float> host_parameters_;
  StepGraph step_graph_;
};

}  // namespace cuvae::cuda
