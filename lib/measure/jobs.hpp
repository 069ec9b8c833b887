// What `cuvae bench` runs, one job after the other.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "measure/bench.hpp"
#include "measure/workbench.hpp"

namespace cuvae::measure {

using Workbenches = std::map<std::uint64_t, std::unique_ptr<Workbench>>;

struct Job {
  Measurement what;  // but for amount, seconds and share
  // Makes what the job starts from, which is not timed; the result does the job once.
  std::function<std::function<Amount()>()> prepare;
};

// The jobs of the options; what can't be done is said in `left_out`. They keep references to the
// workbenches, one for each number of rows.
std::vector<Job> jobs_of(const BenchOptions& options, const Workbenches& benches,
                         std::vector<std::string>& left_out);

}  // namespace cuvae::measure
