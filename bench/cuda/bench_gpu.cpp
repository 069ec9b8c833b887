// Training and generating on the GPU. Times are the wall clock around work that is waited for.
#include <benchmark/benchmark.h>
#include <random>

#include <cuvae/cuda.hpp>
#include <cuvae/error.hpp>

#include "kernels/published/reference.hpp"
#include "measure/unfused/training.hpp"
#include "models/published/backend.hpp"
#include "models/published/cuda/trainer.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t device_rows = 2'000'000;
constexpr std::uint32_t block_rows = 16'384;

bool skipped(benchmark::State& state) {
  const DeviceInfo device = list_cuda_devices().front();
  if (device.usable) return false;
  state.SkipWithError(device.problem.c_str());
  return true;
}

PublishedNetwork network_of(const PublishedShape& shape) {
  return {shape, plain::initial_parameters(shape, 1), {}};
}

// Cells as a card table has them: 15 columns in 25 bytes.
ScaledOutput card_output() {
  Schema schema;
  for (const std::uint32_t span : {1999U, 8U, 29U, 11U, 30U, 1439U, 732'069U, 2U, 99'999U, 13'429U,
                                   223U, 27'321U, 108U, 23U, 1U}) {
    ColumnSchema& column = schema.columns.emplace_back();
    column.kind = ColumnKind::continuous;
    column.maximum = span;
  }
  return ScaledOutput(schema);
}

PublishedShape shape_of(const benchmark::State& state) {
  return state.range(0) == 0 ? PublishedShape{} : PublishedShape{64, {64, 64}, 16};
}

void device_floats(benchmark::State& state) {
  if (skipped(state)) return;
  const PublishedNetwork network = network_of(shape_of(state));
  const CudaGenerator generator(network, 0);
  const cuda::Stream stream;
  const std::uint32_t columns = generator.columns();
  const cuda::DeviceArray<float> out(std::size_t{device_rows} * columns, stream.get(), {}, "rows");
  for (auto _ : state) {
    generator.rows(1, 0, device_rows, out.get(), columns, stream.get());
    stream.synchronize();
  }
  state.SetItemsProcessed(state.iterations() * device_rows);
}
BENCHMARK(device_floats)->ArgName("largest")->Arg(0)->Arg(1)->UseRealTime();

void host_codes(benchmark::State& state) {
  if (skipped(state)) return;
  const auto backend = make_cuda_published_backend(0);
  const ScaledOutput output = card_output();
  for (auto _ : state) {
    const auto generator =
        backend->generator(network_of({}), output, {1, 0, device_rows, 1, block_rows});
    for (std::uint32_t first = 0; first < device_rows; first += block_rows) {
      const std::uint32_t rows = std::min(block_rows, device_rows - first);
      benchmark::DoNotOptimize(generator->codes(0, first, rows).columns.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * device_rows);
}
BENCHMARK(host_codes)->UseRealTime();

constexpr std::uint64_t training_rows = 500'000;

Matrix random_table() {
  constexpr std::uint64_t rows = training_rows;
  Matrix data(rows, 15);
  std::mt19937 engine(1);
  std::uniform_real_distribution<float> draw(0, 1);
  for (std::uint64_t r = 0; r < rows; ++r) {
    for (std::uint32_t c = 0; c < 15; ++c) data.row(r)[c] = draw(engine);
  }
  return data;
}

void train_epoch(benchmark::State& state) {
  if (skipped(state)) return;
  const Matrix data = random_table();
  TrainSettings options;
  options.epochs = 1;
  cuda::TrainTuning tuning;
  tuning.launcher.launcher = static_cast<cuda::Launcher>(state.range(0));
  Monitor quiet;
  for (auto _ : state) {
    cuda::PublishedTrainer trainer(0, data, options, tuning, {}, quiet);
    benchmark::DoNotOptimize(trainer.run({}).parameters.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(training_rows));
}
// 0 automatic, 2 one block, 3 graph; the first takes a cluster where there is one.
BENCHMARK(train_epoch)->ArgName("launcher")->Arg(0)->Arg(2)->Arg(3)->UseRealTime();

// The same epoch without fusion: products by cuBLASLt and noise by cuRAND, or plain ones; launched
// one by one, or the step replayed as a graph. The table is on the device already, which flatters
// it.
void train_epoch_unfused(benchmark::State& state) {
  if (skipped(state)) return;
  const bool library = state.range(0) != 0;
  if (library && !unfused::has_cublaslt()) {
    state.SkipWithError("this build has no cuBLASLt");
    return;
  }
  const Matrix data = random_table();
  TrainSettings options;
  options.epochs = 1;
  std::unique_ptr<unfused::Training> training;
  try {
    training = std::make_unique<unfused::Training>(
        data, options,
        library ? unfused::Parts{unfused::make_cublaslt_multiplier(),
                                 unfused::make_curand_noise(options.seed)}
                : unfused::Parts{unfused::make_plain_multiplier(), unfused::make_project_noise()},
        state.range(1) != 0);
  } catch (const Error& error) {
    state.SkipWithError(error.what());
    return;
  }
  for (auto _ : state) benchmark::DoNotOptimize(training->run_epoch().reconstruction);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(training_rows));
}
BENCHMARK(train_epoch_unfused)
    ->ArgNames({"libraries", "replayed"})
    ->Args({1, 1})
    ->Args({1, 0})
    ->Args({0, 1})
    ->UseRealTime();

}  // namespace
}  // namespace cuvae

BENCHMARK_MAIN();
