#include "measure/bench.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "measure/jobs.hpp"
#include "support/threads.hpp"

namespace cuvae::measure {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t fewest_repeats = 3;
constexpr std::size_t most_repeats = 200;
// With more repeats than this, the first is left out: it meets cold caches and new pages.
constexpr std::size_t repeats_without_first = 4;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Repeats until `time_s` has gone by; once where there is no time left.
void repeat(const std::function<Amount()>& once, double time_s, const Monitor& monitor,
            Measurement& what) {
  std::vector<double> seconds;
  const std::size_t fewest = time_s > 0 ? fewest_repeats : 1;
  const auto begin = Clock::now();
  while (seconds.size() < fewest ||
         (seconds.size() < most_repeats && seconds_since(begin) < time_s)) {
    monitor.check();
    const auto run_begin = Clock::now();
    what.amount = once();
    seconds.push_back(seconds_since(run_begin));
  }
  if (seconds.size() > repeats_without_first) seconds.erase(seconds.begin());
  what.seconds = spread_of(std::move(seconds));
}

double limit_of(const ThreadPeaks& peaks, Limit limit) {
  switch (limit) {
    case Limit::none:
      return 0;
    case Limit::multiply_add:
      return peaks.flop_per_s.maximum;
    case Limit::memory_read:
      return peaks.read_bytes_per_s.maximum;
    case Limit::memory_write:
      return peaks.write_bytes_per_s.maximum;
    case Limit::memory_copy:
      return peaks.copy_bytes_per_s.maximum;
    case Limit::file:
      break;
  }
  return peaks.file_bytes_per_s.maximum;
}

std::string title_of(const Measurement& what) {
  std::string title = what.stage;
  if (!what.recipe.empty()) title += ' ' + what.recipe;
  if (what.batch_size != 0) title += ", batch " + std::to_string(what.batch_size);
  if (!what.form.empty()) title += ", " + what.form;
  return title + ", " + std::to_string(what.rows) + " rows, " + what.device;
}

void add_ratios(BenchResult& result) {
  const auto job = [](const Measurement& of) {
    return std::tie(of.stage, of.recipe, of.rows, of.batch_size);
  };
  const auto partner = [&](const Measurement& of, const std::string& device,
                           const std::string& form) {
    return std::find_if(
        result.measurements.begin(), result.measurements.end(), [&](const Measurement& other) {
          return job(other) == job(of) && other.device == device && other.form == form;
        });
  };
  const auto add = [&](const Measurement& of, const auto& other, const std::string& name) {
    if (other == result.measurements.end()) return;
    result.ratios.push_back({name, of.stage, of.recipe, of.rows, of.batch_size,
                             other->seconds.median / of.seconds.median});
  };
  for (const Measurement& one : result.measurements) {
    if (one.device == "cpu" || (one.form != "fused" && !one.form.empty())) continue;
    add(one, partner(one, "cpu", ""), one.device + " : cpu");
    if (one.form != "fused") continue;
    for (const char* const form : {"graph", "libraries"}) {
      add(one, partner(one, one.device, form), std::string("fused : ") + form);
    }
  }
}

}  // namespace

std::string to_string(Limit limit) {
  switch (limit) {
    case Limit::none:
      return "none";
    case Limit::multiply_add:
      return "multiply-adds";
    case Limit::memory_read:
      return "memory read";
    case Limit::memory_write:
      return "memory write";
    case Limit::memory_copy:
      return "memory copy";
    case Limit::file:
      break;
  }
  return "file write";
}

BenchResult run_bench(const BenchOptions& given, const TemporaryFolder& folder,
                      BenchMonitor& monitor) {
  BenchOptions options = given;
  options.threads = thread_count(given.threads);
  BenchResult result;
  result.level = choose_simd_level();
  result.threads = options.threads;
  Workbenches benches;
  for (const std::uint64_t rows : options.rows) {
    benches[rows] =
        std::make_unique<Workbench>(rows, options.seed, options.threads, folder, monitor);
  }
  const std::vector<Job> jobs = jobs_of(options, benches, result.left_out);
  result.peaks =
      measure_peaks(result.level, options.threads, folder.path(), monitor, [&](unsigned threads) {
        monitor.measuring("the machine, " + std::to_string(threads) + " thread(s)", 0, jobs.size());
      });
  const auto begin = Clock::now();
  for (std::size_t done = 0; done < jobs.size(); ++done) {
    Measurement what = jobs[done].what;
    monitor.measuring(title_of(what), done, jobs.size());
    const auto once = jobs[done].prepare();
    const double left_s = std::max(0.0, options.time_s - seconds_since(begin));
    repeat(once, left_s / static_cast<double>(jobs.size() - done), monitor, what);
    if (what.device == "cpu" && what.limit != Limit::none) {
      const double amount =
          what.limit == Limit::multiply_add ? what.amount.flop : what.amount.bytes;
      what.share = what.rate(amount) / limit_of(result.peaks.back(), what.limit);
    }
    result.measurements.push_back(std::move(what));
  }
  monitor.measuring("", jobs.size(), jobs.size());
  add_ratios(result);
  return result;
}

}  // namespace cuvae::measure
