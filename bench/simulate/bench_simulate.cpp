// Rows and bytes a second of the simulation, without and with a disk.
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <string>

#include <cuvae/simulate.hpp>

namespace {

void simulate(benchmark::State& state, const std::string& path) {
  cuvae::SimulateOptions options;
  options.rows = 2'000'000;
  options.threads = static_cast<unsigned>(state.range(0));
  cuvae::Monitor monitor;
  std::uint64_t bytes = 0;
  for (auto _ : state)
    bytes += cuvae::simulate_cards(options, path, cuvae::IfExists::replace, monitor);
  state.SetItemsProcessed(static_cast<std::int64_t>(options.rows) *
                          static_cast<std::int64_t>(state.iterations()));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  if (path != "/dev/null") std::remove(path.c_str());
}

void simulate_to_nowhere(benchmark::State& state) {
  simulate(state, "/dev/null");
}

void simulate_to_disk(benchmark::State& state) {
  const char* folder = std::getenv("TMPDIR");
  simulate(state, std::string(folder == nullptr ? "/tmp" : folder) + "/cuvae-bench-simulate.csv");
}

}  // namespace

BENCHMARK(simulate_to_nowhere)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(simulate_to_disk)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
