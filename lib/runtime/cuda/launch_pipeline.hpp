// The steps of a training on their way through the GPU, whatever network is trained.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <cuvae/monitor.hpp>

#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

// How long a training is, and in what portions its steps are put to the GPU.
struct TrainingLength {
  std::uint32_t rows = 0;        // of an epoch, at least 1
  std::uint32_t batch_size = 0;  // rows of a step; an epoch's last one may have fewer
  std::uint32_t epochs = 0;
  std::uint32_t steps_per_launch = 0;  // 0: as many as rows_per_launch holds
  std::uint64_t rows_per_launch = 0;

  std::uint32_t steps_per_epoch() const { return (rows - 1) / batch_size + 1; }
  // A launch goes no further than its epoch.
  std::uint32_t most_steps_of_launch() const {
    const std::uint64_t steps =
        steps_per_launch != 0 ? steps_per_launch : rows_per_launch / batch_size;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(steps, 1, steps_per_epoch()));
  }
};

// Steps [first, first + count) of an epoch.
struct StepRange {
  std::uint32_t epoch = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// The losses of an epoch's steps, added up in the order of the steps.
struct LossSums {
  double reconstruction = 0;
  double kl = 0;
};

// One for the kernels, which follow one another without a gap; one that brings data ahead of them;
// one that takes results home behind them.
struct TrainingStreams {
  Stream kernels;
  Stream arriving;
  Stream leaving;

  // What was allocated in the order of the kernels may be used in the others from now on.
  void share_allocations() const;
  // Waits for all three, whatever became of their work.
  void drain() const;
};

// Puts the steps of a training to the GPU, some at a time. `Step` is what the host tells the
// kernels of each. Its streams give memory back that its owner took in their order, so it is the
// owner's first member of that kind; an owner whose memory is not the streams' drains them first.
template <class Step>
class LaunchPipeline {
 public:
  LaunchPipeline(const TrainingLength& length, const CudaAllocator& allocator, Monitor& monitor)
      : length_(length), monitor_(monitor) {
    for (std::size_t i = 0; i < launches_in_flight; ++i) {
      launches_.push_back(
          std::make_unique<Launch>(length.most_steps_of_launch(), streams_.kernels, allocator));
    }
  }
  ~LaunchPipeline() { streams_.drain(); }
  LaunchPipeline(const LaunchPipeline&) = delete;
  LaunchPipeline& operator=(const LaunchPipeline&) = delete;

  const TrainingLength& length() const { return length_; }
  const TrainingStreams& streams() const { return streams_; }
  cudaStream_t stream() const { return streams_.kernels.get(); }

  // All epochs, or `count` of them from `first` on, until the last loss is home. Throws where the
  // monitor wants it to stop.
  //   fill(range, steps)             what the kernels are told of each step, in the steps' order
  //   enqueue(range, steps, losses)  puts the kernels into stream(); both arrays are device memory:
  //                                  [count] and [count, 2], reconstruction and KL of each step
  //   check(epoch, step, reconstruction, kl)  of each step, in order; throws to stop
  //   end_epoch(epoch, sums)         when the losses of an epoch are complete
  template <class Fill, class Enqueue, class Check, class EndEpoch>
  void run(Fill&& fill, Enqueue&& enqueue, Check&& check, EndEpoch&& end_epoch) {
    run_epochs(0, length_.epochs, fill, enqueue, check, end_epoch);
  }
  template <class Fill, class Enqueue, class Check, class EndEpoch>
  void run_epochs(std::uint32_t first, std::uint32_t count, Fill&& fill, Enqueue&& enqueue,
                  Check&& check, EndEpoch&& end_epoch) {
    streams_.share_allocations();
    const std::uint32_t steps_of_epoch = length_.steps_per_epoch();
    const std::uint32_t most_steps = length_.most_steps_of_launch();
    std::size_t number = 0;  // of the launch
    for (std::uint32_t epoch = first; epoch < first + count; ++epoch) {
      for (std::uint32_t step = 0; step < steps_of_epoch; step += most_steps, ++number) {
        monitor_.check();
        Launch& launch = *launches_[number % launches_in_flight];
        if (number >= launches_in_flight) take_home(launch, check, end_epoch);
        launch.range = {epoch, step, std::min(most_steps, steps_of_epoch - step)};
        fill(launch.range, launch.host_steps.span().first(launch.range.count));
        bring_steps(launch);
        enqueue(launch.range, static_cast<const Step*>(launch.steps.get()), launch.losses.get());
        send_losses(launch);
      }
    }
    for (std::size_t n = number - std::min(number, launches_in_flight); n < number; ++n) {
      monitor_.check();
      take_home(*launches_[n % launches_in_flight], check, end_epoch);
    }
  }

