#include <benchmark/benchmark.h>

#include "card_codes.hpp"
#include "generate/row_formatter.hpp"

namespace cuvae::bench {
namespace {

void count(benchmark::State& state, std::uint64_t rows, std::uint64_t bytes) {
  state.counters["rows/s"] =
      benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kIsRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void format_only(benchmark::State& state) {
  const Schema schema = card_schema();
  const RowFormatter formatter(schema);
  RowFormatter::Scratch scratch(formatter);
  TextBuffer text;
  const std::uint32_t rows = formatter.rows_per_chunk();
  CannedCodes codes(schema, 1, rows);
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    text.clear();
    formatter.format(codes.codes(0, 0, rows), scratch, text);
    benchmark::DoNotOptimize(text.end());
    bytes += text.size();
  }
  count(state, static_cast<std::uint64_t>(state.iterations()) * rows, bytes);
}
BENCHMARK(format_only)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace cuvae::bench

BENCHMARK_MAIN();
