#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

#include <cuvae/generate.hpp>

#include "application.hpp"
#include "terminal/text.hpp"
#include "training.hpp"

namespace cuvae::cli {
namespace {

struct Options {
  std::string model;
  std::string output;
  std::uint64_t rows = 0;
  std::uint64_t first_row = 0;
  std::string header = "auto";
  std::vector<std::string> where;
  std::string balance;
  bool escape_formulas = false;
};

constexpr std::uint64_t most_rows = std::numeric_limits<std::int64_t>::max();

constexpr const char* footer =
    R"(A model and a seed define an endless table; data rows are counted from 0, the
header line not included. Shards of one job, in order, concatenate to the file
that one run would have written, byte for byte: only the shard with row 0 has a
header line (--header auto).

Examples:
  cuvae generate model.safetensors -n 2M -o synthetic.csv
  cuvae generate model.safetensors -n 1000 -o - --seed 7 | head
  cuvae generate model.safetensors -n 1M --first-row 0  --seed 7 -o part0.csv
  cuvae generate model.safetensors -n 1M --first-row 1M --seed 7 -o part1.csv
  cat part0.csv part1.csv > whole.csv
  cuvae generate model.safetensors -n 10k -o dear.csv --where 'Amount>100'
  cuvae generate model.safetensors -n 10k -o even.csv --balance 'Use Chip')";

bool wants_header(const Options& options) {
  return options.header == "always" || (options.header == "auto" && options.first_row == 0);
}

// How rare the wanted rows were.
std::string accepted_text(const GenerateResult& result) {
  if (result.drawn == result.rows) return {};
  return fmt::format(", {:.3g} % of {} drawn",
                     100.0 * static_cast<double>(result.rows) / static_cast<double>(result.drawn),
                     with_separators(result.drawn));
}

void run_generate(Session& session, const Options& options) {
  session.check_json_against(options.output);
  session.will_write(options.output, {options.model});
  const DeviceInfo device = session.warm_device();
  const Model model = load_model(options.model);
  session.note_seed();

  const GenerateOptions what{options.rows,           options.first_row, session.seed(),
                             wants_header(options),  options.where,     options.balance,
                             options.escape_formulas};
  session.progress().begin("generate");
  const GenerateResult result = generate_csv(model, what, options.output, session.if_exists(),
                                             session.choice(), session.progress());
  session.wrote(options.output);
  session.progress().finish(
      fmt::format("{}: {} rows, {}{}",
                  options.output == "-" ? "standard output" : printable(options.output),
                  with_separators(result.rows), bytes_text(static_cast<double>(result.bytes)),
                  accepted_text(result)),
      result.rows);
  if (!session.options().json) return;
  session.print_json({{"output", options.output},
                      {"model", options.model},
                      {"version", library_version()},
                      {"device", device.id},
                      {"device_name", device.name},
                      {"seed", session.seed()},
                      {"first_row", options.first_row},
                      {"rows", result.rows},
                      {"drawn", result.drawn},
                      {"bytes", result.bytes},
                      {"header", what.header},
                      {"seconds", timings_json(session)}});
}

}  // namespace

Verb add_generate(CLI::App& root, CommonOptions& common) {
  CLI::App* verb = root.add_subcommand("generate", "write synthetic rows of a model as CSV");
  const auto options = std::make_shared<Options>();
  verb->add_option("MODEL", options->model, "model that train or run wrote")->required();
  add_count(*verb, "-n,--rows", options->rows, 1, most_rows,
            "rows to write; k, M and G stand for thousands, millions, billions")
      ->required()
      ->group("Output");
  verb->add_option("-o,--output", options->output, "file to write, - for standard output")
      ->type_name("OUT.csv")
      ->required()
      ->group("Output");
  add_count(*verb, "--first-row", options->first_row, 0, most_rows,
            "number of the first row to write")
      ->default_str("0")
      ->group("Output");
  verb->add_option("--header", options->header,
                   "write the header line; auto: only in front of row 0")
      ->type_name("auto|always|never")
      ->default_str("auto")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->group("Output");
  verb->add_option("--where", options->where,
                   "write only rows where this holds: COLUMN=CELL, or one of != < <= > >= for = "
                   "(repeatable: all must hold)")
      ->type_name("CONDITION")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group("Conditions");
  verb->add_option("--balance", options->balance, "write as many rows of each label of this column")
      ->type_name("COLUMN")
      ->group("Conditions");
  add_escape_formulas(*verb, options->escape_formulas);
  add_common_options(
      *verb, common,
      {"of the endless table; random when absent, and printed", "overwrite an existing file"});
  verb->footer(footer);
  return {verb, [options](Session& session) { run_generate(session, *options); }};
}

}  // namespace cuvae::cli
