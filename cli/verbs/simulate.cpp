#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

#include <cuvae/model.hpp>
#include <cuvae/simulate.hpp>

#include "application.hpp"
#include "terminal/text.hpp"
#include "training.hpp"

namespace cuvae::cli {
namespace {

struct Options {
  std::string output;
  std::uint64_t rows = 0;
  std::string dialect = "v2";
};

constexpr const char* footer =
    R"(Dialects are the two public spellings of this format: v2 writes ONLINE and
Bad PIN, v1 writes " ONLINE" with a leading space and "Bad PIN," in quotes.

Examples:
  cuvae simulate -n 500k -o transactions.csv
  cuvae simulate -n 24386900 -o full-size.csv --seed 1
  cuvae simulate -n 20 -o - --dialect v1)";

void run_simulate(Session& session, const Options& options) {
  session.check_json_against(options.output);
  session.will_write(options.output, {});
  session.device();
  session.note_seed();

  SimulateOptions what;
  what.rows = options.rows;
  what.seed = session.seed();
  what.dialect = options.dialect == "v1" ? CardDialect::v1 : CardDialect::v2;
  what.threads = session.threads();
  session.progress().begin("simulate");
  const std::uint64_t bytes =
      simulate_cards(what, options.output, session.if_exists(), session.progress());
  session.wrote(options.output);
  session.progress().finish(
      fmt::format("{}: {} rows, {}",
                  options.output == "-" ? "standard output" : printable(options.output),
                  with_separators(options.rows), bytes_text(static_cast<double>(bytes))),
      options.rows);
  if (!session.options().json) return;
  session.print_json({{"output", options.output},
                      {"version", library_version()},
                      {"seed", what.seed},
                      {"dialect", options.dialect},
                      {"rows", options.rows},
                      {"bytes", bytes},
                      {"seconds", timings_json(session)}});
}

}  // namespace

Verb add_simulate(CLI::App& root, CommonOptions& common) {
  CLI::App* verb = root.add_subcommand("simulate", "write simulated card transactions as CSV");
  const auto options = std::make_shared<Options>();
  add_count(*verb, "-n,--rows", options->rows, 1, std::numeric_limits<std::int64_t>::max(),
            "transactions to write; k, M and G stand for thousands, millions, billions")
      ->required()
      ->group("Output");
  verb->add_option("-o,--output", options->output, "file to write, - for standard output")
      ->type_name("OUT.csv")
      ->required()
      ->group("Output");
  verb->add_option("--dialect", options->dialect, "spelling of the file")
      ->type_name("v1|v2")
      ->default_str("v2")
      ->check(CLI::IsMember({"v1", "v2"}))
      ->group("Output");
  add_common_options(
      *verb, common,
      {"of the simulation; random when absent, and printed", "overwrite an existing file"});
  verb->footer(footer);
  return {verb, [options](Session& session) { run_simulate(session, *options); }};
}

}  // namespace cuvae::cli
