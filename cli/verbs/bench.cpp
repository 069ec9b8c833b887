#include "measure/bench.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

#include <cuvae/model.hpp>

#include "application.hpp"
#include "support/cpu_name.hpp"
#include "support/output_file.hpp"
#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

using measure::BenchResult;
using measure::Measurement;
using measure::Spread;
using Align = TextTable::Align;

constexpr double giga = 1e9;

struct Options {
  std::vector<std::string> stages;
  std::vector<std::string> recipes;
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> batch_sizes;
  double time_s = 80;
  std::string output;
};

constexpr const char* footer =
    R"(It measures on simulated card transactions, in the folder for temporary files
(TMPDIR), and leaves nothing there. A time is the median of several runs, beside
the quartiles. "of limit" is the share of what this machine does at most, which
is measured first: multiply-adds for train and generate, file writes for write,
memory for read, encode and format. Rows of evaluate are those of both tables.

Stages:
  read      CSV to a table          generate  a model to codes in memory
  encode    a table to numbers      format    codes to CSV text in memory
  train     one pass over a table   write     a model to CSV on the disk
                                    evaluate  comparing two tables

Examples:
  cuvae bench
  cuvae bench --threads 1 --stage train --stage generate --time 30
  cuvae bench --rows 2M --recipe best --json
  cuvae bench -o bench.json)";

// Shows the bench's own steps instead of those of what it measures.
class Display final : public measure::BenchMonitor {
 public:
  explicit Display(Progress& progress) : progress_(progress) {}

  void measuring(const std::string& what, std::size_t done, std::size_t total) override {
    progress_.detail(what);
    progress_.progress("bench", done, total);
  }
  bool cancelled() const override { return progress_.cancelled(); }

 private:
  Progress& progress_;
};

// "12.3", "0.123": three digits.
std::string figure(double number) {
  if (number == 0) return "";
  return fmt::format("{:.{}f}", number, number >= 100 ? 0 : number >= 10 ? 1 : number >= 1 ? 2 : 3);
}

std::string time_text(double seconds) {
  return seconds >= 1 ? fmt::format("{:.2f} s", seconds)
                      : fmt::format("{} ms", figure(seconds * 1e3));
}

// "10.1 (9.8 to 10.4)"
std::string spread_text(const Spread& spread) {
  return fmt::format("{} ({} to {})", figure(spread.median / giga),
                     figure(spread.lower_quartile / giga), figure(spread.upper_quartile / giga));
}

std::string with_bold_head(const TextTable& table, const Console& console) {
  const std::string text = table.text();
  const std::size_t first_line = text.find('\n');
  return console.bold(text.substr(0, first_line)) + text.substr(first_line);
}

std::string peaks_text(const BenchResult& result, const Console& console) {
  TextTable table({Align::right, Align::left, Align::left, Align::left, Align::left, Align::left});
  table.add({"threads", "GFLOP/s", "read, GB/s", "write", "copy", "file"});
  for (const measure::ThreadPeaks& peak : result.peaks) {
    table.add({std::to_string(peak.threads), spread_text(peak.flop_per_s),
               spread_text(peak.read_bytes_per_s), spread_text(peak.write_bytes_per_s),
               spread_text(peak.copy_bytes_per_s), spread_text(peak.file_bytes_per_s)});
  }
  return fmt::format("{}, {}: the machine's limits, medians (quartiles)\n", cpu_name(),
                     to_string(result.level)) +
         with_bold_head(table, console);
}

std::string stages_text(const BenchResult& result, const Console& console) {
  TextTable table({Align::left, Align::left, Align::left, Align::right, Align::right, Align::right,
                   Align::left, Align::right, Align::right, Align::right, Align::right});
  table.add({"stage", "device", "recipe", "rows", "batch", "time", "quartiles", "rows/s", "GB/s",
             "GFLOP/s", "of limit"});
  for (const Measurement& what : result.measurements) {
    const Spread& seconds = what.seconds;
    table.add(
        {what.stage, what.device, what.form.empty() ? what.recipe : what.recipe + ", " + what.form,
         with_separators(what.rows), what.batch_size == 0 ? "" : std::to_string(what.batch_size),
         time_text(seconds.median),
         fmt::format("{} to {}", time_text(seconds.lower_quartile),
                     time_text(seconds.upper_quartile)),
         with_prefix(what.rate(what.amount.rows)), figure(what.rate(what.amount.bytes) / giga),
         figure(what.rate(what.amount.flop) / giga),
         what.share ? fmt::format("{} %", figure(100 * *what.share)) : ""});
  }
  return fmt::format("The stages, {} thread{}\n", result.threads, result.threads == 1 ? "" : "s") +
         with_bold_head(table, console);
}

