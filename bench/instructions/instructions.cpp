// One small job of a stage on one thread, for callgrind to count (check.sh). Instructions do not
// hang on how busy the machine is.
//
//   instructions           names the jobs
//   instructions train/best
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <cuvae/error.hpp>

#include "measure/jobs.hpp"
#include "support/output_file.hpp"

namespace {

using namespace cuvae;
using namespace cuvae::measure;

constexpr std::uint64_t table_rows = 10'000;
constexpr std::uint64_t evaluated_rows = 1'000;  // a row costs a hundred times more

std::vector<Job> all_jobs(const Workbenches& benches, const Workbenches& small) {
  BenchOptions options;
  options.stages = {"read", "encode", "train", "generate", "format"};
  options.batch_sizes = {500};
  options.devices = {DeviceInfo{"cpu", "", "", true, ""}};
  options.threads = 1;
  std::vector<std::string> left_out;
  std::vector<Job> jobs = jobs_of(options, benches, left_out);
  options.stages = {"evaluate"};
  for (Job& job : jobs_of(options, small, left_out)) jobs.push_back(std::move(job));
  return jobs;
}

// Reading a table that is refused at its very end: an error may not cost more than success.
Job refusal(Workbench& bench, const char* name, std::function<std::string(std::string)> spoil) {
  Job job;
  job.what.stage = "refuse";
  job.what.recipe = name;
  job.prepare = [&bench, name, spoil = std::move(spoil)] {
    std::ifstream whole(bench.csv(), std::ios::binary);
    const std::string path = bench.folder() / (std::string(name) + ".csv");
    write_file(path, spoil({std::istreambuf_iterator<char>(whole), {}}), IfExists::replace);
    return [&bench, path] {
      try {
        ReadOptions options;
        options.threads = bench.threads();
        read_csv(path, options, bench.monitor());
      } catch (const Error&) {
        return Amount{};
      }
      std::fprintf(stderr, "instructions: %s was not refused\n", path.c_str());
      std::exit(EXIT_FAILURE);
    };
  };
  return job;
}

std::string name_of(const Job& job) {
  return job.what.recipe.empty() ? job.what.stage : job.what.stage + '/' + job.what.recipe;
}

}  // namespace

// What callgrind counts: it is told this name.
extern "C" [[gnu::noinline]] void counted_job(const std::function<Amount()>& once) {
  once();
}

int main(int count, char** arguments) {
  const TemporaryFolder folder;
  Monitor monitor;
  const auto with_rows = [&](std::uint64_t rows) {
    Workbenches benches;
    benches[rows] = std::make_unique<Workbench>(rows, 1, 1, folder, monitor);
    return benches;
  };
  const Workbenches benches = with_rows(table_rows);
  const Workbenches small = with_rows(evaluated_rows);
  std::vector<Job> jobs = all_jobs(benches, small);
  Workbench& bench = *benches.at(table_rows);
  jobs.push_back(refusal(bench, "cut_row", [](std::string text) {
    text.resize(text.rfind(','));
    return text + '\n';
  }));
  jobs.push_back(refusal(bench, "infinity", [](std::string text) {
    const std::size_t amount = text.rfind('$');
    return text.replace(amount, text.find(',', amount) - amount, "$inf");
  }));
  for (const Job& job : jobs) {
    if (count < 2) {
      std::puts(name_of(job).c_str());
    } else if (name_of(job) == arguments[1]) {
      counted_job(job.prepare());
      return EXIT_SUCCESS;
    }
  }
  if (count < 2) return EXIT_SUCCESS;
  std::fprintf(stderr, "instructions: no job is named %s\n", arguments[1]);
  return 2;
}
