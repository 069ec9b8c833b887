#include <fmt/format.h>

#include <cuvae/evaluate.hpp>
#include <cuvae/model.hpp>
#include <cuvae/report.hpp>

#include "application.hpp"
#include "results.hpp"
#include "support/output_file.hpp"
#include "table_input.hpp"
#include "terminal/text.hpp"
#include "text/formula.hpp"

namespace cuvae::cli {
namespace {

struct Options {
  std::string real;
  std::string synthetic;
  std::string holdout;
  std::string target;
  std::string report;
  ReadOptions columns;
};

constexpr const char* footer = R"(Examples:
  cuvae evaluate transactions.csv synthetic.csv
  cuvae evaluate train.csv synthetic.csv --holdout held-out.csv --json
  cuvae evaluate transactions.csv synthetic.csv --report report.html
  cuvae evaluate transactions.csv synthetic.csv --target 'Use Chip'
  cuvae evaluate statement.csv synthetic.csv --skip 4 --encoding latin-1)";

ReportInfo report_info(const Options& options, const Table& real, const Table& synthetic,
                       const Table* holdout) {
  ReportInfo info;
  info.title = source_name(options.synthetic);
  const auto file = [](const std::string& path, const Table& table) {
    return fmt::format("{}, {} rows, fingerprint {}", source_name(path),
                       with_separators(table.rows), table.fingerprint);
  };
  info.provenance = {
      {"Version", "cuvae " + library_version()},
      {"Real table", file(options.real, real)},
      {"Synthetic table", file(options.synthetic, synthetic)},
      {"Cells that a spreadsheet would run", with_separators(count_formulas(synthetic))}};
  if (holdout != nullptr) {
    info.provenance.emplace_back("Holdout table", file(options.holdout, *holdout));
  }
  return info;
}

void run_evaluate(Session& session, const Options& options) {
  check_inputs({options.real, options.synthetic, options.holdout});
  if (!options.report.empty()) {
    session.check_json_against(options.report);
    session.will_write(options.report, {options.real, options.synthetic, options.holdout});
  }
  const DeviceInfo device = session.warm_device();
  session.console().note("device    " + device.name + ", " + device.details);

  const Table real =
      read_real(session, options.real, read_options(options.columns, session.options()));
  check_comparable(real);
  if (!options.target.empty()) check_target(real, real.rows, options.target);
  for (const Column& column : real.columns) {
    if (column.kind != ColumnKind::key) continue;
    session.console().note(fmt::format("column '{}' holds keys; it is left out of the comparison",
                                       printable(column.name)));
  }
  const Table synthetic =
      read_like(session, options.synthetic, real, for_written_file(options.columns));
  std::optional<Table> holdout;
  if (!options.holdout.empty()) {
    holdout = read_like(session, options.holdout, real, options.columns);
  }
  const Table* holdout_table = holdout ? &*holdout : nullptr;
  session.progress().begin("evaluate");
  const Evaluation evaluation = evaluate(real, synthetic, {holdout_table, options.target},
                                         session.choice(), session.progress());
  session.progress().finish(fmt::format("{} columns", evaluation.columns.size()));
  if (!options.target.empty() && !evaluation.prediction) session.console().note(too_few_asked);
  if (!options.report.empty()) {
    write_file(options.report,
               html_report(evaluation, report_info(options, real, synthetic, holdout_table)),
               session.if_exists());
    session.wrote(options.report);
    session.console().note("report    " + printable(options.report));
  }
  if (session.options().json) {
    Console::result(to_json(evaluation) + '\n');
  } else if (options.report != "-" && (options.report.empty() || !session.options().quiet)) {
    Console::result(score_table(evaluation, session.console()));
  }
}

}  // namespace

Verb add_evaluate(CLI::App& root, CommonOptions& common) {
  CLI::App* verb = root.add_subcommand("evaluate", "measure how close synthetic rows are");
  const auto options = std::make_shared<Options>();
  verb->add_option("REAL.csv", options->real, "table that the model learned from")->required();
  verb->add_option("SYNTHETIC.csv", options->synthetic, "table with the same columns")->required();
  verb->add_option("--holdout", options->holdout,
                   "real rows that the model never saw: the same numbers for them, and how much "
                   "nearer synthetic rows are to the training rows")
      ->type_name("CSV")
      ->group("Input");
  add_target(*verb, options->target);
  verb->add_option("--report", options->report, "write a report, one self-contained HTML file")
      ->type_name("OUT.html")
      ->group("Output");
  add_column_options(*verb, options->columns);
  add_common_options(*verb, common, {"", "overwrite an existing report"});
  verb->footer(footer);
  return {verb, [options](Session& session) { run_evaluate(session, *options); }};
}

}  // namespace cuvae::cli
