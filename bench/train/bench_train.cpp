// Training epochs and generated codes of the published network, for each SIMD level.
//
//   bench_train --benchmark_filter='train/avx512/500/1'   one case: level, batch size, threads
//
// Rows per second on each level's own line; flops counts 2 per multiply-add of the forward pass,
// the gradient at the activations and the gradient at the weights: 5,652 a row, and 824 a generated
// one.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <random>
#include <string>
#include <vector>

#include "kernels/published/reference.hpp"
#include "models/published/cpu/backend.hpp"
#include "models/published/cpu/trainer.hpp"

namespace {

using namespace cuvae;

constexpr std::uint64_t table_rows = 1'000'000;
constexpr double training_flops_a_row = 5652;
constexpr double generation_flops_a_row = 824;

// A table of the cards' shape. Its numbers don't matter for speed.
const Matrix& table() {
  static const Matrix matrix = [] {
    Matrix numbers(table_rows, 15);
    std::mt19937 engine(1);
    std::uniform_real_distribution<float> uniform(0, 1);
    for (std::uint64_t row = 0; row < table_rows; ++row) {
      std::generate_n(numbers.row(row), 15, [&] { return uniform(engine); });
    }
    return numbers;
  }();
  return matrix;
}

void count(benchmark::State& state, double rows, double flops_a_row) {
  const double all = rows * static_cast<double>(state.iterations());
  state.counters["rows/s"] = benchmark::Counter(all, benchmark::Counter::kIsRate);
  state.counters["flop/s"] = benchmark::Counter(all * flops_a_row, benchmark::Counter::kIsRate);
}

void train_epoch(benchmark::State& state, SimdLevel level, std::uint32_t batch_size,
                 unsigned threads) {
  TrainSettings options;
  options.epochs = 1;
  options.batch_size = batch_size;
  Monitor quiet;
  for (auto _ : state) {
    benchmark::DoNotOptimize(train_on_cpu(table(), options, level, threads, quiet));
  }
  count(state, table_rows, training_flops_a_row);
}

// Columns of the cards' kinds: codes of 1, 2 and 4 bytes.
std::vector<ColumnCoding> card_codings() {
  std::vector<ColumnCoding> codings;
  for (const std::uint32_t span :
       {0, 4, 18, 11, 30, 1439, 200'000, 2, 99'999, 13'399, 223, 27'000, 108, 22, 1}) {
    codings.push_back({false, span, span < 256 ? 1U : span < 65536 ? 2U : 4U});
  }
  return codings;
}

void generate(benchmark::State& state, SimdLevel level) {
  constexpr std::uint32_t block_rows = 2048;
  constexpr std::uint64_t blocks = 100;
  const PublishedNetwork network{{}, plain::initial_parameters({}, 1), {}};
  const auto generator =
      make_cpu_published_generator(network, card_codings(), 1, level, 1, block_rows);
  for (auto _ : state) {
    for (std::uint64_t block = 0; block < blocks; ++block) {
      benchmark::DoNotOptimize(generator->codes(0, block * block_rows, block_rows));
    }
  }
  count(state, static_cast<double>(blocks * block_rows), generation_flops_a_row);
}

std::string level_name(SimdLevel level) {
  return level == SimdLevel::avx512 ? "avx512" : level == SimdLevel::avx2 ? "avx2" : "scalar";
}

}  // namespace

int main(int argc, char** argv) {
  for (const SimdLevel level : available_simd_levels()) {
    for (const std::uint32_t batch_size : {32U, 500U, 4096U}) {
      for (const unsigned threads : {1U, 2U}) {
        benchmark::RegisterBenchmark(("train/" + level_name(level) + "/" +
                                      std::to_string(batch_size) + "/" + std::to_string(threads))
                                         .c_str(),
                                     train_epoch, level, batch_size, threads)
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
      }
    }
    benchmark::RegisterBenchmark(("generate/" + level_name(level)).c_str(), generate, level)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
