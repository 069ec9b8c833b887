#include "step_comparison.hpp"

#include <algorithm>
#include <bit>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/shuffle.hpp"

namespace cuvae::cuda {
namespace {

void check(cudaError_t status) {
  if (status == cudaSuccess) return;
  throw std::runtime_error(std::string("CUDA: ") + cudaGetErrorString(status));
}

// Device memory with a guard behind it that must stay as it was.
class DeviceFloats {
 public:
  explicit DeviceFloats(std::size_t count) : count_(count) {
    check(cudaMalloc(reinterpret_cast<void**>(&data_), bytes() + guard_bytes));
    check(cudaMemset(reinterpret_cast<char*>(data_) + bytes(), guard_byte, guard_bytes));
  }
  explicit DeviceFloats(const std::vector<float>& values) : DeviceFloats(values.size()) {
    check(cudaMemcpy(data_, values.data(), bytes(), cudaMemcpyHostToDevice));
  }
  DeviceFloats(const DeviceFloats&) = delete;
  DeviceFloats& operator=(const DeviceFloats&) = delete;
  ~DeviceFloats() { cudaFree(data_); }

  float* get() const { return data_; }
  std::vector<float> read() const {
    std::vector<float> values(count_);
    check(cudaMemcpy(values.data(), data_, bytes(), cudaMemcpyDeviceToHost));
    std::vector<unsigned char> guard(guard_bytes);
    check(cudaMemcpy(guard.data(), reinterpret_cast<char*>(data_) + bytes(), guard_bytes,
                     cudaMemcpyDeviceToHost));
    EXPECT_EQ(std::count(guard.begin(), guard.end(), guard_byte), guard_bytes);
    return values;
  }

 private:
  static constexpr int guard_bytes = 256;
  static constexpr unsigned char guard_byte = 0x5a;

  std::size_t bytes() const { return count_ * sizeof(float); }

  std::size_t count_;
  float* data_ = nullptr;
};

class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking)); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { cudaStreamDestroy(stream_); }
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

// Puts work into a stream by way of a graph that captured it.
template <class F>
void launch_captured(cudaStream_t stream, F&& enqueue) {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  enqueue();
  check(cudaStreamEndCapture(stream, &graph));
  check(cudaGraphInstantiate(&replay, graph, 0));
  check(cudaGraphLaunch(replay, stream));
  check(cudaGraphExecDestroy(replay));
  check(cudaGraphDestroy(graph));
}

plain::State initial_state(const Problem& problem) {
  const std::size_t count = parameter_count(problem.shape);
  return {plain::initial_parameters(problem.shape, problem.seed), std::vector<float>(count),
          std::vector<float>(count)};
}

std::size_t different(const std::vector<float>& a, const std::vector<float>& b) {
  std::size_t count = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i])) ++count;
  }
  return count;
}

}  // namespace

std::vector<float> Problem::table() const {
  std::vector<float> values(std::size_t{rows} * stride());
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t column = 0; column < shape.columns; ++column) {
      const std::uint32_t word = philox4x32_10({{row, column, 0, 0}}, seed).word[0];
      // Some numbers are exactly 0 or 1, as in a table with labels.
      values[row * stride() + column] =
          word % 4 == 0 ? static_cast<float>(word >> 31) : static_cast<float>(word >> 8) * 0x1p-24F;
    }
  }
  return values;
}

Trained train_plainly(const Problem& problem) {
  const std::vector<float> table = problem.table();
  Trained trained{initial_state(problem), {}};
  AdamSteps step_sizes(1e-3F);
  for (std::uint32_t epoch = 0; epoch < problem.epochs; ++epoch) {
    const Shuffle shuffle = make_shuffle(problem.rows, problem.seed, epoch);
    for (std::uint32_t first = 0; first < problem.rows; first += problem.batch_size) {
      plain::Batch batch;
      std::vector<std::vector<float>> noise;
      for (std::uint32_t r = first; r < problem.rows && r - first < problem.batch_size; ++r) {
        const std::uint32_t row = shuffled_row(shuffle, r);
        batch.rows.push_back(table.data() + row * problem.stride());
        batch.row_numbers.push_back(row);
        noise.push_back(plain::row_noise(row, epoch,
                                         static_cast<std::uint32_t>(Purpose::training_noise),
                                         problem.shape.latent, problem.seed));
      }
      const plain::BatchSums sums = plain::batch_sums(
          problem.shape, trained.state.parameters, batch, noise, problem.loss, problem.kl_weight);
      plain::adam_update(trained.state, sums.gradient, step_sizes.next());
      trained.losses.insert(trained.losses.end(), {sums.reconstruction, sums.kl_terms});
    }
  }
  return trained;
}

