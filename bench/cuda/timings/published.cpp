// The published network: rows of the endless table, and training by each launcher.
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/published/reference.hpp"
#include "kernels/published/train.cuh"
#include "models/published/cuda/decoder.hpp"
#include "runtime/cuda/memory.hpp"
#include "timer.hpp"

namespace cuvae::timings {
namespace {

using cuda::DeviceArray;

// Cells as a card table has them: 15 columns in 25 bytes.
std::vector<ColumnCoding> card_codings() {
  std::vector<ColumnCoding> codings;
  for (const std::uint32_t span : {1999U, 8U, 29U, 11U, 30U, 1439U, 732'069U, 2U, 99'999U, 13'429U,
                                   223U, 27'321U, 108U, 23U, 1U}) {
    codings.push_back({false, span, span < 256 ? 1U : span < 65536 ? 2U : 4U});
  }
  return codings;
}

PublishedNetwork network_of(const PublishedShape& shape) {
  return {shape, plain::initial_parameters(shape, 1), {}};
}

void time_device_rows(Timer& timer, const PublishedShape& shape) {
  const std::uint32_t rows = timer.scale().rows(2'000'000, 256);
  const StopWatch watch;
  const CudaGenerator generator(network_of(shape), 0);
  const DeviceArray<float> out(std::size_t{rows} * shape.columns, timer.stream(), {}, "rows");
  const double setup = watch.milliseconds();
  timer.line(fmt::format("{} columns as floats, to device memory", shape.columns), setup, rows,
             [&] { generator.rows(1, 0, rows, out.get(), shape.columns, timer.stream()); });
  if (shape.columns != 15) return;
  std::vector<CudaColumn> columns;
  auto* memory = reinterpret_cast<std::byte*>(out.get());
  for (const ColumnCoding& coding : card_codings()) {
    columns.push_back({memory, coding.span, coding.width, false});
    memory += std::size_t{rows} * coding.width;
  }
  timer.line("15 columns as codes, to device memory", setup, rows,
             [&] { generator.codes(1, 0, rows, columns, timer.stream()); });
}

// As `cuvae generate` takes them, pinned memory made before.
void time_host_rows(Timer& timer) {
  constexpr std::uint32_t block_rows = 16'384;
  const std::uint32_t rows = timer.scale().rows(100 * block_rows, block_rows);
  const StopWatch watch;
  const auto generator = cuda::make_cuda_published_generator(0, network_of({}), card_codings(), 1,
                                                             1, block_rows, 0, rows);
  const double setup = watch.milliseconds();
  timer.host_line("15 columns as codes, to host memory", setup, rows, [&] {
    for (std::uint32_t first = 0; first < rows; first += block_rows) {
      generator->codes(0, first, block_rows);
    }
  });
}

// Enough for training steps one after the other, in device memory.
class TrainingRun {
 public:
  TrainingRun(Timer& timer, const cuda::TrainPlan& plan, std::uint32_t steps)
      : timer_(timer),
        plan_(plan),
        rows_(plan.batch_size * steps),
        stride_((plan.shape.columns + 3) / 4 * 4),
        table_(std::size_t{rows_} * stride_, timer.stream(), {}, "a table"),
        state_(3 * parameter_count(plan.shape), timer.stream(), {}, "parameters"),
        sizes_(steps, timer.stream(), {}, "step sizes"),
        losses_(std::size_t{2} * steps, timer.stream(), {}, "losses"),
        workspace_(plan.workspace_bytes, timer.stream(), {}, "the kernels") {
    const std::vector<float> parameters = plain::initial_parameters(plan.shape, 1);
    const std::vector<float> sizes(steps, 1e-3F);
    const std::vector<float> table(table_.size(), 0.5F);
    upload(parameters, state_.get());
    CUVAE_CUDA(cudaMemsetAsync(state_.get() + parameters.size(), 0,
                               2 * parameters.size() * sizeof(float), timer.stream()));
    upload(sizes, sizes_.get());
    upload(table, table_.get());
    timer.owned_stream().synchronize();
    const std::size_t count = parameters.size();
    steps_.table = table_.get();
    steps_.stride = stride_;
    steps_.shuffle = make_shuffle(rows_, 1, 0);
    steps_.seed = 1;
    steps_.steps = steps;
    steps_.step_sizes = sizes_.get();
    steps_.parameters = state_.get();
    steps_.moment_1 = state_.get() + count;
    steps_.moment_2 = state_.get() + 2 * count;
    steps_.losses = losses_.get();
  }

  std::uint32_t rows() const { return rows_; }
  void enqueue() const {
    CUVAE_CUDA(cuda::enqueue_steps(plan_, steps_, workspace_.get(), timer_.stream()));
  }
  void capture() { CUVAE_CUDA(graph_.capture(plan_, workspace_.get(), timer_.stream())); }
  void replay() { CUVAE_CUDA(graph_.enqueue_steps(steps_, timer_.stream())); }

 private:
  void upload(const std::vector<float>& values, float* to) const {
    CUVAE_CUDA(cudaMemcpyAsync(to, values.data(), values.size() * sizeof(float),
                               cudaMemcpyHostToDevice, timer_.stream()));
    timer_.owned_stream().synchronize();
  }

  Timer& timer_;
  cuda::TrainPlan plan_;
  std::uint32_t rows_;
  std::uint32_t stride_;
  DeviceArray<float> table_;
  DeviceArray<float> state_;
  DeviceArray<float> sizes_;
  DeviceArray<float> losses_;
  DeviceArray<std::byte> workspace_;
  cuda::TrainSteps steps_;
  cuda::StepGraph graph_;
};

struct Form {
  const char* name;
  cuda::LauncherChoice choice;
  bool replay = false;
};

constexpr Form forms[] = {
    {"one block", {cuda::Launcher::block, 0}},
    {"a cluster of 2", {cuda::Launcher::cluster, 2}},
    {"a cluster of 4", {cuda::Launcher::cluster, 4}},
    {"a cluster of 8", {cuda::Launcher::cluster, 8}},
    {"a cluster of 16", {cuda::Launcher::cluster, 16}},
    {"kernels one by one", {cuda::Launcher::graph, 0}},
    {"kernels replayed as a graph", {cuda::Launcher::graph, 0}, true},
};

void time_training(Timer& timer, const Form& form, std::uint32_t batch_size) {
  const std::uint32_t steps = timer.scale().rows(100, 2);
  const std::string what = fmt::format("batch {}, {} steps, {}", batch_size, steps, form.name);
  timer.part(what, [&] {
    cuda::DeviceLimits limits;
    CUVAE_CUDA(cuda::device_limits(0, limits));
    const StopWatch watch;
    TrainingRun run(timer, cuda::plan_training({}, batch_size, limits, form.choice), steps);
    if (form.replay) run.capture();
    timer.line(what, watch.milliseconds(), run.rows(), [&] {
      if (form.replay) {
        run.replay();
      } else {
        run.enqueue();
      }
    });
  });
}

}  // namespace

void time_published(Timer& timer) {
  timer.section("The published network: rows");
  for (const PublishedShape& shape : {PublishedShape{}, PublishedShape{64, {64, 64}, 16}}) {
    timer.part("rows", [&] { time_device_rows(timer, shape); });
  }
  timer.part("rows to the host", [&] { time_host_rows(timer); });
  timer.section("The published network: training steps");
  for (const std::uint32_t batch_size : {500U, 32U, 4096U}) {
    if (timer.scale().smallest && batch_size != 32) continue;
    for (const Form& form : forms) time_training(timer, form, batch_size);
  }
}

}  // namespace cuvae::timings
