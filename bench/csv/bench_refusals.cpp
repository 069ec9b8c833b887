// Tables that are refused at their very end, beside the same table whole: what an error costs. The
// tables, of two columns and 1,300,000 rows, are made under the temporary folder.
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

#include <cuvae/error.hpp>
#include <cuvae/table.hpp>

#include "support/output_file.hpp"

namespace {

using namespace cuvae;

// A table whose last row is `last`, removed at the end.
class Input {
 public:
  explicit Input(const std::string& last) {
    const char* folder = std::getenv("TMPDIR");
    path_ = fmt::format("{}/cuvae-refused-{}.csv", folder == nullptr ? "/tmp" : folder, getpid());
    std::string text = "a,b\n";
    constexpr int rows = 1'300'000;
    for (int row = 0; row < rows; ++row) text += "1,2.5\n";
    write_file(path_, text + last, IfExists::replace);
  }
  ~Input() { unlink(path_.c_str()); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void read(benchmark::State& state, const std::string& last, bool refused) {
  const Input input(last);
  ReadOptions options;
  options.threads = 1;
  Monitor monitor;
  for (auto _ : state) {
    bool thrown = false;
    try {
      benchmark::DoNotOptimize(read_csv(input.path(), options, monitor).rows);
    } catch (const Error&) {
      thrown = true;
    }
    if (thrown != refused) state.SkipWithError(thrown ? "was refused" : "was not refused");
  }
}

BENCHMARK_CAPTURE(read, whole, "1,2.5\n", false)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, cut_row, "1\n", true)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, open_quote, "1,\"2\n", true)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, stray_quote, "1,2\"2\n", true)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, infinity, "1,inf\n", true)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, nul_byte, std::string("1,\0\n", 4), true)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