std::string ratios_text(const BenchResult& result, const Console& console) {
  if (result.ratios.empty()) return {};
  TextTable table(
      {Align::left, Align::left, Align::left, Align::right, Align::right, Align::right});
  table.add({"ratio", "stage", "recipe", "rows", "batch", "times faster"});
  for (const measure::Ratio& ratio : result.ratios) {
    table.add({ratio.of, ratio.stage, ratio.recipe, with_separators(ratio.rows),
               ratio.batch_size == 0 ? "" : std::to_string(ratio.batch_size), figure(ratio.ratio)});
  }
  return '\n' + with_bold_head(table, console);
}

nlohmann::ordered_json spread_json(const Spread& spread) {
  return {{"median", spread.median},
          {"minimum", spread.minimum},
          {"lower_quartile", spread.lower_quartile},
          {"upper_quartile", spread.upper_quartile},
          {"maximum", spread.maximum},
          {"repeats", spread.repeats}};
}

nlohmann::ordered_json optional_json(bool there, const nlohmann::ordered_json& value) {
  return there ? value : nlohmann::ordered_json();
}

nlohmann::ordered_json measurement_json(const Measurement& what) {
  return {
      {"stage", what.stage},
      {"device", what.device},
      {"recipe", optional_json(!what.recipe.empty(), what.recipe)},
      {"form", optional_json(!what.form.empty(), what.form)},
      {"rows", what.rows},
      {"batch_size", optional_json(what.batch_size != 0, what.batch_size)},
      {"seconds", spread_json(what.seconds)},
      {"rows_per_s", what.rate(what.amount.rows)},
      {"bytes_per_s", optional_json(what.amount.bytes != 0, what.rate(what.amount.bytes))},
      {"flop_per_row", optional_json(what.amount.flop != 0, what.amount.flop / what.amount.rows)},
      {"flop_per_s", optional_json(what.amount.flop != 0, what.rate(what.amount.flop))},
      {"limit", optional_json(what.limit != measure::Limit::none, to_string(what.limit))},
      {"share_of_limit", optional_json(what.share.has_value(), what.share.value_or(0))}};
}

nlohmann::ordered_json result_json(const BenchResult& result, std::uint64_t seed, double total_s) {
  auto peaks = nlohmann::ordered_json::array();
  for (const measure::ThreadPeaks& peak : result.peaks) {
    peaks.push_back({{"threads", peak.threads},
                     {"flop_per_s", spread_json(peak.flop_per_s)},
                     {"read_bytes_per_s", spread_json(peak.read_bytes_per_s)},
                     {"write_bytes_per_s", spread_json(peak.write_bytes_per_s)},
                     {"copy_bytes_per_s", spread_json(peak.copy_bytes_per_s)},
                     {"file_bytes_per_s", spread_json(peak.file_bytes_per_s)}});
  }
  auto measurements = nlohmann::ordered_json::array();
  for (const Measurement& what : result.measurements) {
    measurements.push_back(measurement_json(what));
  }
  auto ratios = nlohmann::ordered_json::array();
  for (const measure::Ratio& ratio : result.ratios) {
    ratios.push_back({{"of", ratio.of},
                      {"stage", ratio.stage},
                      {"recipe", optional_json(!ratio.recipe.empty(), ratio.recipe)},
                      {"rows", ratio.rows},
                      {"batch_size", optional_json(ratio.batch_size != 0, ratio.batch_size)},
                      {"ratio", ratio.ratio}});
  }
  return {{"version", library_version()},
          {"seed", seed},
          {"machine",
           {{"cpu", cpu_name()},
            {"simd", to_string(result.level)},
            {"threads", result.threads},
            {"limits", std::move(peaks)}}},
          {"measurements", std::move(measurements)},
          {"ratios", std::move(ratios)},
          {"left_out", result.left_out},
          {"seconds", total_s}};
}

