// Codes to CSV: formatting alone, with writing, and the whole of it, on a table like the public
// card transactions. "plain" cases write the same number of bytes and nothing else: the limit.

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <cuvae/generate.hpp>

#include "card_codes.hpp"
#include "csv/csv_rows.hpp"
#include "csv/quoting.hpp"
#include "generate/deliver_rows.hpp"
#include "models/published/backend.hpp"
#include "support/output_file.hpp"

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

constexpr std::uint64_t written_rows = 2'000'000;

std::string bench_path() {
  return (std::filesystem::temp_directory_path() / "cuvae-bench.csv").string();
}

unsigned threads_of(const benchmark::State& state) {
  return static_cast<unsigned>(state.range(0));
}

void write_codes(benchmark::State& state, const std::string& path) {
  const Schema schema = card_schema();
  const std::vector<ColumnCoding> codings = codings_of(schema);
  const Delivery delivery{0, written_rows, RowFormatter(schema, codings).rows_per_chunk(),
                          threads_of(state)};
  CannedCodes codes(schema, delivery.workers, delivery.piece_rows);
  Monitor monitor;
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    OutputFile file(path, IfExists::replace);
    CsvRows csv(schema, codings, header_line(schema), file, monitor);
    deliver_rows(codes, delivery, csv, monitor);
    bytes += csv.bytes();
    file.commit();
  }
  count(state, static_cast<std::uint64_t>(state.iterations()) * written_rows, bytes);
}

void plain_write(benchmark::State& state, const std::string& path) {
  constexpr std::uint64_t row_bytes = 96;
  const std::string block(384 * 1024, 'x');
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    OutputFile file(path, IfExists::replace);
    for (std::uint64_t done = 0; done < written_rows * row_bytes; done += block.size()) {
      file.write(block);
      bytes += block.size();
    }
    file.commit();
  }
  count(state, static_cast<std::uint64_t>(state.iterations()) * written_rows, bytes);
}

// A network of the published shape with weights that nobody trained: speed does not hang on them.
Model card_model() {
  Model model;
  model.schema = card_schema();
  PublishedNetwork network;
  std::mt19937 random(1);
  for (std::size_t i = 0; i < parameter_count(network.shape); ++i) {
    network.parameters.push_back(static_cast<float>(random()) / 4294967296.0F - 0.5F);
  }
  model.network = std::move(network);
  return model;
}

void generate_to(benchmark::State& state, const std::string& path) {
  const Model model = card_model();
  GenerateOptions options;
  options.rows = written_rows;
  const DeviceChoice device{DeviceChoice::Kind::cpu, 0, threads_of(state)};
  Monitor monitor;
  std::uint64_t bytes = 0;
  for (auto _ : state)
    bytes += generate_csv(model, options, path, IfExists::replace, device, monitor).bytes;
  count(state, static_cast<std::uint64_t>(state.iterations()) * written_rows, bytes);
}

void generate_to_memory(benchmark::State& state) {
  const Model model = card_model();
  const ScaledOutput output(model.schema);
  const RowFormatter formatter(model.schema);
  const std::uint32_t rows = formatter.rows_per_chunk();
  const auto generator = make_cpu_published_backend(1)->generator(
      std::get<PublishedNetwork>(model.network), output, {1, 0, ~std::uint64_t{0}, 1, rows});
  std::uint64_t row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(generator->codes(0, row, rows).columns.data());
    row += rows;
  }
  count(state, row, 0);
}
BENCHMARK(generate_to_memory)->Unit(benchmark::kMicrosecond);

void write_to_null(benchmark::State& state) {
  write_codes(state, "/dev/null");
}
void write_to_file(benchmark::State& state) {
  write_codes(state, bench_path());
}
void plain_write_to_file(benchmark::State& state) {
  plain_write(state, bench_path());
}
void generate_to_null(benchmark::State& state) {
  generate_to(state, "/dev/null");
}
void generate_to_file(benchmark::State& state) {
  generate_to(state, bench_path());
}

void one_and_all_threads(benchmark::internal::Benchmark* bench) {
  bench->ArgName("threads")->Unit(benchmark::kMillisecond)->UseRealTime()->Arg(1);
  const unsigned hardware = std::thread::hardware_concurrency();
  if (hardware > 1) bench->Arg(hardware);
}
BENCHMARK(write_to_null)->Apply(one_and_all_threads);
BENCHMARK(write_to_file)->Apply(one_and_all_threads);
BENCHMARK(plain_write_to_file)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(generate_to_null)->Apply(one_and_all_threads);
BENCHMARK(generate_to_file)->Apply(one_and_all_threads);

}  // namespace
}  // namespace cuvae::bench

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  std::filesystem::remove(cuvae::bench::bench_path());
  return EXIT_SUCCESS;
}
