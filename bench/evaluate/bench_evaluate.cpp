// Evaluation of two tables made in memory, of the card table's shape by default. The arguments of
// the cases are rows of each table; --benchmark_filter=2000000 picks the size that the project
// promises, smaller ones run in a second or two.
#include <benchmark/benchmark.h>
#include <cstdint>
#include <fmt/format.h>
#include <random>
#include <string>

#include <cuvae/evaluate.hpp>
#include <cuvae/report.hpp>

namespace {

using cuvae::Column;
using cuvae::ColumnKind;
using cuvae::Table;

struct Shape {
  const char* name;
  ColumnKind kind;
  std::uint32_t distinct;  // labels; of value columns: distinct cents
};

constexpr Shape card_shape[] = {
    {"User", ColumnKind::ordinal, 2000},
    {"Card", ColumnKind::ordinal, 9},
    {"Year", ColumnKind::ordinal, 30},
    {"Month", ColumnKind::ordinal, 12},
    {"Day", ColumnKind::ordinal, 31},
    {"Time", ColumnKind::ordinal, 1440},
    {"Amount", ColumnKind::currency, 90000},
    {"Use Chip", ColumnKind::label, 3},
    {"Merchant Name", ColumnKind::label, 100000},
    {"City", ColumnKind::label, 13400},
    {"State", ColumnKind::label, 220},
    {"Zip", ColumnKind::ordinal, 27000},
    {"MCC", ColumnKind::ordinal, 109},
    {"Errors?", ColumnKind::label, 24},
    {"Is Fraud?", ColumnKind::label, 2},
};

// Skewed towards the first labels, as names of merchants and cities are.
Column make_column(const Shape& shape, std::uint64_t rows, std::mt19937_64& random) {
  Column column;
  column.name = shape.name;
  column.kind = shape.kind;
  const auto draw = [&] {
    const double u = static_cast<double>(random() >> 11U) * 0x1p-53;
    return static_cast<std::uint32_t>(u * u * shape.distinct);
  };
  if (!cuvae::is_coded(shape.kind)) {
    column.values.resize(rows);
    for (double& value : column.values) value = draw() * 0.01 - 100;
    return column;
  }
  column.counts.resize(shape.distinct);
  for (std::uint32_t label = 0; label < shape.distinct; ++label) {
    column.labels.push_back(fmt::format("{}", label));
  }
  column.codes = cuvae::CodeVector(rows, shape.distinct);
  column.codes.visit([&](auto codes) {
    for (auto& code : codes) {
      code = static_cast<std::remove_reference_t<decltype(code)>>(draw());
      ++column.counts[code];
    }
  });
  return column;
}

Table make_table(std::uint64_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Table table;
  table.rows = rows;
  for (const Shape& shape : card_shape) table.columns.push_back(make_column(shape, rows, random));
  return table;
}

Table make_wide_table(std::uint64_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Table table;
  table.rows = rows;
  for (int i = 0; i < 64; ++i) {
    const Shape shape = i % 2 == 0 ? Shape{"", ColumnKind::continuous, 1U << 30U}
                                   : Shape{"", ColumnKind::label, 40};
    table.columns.push_back(make_column(shape, rows, random));
    table.columns.back().name = fmt::format("column {}", i);
  }
  return table;
}

void run(benchmark::State& state, const Table& real, const Table& synthetic, const Table* holdout) {
  cuvae::Monitor monitor;
  for (auto _ : state) {
    benchmark::DoNotOptimize(cuvae::evaluate(real, synthetic, {holdout},
                                             {cuvae::DeviceChoice::Kind::cpu, 0, 0}, monitor));
  }
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(real.rows + synthetic.rows));
}

void cards(benchmark::State& state) {
  const auto rows = static_cast<std::uint64_t>(state.range(0));
  run(state, make_table(rows, 1), make_table(rows, 2), nullptr);
}

void cards_with_holdout(benchmark::State& state) {
  const auto rows = static_cast<std::uint64_t>(state.range(0));
  const Table holdout = make_table(rows / 4, 3);
  run(state, make_table(rows, 1), make_table(rows, 2), &holdout);
}

void wide(benchmark::State& state) {
  const auto rows = static_cast<std::uint64_t>(state.range(0));
  run(state, make_wide_table(rows, 1), make_wide_table(rows, 2), nullptr);
}

void report(benchmark::State& state) {
  cuvae::Monitor monitor;
  const Table table = make_table(20000, 1);
  const cuvae::Evaluation evaluation =
      cuvae::evaluate(table, table, {}, {cuvae::DeviceChoice::Kind::cpu, 0, 0}, monitor);
  std::size_t bytes = 0;
  for (auto _ : state) bytes = cuvae::html_report(evaluation, {}).size();
  state.counters["bytes"] = static_cast<double>(bytes);
}

BENCHMARK(cards)->Arg(100'000)->Arg(2'000'000)->UseRealTime()->MeasureProcessCPUTime()->Unit(
    benchmark::kMillisecond);
BENCHMARK(cards_with_holdout)
    ->Arg(100'000)
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(wide)->Arg(100'000)->UseRealTime()->MeasureProcessCPUTime()->Unit(
    benchmark::kMillisecond);
BENCHMARK(report)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