// "auto" is all that are there.
std::vector<DeviceInfo> devices_of(Session& session, std::vector<std::string>& left_out) {
  const DeviceInfo chosen = session.device();
  if (session.choice().kind != DeviceChoice::Kind::automatic) return {chosen};
  std::vector<DeviceInfo> devices;
  for (DeviceInfo& device : list_devices()) {
    if (device.usable) {
      devices.push_back(std::move(device));
    } else {
      left_out.push_back(device.id + ": " + device.problem);
    }
  }
  if (devices.size() == 1 && left_out.empty()) {
    left_out.emplace_back("GPUs: this cuvae was built without CUDA");
  }
  return devices;
}

void run_bench(Session& session, const Options& options) {
  if (!options.output.empty()) {
    session.check_json_against(options.output);
    session.will_write(options.output, {});
  }
  std::vector<std::string> left_out;
  measure::BenchOptions what;
  what.devices = devices_of(session, left_out);
  if (!options.stages.empty()) what.stages = options.stages;
  if (!options.recipes.empty()) {
    what.recipes.clear();
    for (const std::string& name : options.recipes) what.recipes.push_back(recipe_named(name));
  }
  what.rows = options.rows;
  std::sort(what.rows.begin(), what.rows.end());
  what.batch_sizes.assign(options.batch_sizes.begin(), options.batch_sizes.end());
  what.threads = session.threads();
  what.seed = session.options().seed.value_or(what.seed);
  what.time_s = options.time_s;

  session.progress().begin("bench");
  Display display(session.progress());
  const TemporaryFolder folder;
  session.interrupts().before_a_hard_end([path = folder.path()] {
    std::error_code error;
    std::filesystem::remove_all(path, error);
  });
  BenchResult result = measure::run_bench(what, folder, display);
  result.left_out.insert(result.left_out.begin(), left_out.begin(), left_out.end());
  session.progress().finish(fmt::format("{} measurements", result.measurements.size()));
  for (const std::string& reason : result.left_out) {
    session.console().note("left out  " + printable(reason));
  }

  const nlohmann::ordered_json json =
      result_json(result, what.seed, session.progress().timings().back().second);
  if (!options.output.empty()) {
    write_file(options.output, dump(json), session.if_exists());
    session.wrote(options.output);
  }
  if (session.options().json) {
    session.print_json(json);
  } else if (options.output != "-") {
    const Console& console = session.console();
    Console::result(peaks_text(result, console) + '\n' + stages_text(result, console) +
                    ratios_text(result, console));
  }
}

// Names out of a list, as often as wanted.
void add_names(CLI::App& verb, const std::string& name, std::vector<std::string>& target,
               const std::vector<std::string>& known, const std::string& description) {
  verb.add_option(name, target, description)
      ->type_name("NAME")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->check(CLI::IsMember(known))
      ->group("Bench");
}

}  // namespace

Verb add_bench(CLI::App& root, CommonOptions& common) {
  CLI::App* verb = root.add_subcommand("bench", "measure each stage beside the machine's limits");
  const auto options = std::make_shared<Options>();
  std::vector<std::string> recipes = recipe_names();
  recipes.emplace_back("seed");  // what published was called before
  add_names(*verb, "--stage", options->stages, measure::stage_names,
            "a stage to measure; repeat it for more. All when absent");
  add_names(*verb, "--recipe", options->recipes, recipes,
            "a recipe; repeat it for more. All when absent");
  add_counts(*verb, "--rows", options->rows, 100, 1'000'000'000,
             "rows of a table; repeat it for more", "20k, 200k, 1M")
      ->group("Bench");
  add_counts(*verb, "--batch-size", options->batch_sizes, 1, 1U << 20U,
             "rows of a batch; repeat it for more. Smaller tables get the middle one only",
             "32, 500, 4096")
      ->group("Bench");
  verb->add_option(
          "--time", options->time_s,
          "seconds to measure the stages for, about; when they are over, the rest runs once")
      ->type_name("SECONDS")
      ->default_str("80")
      ->check(CLI::Range(0.0, 1e6))
      ->group("Bench");
  verb->add_option("-o,--output", options->output,
                   "file for the JSON object, - for standard output")
      ->type_name("OUT.json")
      ->group("Bench");
  add_common_options(*verb, common,
                     {"of the simulated tables; 1 when absent", "overwrite an existing file"});
  verb->footer(footer);
  return {verb, [options](Session& session) {
            Options settled = *options;
            if (settled.rows.empty()) settled.rows = {20'000, 200'000, 1'000'000};
            if (settled.batch_sizes.empty()) settled.batch_sizes = {32, 500, 4096};
            run_bench(session, settled);
          }};
}

}  // namespace cuvae::cli
