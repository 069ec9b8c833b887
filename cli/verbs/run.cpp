#include <deque>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include <cuvae/evaluate.hpp>
#include <cuvae/generate.hpp>
#include <cuvae/report.hpp>

#include "application.hpp"
#include "generate/generate_into.hpp"
#include "memory.hpp"
#include "models/file/model_bytes.hpp"
#include "results.hpp"
#include "support/output_file.hpp"
#include "table_input.hpp"
#include "terminal/text.hpp"
#include "text/formula.hpp"
#include "training.hpp"

namespace cuvae::cli {
namespace {

struct Options {
  std::string data;
  std::string folder;
  std::uint64_t rows = 2'000'000;
  double holdout_share = 0;
  std::string target;
  bool reread = false;
  TrainOptions train;
  ReadOptions columns;
  MemoryOptions memory;
  bool escape_formulas = false;
};

struct Outputs {
  std::string model;
  std::string synthetic;
  std::string report;
  std::string metrics;
};

constexpr const char* footer =
    R"(DIR receives model.safetensors, synthetic.csv, report.html and metrics.json.

Examples:
  cuvae run transactions.csv -o result
  cuvae run transactions.csv -o result -n 100k --seed 7 --force
  cuvae run any.csv -o result --label zip --drop id --epochs 30 --json)";

Outputs outputs_in(const std::string& folder) {
  const std::filesystem::path path(folder);
  return {path / "model.safetensors", path / "synthetic.csv", path / "report.html",
          path / "metrics.json"};
}

// The four files, which appear together once the last of them is complete.
class Files {
 public:
  Files(Session& session, const Outputs& outputs) : session_(session), outputs_(outputs) {}

  OutputFile& open(const std::string& path) {
    return files_.emplace_back(path, session_.if_exists());
  }
  void commit() {
    session_.progress().check();
    std::vector<OutputFile*> all;
    for (OutputFile& file : files_) all.push_back(&file);
    commit_together(all);
    for (const std::string& path :
         {outputs_.model, outputs_.synthetic, outputs_.report, outputs_.metrics}) {
      session_.wrote(path);
    }
  }

