// `cuvae bench` without its command line: which stages to measure on what, and what came out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/settings.hpp>

#include "measure/peaks.hpp"
#include "measure/spread.hpp"
#include "runtime/simd/simd_level.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::measure {

// In the order in which a job goes through them.
inline const std::vector<std::string> stage_names{"read",   "encode", "train",   "generate",
                                                  "format", "write",  "evaluate"};

// What bounds a stage at best; none where it is too many different things.
enum class Limit { none, multiply_add, memory_read, memory_write, memory_copy, file };
std::string to_string(Limit limit);

struct BenchOptions {
  std::vector<std::string> stages = stage_names;
  std::vector<Recipe> recipes = all_recipes();
  std::vector<std::uint64_t> rows;         // of tables; ascending
  std::vector<std::uint32_t> batch_sizes;  // the middle one with all tables, all with the largest
  std::vector<DeviceInfo> devices;         // usable ones; the CPU does what only it can, if there
  unsigned threads = 0;                    // 0: all
  std::uint64_t seed = 1;                  // of the simulated tables
  double time_s = 90;  // for the stages, about; when it is over, the rest runs once
};

// What one run of a job got through.
struct Amount {
  double rows = 0;
  double bytes = 0;  // 0: not what counts
  double flop = 0;   // 0: not what counts
};

struct Measurement {
  std::string stage;
  std::string device;
  std::string recipe;  // empty where it does not matter
  std::string form;    // of training on a GPU: "fused", "graph" or "libraries"
  std::uint64_t rows = 0;
  std::uint32_t batch_size = 0;  // 0 but for training
  Amount amount;                 // of one run
  Spread seconds;                // of one run
  Limit limit = Limit::none;
  // Of that limit: the median against the best that was measured; with the CPU's threads. Not for
  // GPUs, whose limits are not measured.
  std::optional<double> share;

  double rate(double what) const { return what / seconds.median; }
};

// How many times faster the first is, by the medians.
struct Ratio {
  std::string of;  // "cuda:0 : cpu", "fused : libraries"
  std::string stage;
  std::string recipe;
  std::uint64_t rows = 0;
  std::uint32_t batch_size = 0;
  double ratio = 0;
};

struct BenchResult {
  SimdLevel level = SimdLevel::scalar;
  unsigned threads = 1;
  std::vector<ThreadPeaks> peaks;
  std::vector<Measurement> measurements;
  std::vector<Ratio> ratios;
  // What could not be measured, and why.
  std::vector<std::string> left_out;
};

// Sees what is being measured.
class BenchMonitor : public Monitor {
 public:
  virtual void measuring(const std::string& what, std::size_t done, std::size_t total) = 0;
};

// Files are made in `folder`. Throws Error(interrupted).
BenchResult run_bench(const BenchOptions& options, const TemporaryFolder& folder,
                      BenchMonitor& monitor);

}  // namespace cuvae::measure