 private:
  // One launch computes, one waits behind it, one has its losses read.
  static constexpr std::size_t launches_in_flight = 3;

  // Buffers of a launch, used again when its losses are home.
  struct Launch {
    Launch(std::uint32_t most_steps, const Stream& stream, const CudaAllocator& allocator)
        : host_steps(most_steps, "step sizes"),
          host_losses(std::size_t{2} * most_steps, "losses of steps"),
          steps(most_steps, stream.get(), allocator, "step sizes"),
          losses(std::size_t{2} * most_steps, stream.get(), allocator, "losses of steps") {}
    PinnedArray<Step> host_steps;
    PinnedArray<float> host_losses;
    DeviceArray<Step> steps;
    DeviceArray<float> losses;
    Event steps_there;
    Event computed;
    Event losses_home;
    StepRange range;
  };

  void bring_steps(Launch& launch) {
    CUVAE_CUDA(cudaMemcpyAsync(launch.steps.get(), launch.host_steps.get(),
                               launch.range.count * sizeof(Step), cudaMemcpyHostToDevice,
                               streams_.arriving.get()));
    launch.steps_there.record(streams_.arriving);
    wait_for(streams_.kernels, launch.steps_there);
  }

  void send_losses(Launch& launch) {
    launch.computed.record(streams_.kernels);
    wait_for(streams_.leaving, launch.computed);
    CUVAE_CUDA(cudaMemcpyAsync(launch.host_losses.get(), launch.losses.get(),
                               std::size_t{2} * launch.range.count * sizeof(float),
                               cudaMemcpyDeviceToHost, streams_.leaving.get()));
    launch.losses_home.record(streams_.leaving);
  }

  // Waits for a launch's losses, adds them up and reports.
  template <class Check, class EndEpoch>
  void take_home(const Launch& launch, Check&& check, EndEpoch&& end_epoch) {
    launch.losses_home.synchronize();
    const StepRange& range = launch.range;
    for (std::uint32_t s = 0; s < range.count; ++s) {
      const auto reconstruction = static_cast<double>(launch.host_losses.get()[2 * s]);
      const auto kl = static_cast<double>(launch.host_losses.get()[2 * s + 1]);
      check(range.epoch, range.first + s, reconstruction, kl);
      sums_.reconstruction += reconstruction;
      sums_.kl += kl;
    }
    const std::uint32_t steps_done = range.first + range.count;
    const std::uint64_t rows_done =
        std::min<std::uint64_t>(std::uint64_t{steps_done} * length_.batch_size, length_.rows);
    monitor_.progress("train", std::uint64_t{range.epoch} * length_.rows + rows_done,
                      std::uint64_t{length_.epochs} * length_.rows);
    if (steps_done != length_.steps_per_epoch()) return;
    const LossSums sums = std::exchange(sums_, {});
    end_epoch(range.epoch, sums);
  }

  TrainingLength length_;
  Monitor& monitor_;
  LossSums sums_;  // of the epoch that is coming home
  TrainingStreams streams_;
  std::vector<std::unique_ptr<Launch>> launches_;
};

}  // namespace cuvae::cuda