 private:
  Session& session_;
  const Outputs& outputs_;
  std::deque<OutputFile> files_;
};

// The rows go to the file and, where a table can hold them and nobody wants the file to be read
// again, to the table that is evaluated.
std::optional<Table> generate(Session& session, const Model& model, const Options& options,
                              const Storage& storage, OutputFile& file) {
  constexpr std::uint64_t most_table_rows = std::numeric_limits<std::uint32_t>::max();
  GenerateOptions what{options.rows, 0, session.seed(), true};
  what.escape_formulas = options.escape_formulas;
  std::optional<Table> table;
  if (!options.reread && options.rows <= most_table_rows) table.emplace();
  session.progress().begin("generate");
  const GenerateResult result =
      table
          ? generate_into(file, *table, model, what, session.choice(), session.progress(), storage)
          : generate_into(file, model, what, session.choice(), session.progress());
  session.progress().finish(fmt::format("{} rows, {}", with_separators(result.rows),
                                        bytes_text(static_cast<double>(result.bytes))),
                            result.rows);
  return table;
}

Table read_output(Session& session, const Table& real, const Options& options,
                  const OutputFile& file, const std::string& name) {
  ReadOptions columns = for_written_file(options.columns);
  columns.delimiter = real.delimiter;
  columns.encoding = TextEncoding::utf8;  // and bytes that are none are those of the real table
  return read_like(session, file.name_to_read(), real, columns, name, options.escape_formulas);
}

Evaluation evaluate_output(Session& session, const Table& real, const Table& synthetic,
                           const Table* holdout, const Options& options) {
  session.progress().begin("evaluate");
  Evaluation evaluation =
      evaluate(real, synthetic, {holdout, options.target}, session.choice(), session.progress());
  session.progress().finish(fmt::format("{} columns", evaluation.columns.size()));
  if (!options.target.empty() && !evaluation.prediction) session.console().note(too_few_asked);
  return evaluation;
}

using Provenance = std::vector<std::pair<std::string, std::string>>;

Provenance provenance_of(const Session& session, const Model& model, const Table& real,
                         const Options& options, std::uint64_t formulas) {
  std::string columns;
  const auto add = [&](const char* option, const std::vector<std::string>& names) {
    for (const std::string& name : names) columns += fmt::format("{} {} ", option, name);
  };
  add("--label", options.columns.label);
  add("--continuous", options.columns.continuous);
  add("--drop", options.columns.drop);
  add("--key", options.columns.key);
  add("--keep", options.columns.keep);
  add("--missing", options.columns.missing);
  add("--rule", options.columns.rules);
  for (const auto& [name, format] : options.columns.datetime) {
    columns += fmt::format("--datetime {}{}{} ", name, format.empty() ? "" : "=", format);
  }
  Provenance provenance{{"Version", "cuvae " + model.version},
                        {"Device", model.device},
                        {"Seed", std::to_string(model.settings.seed)},
                        {"Options", settings_text(model.settings)},
                        {"Data", source_name(options.data)},
                        {"Data rows", with_separators(real.rows)},
                        {"Data fingerprint", real.fingerprint},
                        {"Parameters", with_separators(parameter_count(model))}};
  if (!columns.empty()) provenance.emplace_back("Column options", columns);
  provenance.emplace_back(
      "Cells that a spreadsheet would run",
      with_separators(formulas) + (formulas > 0 && options.escape_formulas ? ", escaped" : ""));
  for (const auto& [stage, taken_s] : session.progress().timings()) {
    provenance.emplace_back("Time to " + stage, duration_text(taken_s));
  }
  return provenance;
}

nlohmann::ordered_json metrics_of(const Evaluation& evaluation, const Model& model,
                                  const Table& real, const Options& options) {
  auto metrics = nlohmann::ordered_json::parse(to_json(evaluation));
  metrics["provenance"] = {
      {"version", model.version},          {"device_name", model.device},
      {"seed", model.settings.seed},       {"options", settings_json(model.settings)},
      {"data", source_name(options.data)}, {"fingerprint", real.fingerprint},
      {"history", history_json(model)}};
  return metrics;
}

void print_results(const Session& session, const Evaluation& evaluation,
                   nlohmann::ordered_json metrics, const Outputs& outputs) {
  if (session.options().json) {
    metrics["outputs"] = {{"model", outputs.model},
                          {"synthetic", outputs.synthetic},
                          {"report", outputs.report},
                          {"metrics", outputs.metrics}};
    metrics["seconds"] = timings_json(session);
    session.print_json(metrics);
    return;
  }
  if (session.options().quiet) return;
  Console::result('\n' + score_table(evaluation, session.console()) +
                  fmt::format("\nmodel      {}\nsynthetic  {}\nmetrics    {}\nreport     {}\n",
                              printable(outputs.model), printable(outputs.synthetic),
                              printable(outputs.metrics), printable(outputs.report)));
}

void run_run(Session& session, Options options) {
  check_options(options.train);
  check_inputs({options.data});
  const DeviceInfo device = session.warm_device();
  const Outputs outputs = outputs_in(options.folder);
  const OutputFolder folder(options.folder);
  for (const std::string& output :
       {outputs.model, outputs.synthetic, outputs.report, outputs.metrics}) {
    session.will_write(output, {options.data});
  }
  session.console().note("device    " + device.name + ", " + device.details);
  session.note_seed();

  ReadOptions reading = read_options(options.columns, session.options());
  reading.minimum_rows = fewest_training_rows;
  reading.storage = table_storage(session, options.memory, options.data, options.folder);
  Table real = read_real(session, options.data, reading);
  std::optional<Table> holdout;
  if (options.holdout_share > 0) {
    SplitTable parts = split_table(real, options.holdout_share, session.seed());
    real = std::move(parts.kept);
    holdout = std::move(parts.aside);
    session.console().note(fmt::format("holdout   {} rows set aside, {} to learn from",
                                       with_separators(holdout->rows), with_separators(real.rows)));
  }
  check_comparable(real);
  if (!options.target.empty()) check_target(real, options.rows, options.target);
  const Model model = train_on(session, real, options.train);
  Files files(session, outputs);
  files.open(outputs.model).write(model_bytes(model));
  OutputFile& rows = files.open(outputs.synthetic);
  std::optional<Table> synthetic = generate(session, model, options, reading.storage, rows);
  if (!synthetic) synthetic = read_output(session, real, options, rows, outputs.synthetic);
  const Evaluation evaluation =
      evaluate_output(session, real, *synthetic, holdout ? &*holdout : nullptr, options);

  const ReportInfo info{source_name(options.data), history_of(model),
                        provenance_of(session, model, real, options, count_formulas(*synthetic))};
  files.open(outputs.report).write(html_report(evaluation, info));
  const nlohmann::ordered_json metrics = metrics_of(evaluation, model, real, options);
  files.open(outputs.metrics).write(dump(metrics));
  files.commit();
  print_results(session, evaluation, metrics, outputs);
}

}  // namespace

Verb add_run(CLI::App& root, CommonOptions& common) {
  CLI::App* verb =
      root.add_subcommand("run", "the whole job: train, generate, evaluate, write a report");
  const auto options = std::make_shared<Options>();
  verb->add_option("DATA.csv", options->data, "table to learn from, - for standard input")
      ->required();
  verb->add_option("-o,--output", options->folder, "folder for the outputs; made where missing")
      ->type_name("DIR")
      ->required()
      ->group("Output");
  add_count(*verb, "-n,--rows", options->rows, 1, std::numeric_limits<std::int64_t>::max(),
            "synthetic rows to write; k, M and G stand for thousands, millions, billions")
      ->default_str("2000000")
      ->group("Output");
  verb->add_option("--holdout-share", options->holdout_share,
                   "share of the rows to keep from training and to compare with: adds a privacy "
                   "check and what unseen real rows would score")
      ->type_name("X")
      ->default_str("0")
      ->check(CLI::Range(0.0, 0.9))
      ->group("Training");
  add_escape_formulas(*verb, options->escape_formulas);
  add_target(*verb, options->target);
  verb->add_flag("--reread", options->reread,
                 "evaluate what reading synthetic.csv gives instead of the rows in memory: the "
                 "same figures, and a check of the file")
      ->group("Evaluation");
  add_training_options(*verb, options->train);
  add_column_options(*verb, options->columns);
  add_memory_options(*verb, options->memory);
  add_common_options(*verb, common,
                     {"of training and of the generated rows; random when absent, printed and kept "
                      "in model, metrics and report",
                      "overwrite existing outputs"});
  verb->footer(footer);
  return {verb, [options](Session& session) { run_run(session, *options); }};
}

}  // namespace cuvae::cli