Trained train_on_device(const Problem& problem, const Run& run) {
  DeviceLimits limits = run.limits;
  if (limits.shared_bytes_per_block == 0) check(device_limits(0, limits));
  const TrainPlan plan = plan_training(problem.shape, problem.batch_size, limits, run.choice);
  if (run.choice.launcher != Launcher::automatic) {
    EXPECT_EQ(plan.launcher, run.choice.launcher);
  }

  const plain::State initial = initial_state(problem);
  const std::uint32_t epoch_steps = steps_per_epoch(problem.rows, problem.batch_size);
  const std::uint32_t launch_steps = run.steps_per_launch == 0 ? epoch_steps : run.steps_per_launch;
  std::vector<float> sizes(std::size_t{problem.epochs} * epoch_steps);
  AdamSteps adam_steps(1e-3F);
  for (float& size : sizes) size = adam_steps.next();

  const Stream stream;
  const DeviceFloats table(problem.table());
  const DeviceFloats step_sizes(sizes);
  const DeviceFloats parameters(initial.parameters);
  const DeviceFloats moment_1(initial.moment_1);
  const DeviceFloats moment_2(initial.moment_2);
  const DeviceFloats losses(2 * sizes.size());
  const DeviceFloats workspace(plan.workspace_bytes / sizeof(float));
  check(cudaDeviceSynchronize());
  StepGraph graph;
  if (run.replay) check(graph.capture(plan, workspace.get(), stream.get()));

  for (std::uint32_t epoch = 0; epoch < problem.epochs; ++epoch) {
    for (std::uint32_t first = 0; first < epoch_steps; first += launch_steps) {
      TrainSteps steps;
      steps.table = table.get();
      steps.stride = problem.stride();
      steps.shuffle = make_shuffle(problem.rows, problem.seed, epoch);
      steps.seed = problem.seed;
      steps.epoch = epoch;
      steps.first_step = first;
      steps.steps = std::min(launch_steps, epoch_steps - first);
      steps.loss = problem.loss;
      steps.kl_weight = problem.kl_weight;
      const std::size_t done = std::size_t{epoch} * epoch_steps + first;
      steps.step_sizes = step_sizes.get() + done;
      steps.parameters = parameters.get();
      steps.moment_1 = moment_1.get();
      steps.moment_2 = moment_2.get();
      steps.losses = losses.get() + 2 * done;
      const auto enqueue = [&] {
        check(run.replay ? graph.enqueue_steps(steps, stream.get())
                         : enqueue_steps(plan, steps, workspace.get(), stream.get()));
      };
      if (run.captured) {
        launch_captured(stream.get(), enqueue);
      } else {
        enqueue();
      }
    }
  }
  check(cudaStreamSynchronize(stream.get()));
  workspace.read();  // for its guard
  return {{parameters.read(), moment_1.read(), moment_2.read()}, losses.read()};
}

void expect_equal(const Trained& expected, const Trained& actual) {
  EXPECT_EQ(different(expected.losses, actual.losses), 0U) << "of " << expected.losses.size();
  EXPECT_EQ(different(expected.state.parameters, actual.state.parameters), 0U)
      << "of " << expected.state.parameters.size();
  EXPECT_EQ(different(expected.state.moment_1, actual.state.moment_1), 0U);
  EXPECT_EQ(different(expected.state.moment_2, actual.state.moment_2), 0U);
}

}  // namespace cuvae::cuda
