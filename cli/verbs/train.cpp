#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "application.hpp"
#include "memory.hpp"
#include "table_input.hpp"
#include "terminal/text.hpp"
#include "training.hpp"

namespace cuvae::cli {
namespace {

struct Options {
  std::string data;
  std::string output;
  TrainOptions train;
  ReadOptions columns;
  MemoryOptions memory;
};

constexpr const char* footer = R"(Examples:
  cuvae train transactions.csv -o model.safetensors
  cuvae train transactions.csv -o model.safetensors --epochs 30 --seed 7
  cuvae train any.csv -o any.safetensors --label zip --drop id --recipe fast
  zcat big.csv.gz | cuvae train - -o big.safetensors --json)";

void run_train(Session& session, Options options) {
  check_options(options.train);
  check_inputs({options.data});
  if (options.output == "-") {
    throw Error(ErrorKind::usage, "a model can't be written to standard output; name a file");
  }
  session.will_write(options.output, {options.data});
  const DeviceInfo device = session.warm_device();
  session.note_seed();

  ReadOptions reading = read_options(options.columns, session.options());
  reading.minimum_rows = fewest_training_rows;
  reading.storage = table_storage(session, options.memory, options.data, options.output);
  const Table table = read_real(session, options.data, reading);
  const Model model = train_on(session, table, options.train);
  save(session, model, options.output);
  session.console().note(
      fmt::format("model     {}: {} parameters, {}", printable(options.output),
                  with_separators(parameter_count(model)),
                  bytes_text(static_cast<double>(std::filesystem::file_size(options.output)))));
  if (!session.options().json) return;
  session.print_json({{"model", options.output},
                      {"version", model.version},
                      {"device", device.id},
                      {"device_name", device.name},
                      {"seed", model.settings.seed},
                      {"data", options.data},
                      {"fingerprint", table.fingerprint},
                      {"rows", table.rows},
                      {"columns", table.columns.size()},
                      {"parameters", parameter_count(model)},
                      {"options", settings_json(model.settings)},
                      {"history", history_json(model)},
                      {"seconds", timings_json(session)}});
}

}  // namespace

Verb add_train(CLI::App& root, CommonOptions& common) {
  CLI::App* verb = root.add_subcommand("train", "train a model on a CSV table");
  const auto options = std::make_shared<Options>();
  verb->add_option("DATA.csv", options->data, "table to learn from, - for standard input")
      ->required();
  verb->add_option("-o,--output", options->output, "model to write (safetensors)")
      ->type_name("MODEL")
      ->required()
      ->group("Output");
  add_training_options(*verb, options->train);
  add_column_options(*verb, options->columns);
  add_memory_options(*verb, options->memory);
  add_common_options(
      *verb, common,
      {"of the initial weights, the order of rows and the noise; random when absent, "
       "printed and kept in the model",
       "overwrite an existing model"});
  verb->footer(footer);
  return {verb, [options](Session& session) { run_train(session, *options); }};
}

}  // namespace cuvae::cli
