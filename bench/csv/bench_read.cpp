// Reading and encoding. CUVAE_BENCH_CSV names the file; without it a card-like table of 500,000
// rows is made under the temporary folder and removed at the end.
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

#include <cuvae/matrix.hpp>
#include <cuvae/schema.hpp>
#include <cuvae/table.hpp>

#include "support/output_file.hpp"

namespace {

using namespace cuvae;

std::string card_like_table(std::size_t rows) {
  std::string text =
      "User,Card,Year,Month,Day,Time,Amount,Use Chip,Merchant Name,Merchant City,Merchant "
      "State,Zip,MCC,Errors?,Is Fraud?\n";
  std::uint64_t state = 1;
  const auto below = [&state](std::uint64_t limit) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (state >> 33) % limit;
  };
  constexpr const char* chips[] = {"Swipe Transaction", "Chip Transaction", "Online Transaction"};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t merchant = below(600);
    fmt::format_to(std::back_inserter(text),
                   "{},{},{},{},{},{:02}:{:02},${}.{:02},{},{},City {},{}{},{}.0,{},{},{}\n",
                   i * 100 / rows, below(5), 2002 + below(19), 1 + below(12), 1 + below(28),
                   below(24), below(60), below(200), below(100), chips[below(3)],
                   static_cast<std::int64_t>(merchant * 0x9E3779B97F4A7C15), merchant % 300,
                   static_cast<char>('A' + merchant % 26), static_cast<char>('A' + merchant % 7),
                   10000 + merchant * 37, 3000 + merchant % 90,
                   below(50) == 0 ? "Insufficient Balance" : "", below(700) == 0 ? "Yes" : "No");
  }
  return text;
}

// The file to read, made once.
class Input {
 public:
  Input() {
    if (const char* named = std::getenv("CUVAE_BENCH_CSV")) {
      path_ = named;
      return;
    }
    const char* folder = std::getenv("TMPDIR");
    path_ = fmt::format("{}/cuvae-bench-{}.csv", folder == nullptr ? "/tmp" : folder, getpid());
    made_ = true;
    write_file(path_, card_like_table(500'000), IfExists::replace);
  }
  ~Input() {
    if (made_) unlink(path_.c_str());
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

const std::string& input() {
  static const Input file;
  return file.path();
}

void count(benchmark::State& state, const Table& table) {
  const auto runs = static_cast<std::int64_t>(state.iterations());
  state.SetBytesProcessed(runs * static_cast<std::int64_t>(table.bytes));
  state.SetItemsProcessed(runs * static_cast<std::int64_t>(table.rows));
}

void read(benchmark::State& state) {
  ReadOptions options;
  options.threads = static_cast<unsigned>(state.range(0));
  Monitor monitor;
  Table table;
  for (auto _ : state) table = read_csv(input(), options, monitor);
  count(state, table);
}

void read_and_encode(benchmark::State& state) {
  ReadOptions options;
  options.threads = static_cast<unsigned>(state.range(0));
  Monitor monitor;
  Table table;
  for (auto _ : state) {
    table = read_csv(input(), options, monitor);
    const Matrix matrix = encode(table, make_schema(table), {options.threads}, monitor);
    benchmark::DoNotOptimize(matrix.row(0));
  }
  count(state, table);
}

BENCHMARK(read)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(read_and_encode)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
