#include <array>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <nlohmann/json.hpp>

#include <cuvae/inspect.hpp>
#include <cuvae/model.hpp>

#include "application.hpp"
#include "rules/rule.hpp"
#include "table_input.hpp"
#include "terminal/text.hpp"
#include "training.hpp"

namespace cuvae::cli {
namespace {

struct Options {
  std::string file;
  ReadOptions columns;
};

constexpr std::size_t widest_name = 28;
constexpr std::size_t widest_value = 20;
constexpr std::size_t shown_examples = 3;

constexpr const char* footer = R"(Examples:
  cuvae inspect transactions.csv
  cuvae inspect transactions.csv --label Zip --json
  cuvae inspect export.csv.gz --skip 3 --rename 'column 1=id'
  cuvae inspect model.safetensors)";

using Align = TextTable::Align;
using Json = nlohmann::ordered_json;

// A safetensors file starts with the length of its JSON header; a CSV never has bytes of value 0
// and a brace there.
bool is_model(const std::string& path) {
  std::error_code error;
  if (path == "-" || !std::filesystem::is_regular_file(path, error)) return false;
  if (std::filesystem::path(path).extension() == ".safetensors") return true;
  std::array<char, 9> start{};
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), start.size());
  return file.gcount() == static_cast<std::streamsize>(start.size()) && start[6] == '\0' &&
         start[7] == '\0' && start[8] == '{';
}

std::string cell(const std::string& text, std::size_t width) {
  return shortened(printable(text), width);
}

std::string range_of(const ColumnSummary& column) {
  if (column.minimum.empty() && column.maximum.empty()) return "";
  return cell(column.minimum, widest_value) + " .. " + cell(column.maximum, widest_value);
}

std::string examples_of(const ColumnSummary& column) {
  std::string text;
  for (std::size_t index = 0; index < column.examples.size() && index < shown_examples; ++index) {
    const ValueCount& example = column.examples[index];
    if (index != 0) text += ", ";
    text += cell(example.text, widest_value);
    if (is_coded(column.kind) && example.count != 0) {
      text += " (" + with_separators(example.count) + ")";
    }
  }
  return text;
}

std::string column_table(const std::vector<ColumnSummary>& columns, const Console& console) {
  TextTable table({Align::left, Align::left, Align::right, Align::right, Align::left, Align::left});
  table.add({"column", "kind", "distinct", "missing", "range", "examples"});
  for (const ColumnSummary& column : columns) {
    table.add({cell(column.name, widest_name), std::string(to_string(column.kind)),
               column.distinct == 0 ? "" : with_separators(column.distinct),
               with_separators(column.missing), range_of(column), examples_of(column)});
  }
  const std::string text = table.text();
  const std::size_t first_line = text.find('\n');
  return console.bold(text.substr(0, first_line)) + text.substr(first_line);
}

std::string reason_table(const std::vector<ColumnSummary>& columns, const Console& console) {
  TextTable table({Align::left, Align::left, Align::left});
  for (const ColumnSummary& column : columns) {
    table.add({cell(column.name, widest_name), std::string(to_string(column.kind)),
               printable(column.reason)});
  }
  return console.bold("why") + '\n' + table.text();
}

Json columns_json(const std::vector<ColumnSummary>& columns) {
  Json list = Json::array();
  for (const ColumnSummary& column : columns) {
    Json object{{"name", column.name},       {"kind", to_string(column.kind)},
                {"reason", column.reason},   {"distinct", column.distinct},
                {"missing", column.missing}, {"minimum", column.minimum},
                {"maximum", column.maximum}};
    if (!is_coded(column.kind)) object["mean"] = column.mean;
    Json examples = Json::array();
    for (const ValueCount& example : column.examples) {
      examples.push_back({{"value", example.text}, {"count", example.count}});
    }
    object["examples"] = examples;
    list.push_back(object);
  }
  return list;
}

std::string delimiter_name(char delimiter) {
  return delimiter == '\t' ? "tab" : std::string(1, delimiter);
}

std::vector<std::string> with_flags(std::vector<std::string> notes) {
  for (std::string& note : notes) note = cli::with_flags(note);
  return notes;
}

// The rules that rows keep, as --rule takes them.
std::vector<std::string> rules_of(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  std::vector<std::string> rules;
  if (table.rules) {
    for (const Rule& rule : *table.rules) rules.push_back(text(rule, names));
  }
  return rules;
}

void inspect_table(Session& session, const Options& options) {
  const Table table =
      read_real(session, options.file, read_options(options.columns, session.options()));
  const std::vector<ColumnSummary> columns = describe(table);
  if (session.options().json) {
    session.print_json({{"file", options.file},
                        {"type", "table"},
                        {"rows", table.rows},
                        {"bytes", table.bytes},
                        {"delimiter", delimiter_name(table.delimiter)},
                        {"line_ends", table.carriage_returns ? "CRLF" : "LF"},
                        {"fingerprint", table.fingerprint},
                        {"empty_columns", table.empty_columns},
                        {"notes", with_flags(table.notes)},
                        {"rules", rules_of(table)},
                        {"columns", columns_json(columns)}});
    return;
  }
  const std::string head =
      fmt::format("{}: {} rows, {} columns, {}; delimiter {}, lines end in {}, fingerprint {}\n\n",
                  printable(source_name(options.file)), with_separators(table.rows),
                  table.columns.size(), bytes_text(static_cast<double>(table.bytes)),
                  table.delimiter == '\t' ? "tab" : fmt::format("'{}'", table.delimiter),
                  table.carriage_returns ? "CRLF" : "LF", table.fingerprint);
  Console::result(head + column_table(columns, session.console()) + '\n' +
                  reason_table(columns, session.console()));
  const std::vector<std::string> rules = rules_of(table);
  if (rules.empty()) return;
  std::string list = session.console().bold("all rows keep") + '\n';
  for (const std::string& rule : rules) list += printable(rule) + '\n';
  Console::result('\n' + list);
}

std::string widths_of(const PublishedShape& shape) {
  std::string text;
  for (const Layer& layer : layers_of(shape)) {
    if (layer.inputs == shape.latent) text += fmt::format("; decoder {}", layer.inputs);
    text += fmt::format("-{}", layer.outputs);
  }
  return fmt::format("encoder {}{}", shape.columns, text);
}

std::string list_of(const std::vector<std::uint32_t>& widths) {
  return fmt::format("{}", fmt::join(widths, "-"));
}

std::string network_text(const PublishedNetwork& network, const Schema&) {
  return widths_of(network.shape);
}

std::string network_text(const TokenModel& model, const Schema& schema) {
  const TokenShape& shape = model.network.shape;
  const std::string decoder =
      fmt::format("{} {} for {} tokens of {} columns",
                  shape.autoregressive ? "autoregressive decoder" : "decoder",
                  list_of(shape.decoder), shape.tokens.size(), schema.columns.size());
  if (shape.latent == 0) return decoder;
  return fmt::format("encoder {}, latent {}, {}", list_of(shape.encoder), shape.latent, decoder);
}

std::string joined_columns(const PublishedNetwork&, const Schema&) {
  return {};
}

std::string joined_columns(const TokenModel& model, const Schema& schema) {
  std::string text;
  for (const Source& source : model.tokenizer.sources) {
    if (source.columns.size() < 2) continue;
    if (!text.empty()) text += "; ";
    for (std::size_t i = 0; i < source.columns.size(); ++i) {
      if (i > 0) text += " + ";
      text += printable(schema.columns[source.columns[i]].name);
    }
    text += fmt::format(" ({} tuples)", with_separators(source.atoms()));
  }
  return text;
}

Json shape_json(const PublishedNetwork& network, const Schema&) {
  const PublishedShape& shape = network.shape;
  return {{"columns", shape.columns}, {"hidden", shape.hidden}, {"latent", shape.latent}};
}

Json shape_json(const TokenModel& model, const Schema& schema) {
  const TokenShape& shape = model.network.shape;
  return {{"columns", schema.columns.size()}, {"tokens", shape.tokens.size()},
          {"encoder", shape.encoder},         {"decoder", shape.decoder},
          {"latent", shape.latent},           {"autoregressive", shape.autoregressive}};
}

// `f` of the model's network, whichever it is, and its schema.
template <class F>
auto of_network(const Model& model, F&& f) {
  return std::visit([&](const auto& network) { return f(network, network_schema(model)); },
                    model.network);
}

std::string model_facts(const Model& model) {
  TextTable table({Align::left, Align::left});
  table.add({"network", of_network(model, [](const auto& network, const Schema& schema) {
               return network_text(network, schema);
             })});
  const std::string joined = of_network(model, [](const auto& network, const Schema& schema) {
    return joined_columns(network, schema);
  });
  if (!joined.empty()) table.add({"together", joined});
  table.add({"parameters", with_separators(parameter_count(model))});
  table.add({"options", settings_text(model.settings)});
  table.add({"seed", std::to_string(model.settings.seed)});
  table.add(
      {"trained on", fmt::format("{} rows, fingerprint {}", with_separators(model.schema.rows),
                                 printable(model.schema.fingerprint))});
  table.add({"trained by", printable(fmt::format("cuvae {}", model.version))});
  return table.text();
}

std::string history_text(const Model& model, const Console& console) {
  constexpr std::size_t most_lines = 30;
  const std::vector<EpochLoss>& history = history_of(model);
  TextTable table({Align::right, Align::right, Align::right, Align::right});
  const bool squared = model.settings.loss == Loss::mse;
  const bool validated = !history.empty() && !std::isnan(history.front().validation);
  table.add({"epoch", squared ? "squared error" : "cross-entropy", "KL",
             validated ? "held-out rows" : ""});
  const std::size_t stride = (history.size() + most_lines - 1) / most_lines;
  for (std::size_t epoch = 0; epoch < history.size(); ++epoch) {
    if (epoch != 0 && epoch + 1 != history.size() && (epoch + 1) % stride != 0) continue;
    table.add({std::to_string(epoch + 1), fmt::format("{:.5f}", history[epoch].reconstruction),
               fmt::format("{:.5f}", history[epoch].kl),
               validated ? fmt::format("{:.5f}", history[epoch].validation) : ""});
  }
  return console.bold("training") + '\n' + table.text();
}

void inspect_model(Session& session, const Options& options) {
  const Model model = load_model(options.file);
  const std::vector<ColumnSummary> columns = describe(model.schema);
  if (session.options().json) {
    session.print_json({{"file", options.file},
                        {"type", "model"},
                        {"version", model.version},
                        {"seed", model.settings.seed},
                        {"shape", of_network(model,
                                             [](const auto& network, const Schema& schema) {
                                               return shape_json(network, schema);
                                             })},
                        {"parameters", parameter_count(model)},
                        {"options", settings_json(model.settings)},
                        {"rows", model.schema.rows},
                        {"fingerprint", model.schema.fingerprint},
                        {"history", history_json(model)},
                        {"columns", columns_json(columns)}});
    return;
  }
  Console::result(model_facts(model) + '\n' + column_table(columns, session.console()) + '\n' +
                  history_text(model, session.console()));
}

void run_inspect(Session& session, const Options& options) {
  session.device();
  if (is_model(options.file)) {
    inspect_model(session, options);
  } else {
    inspect_table(session, options);
  }
}

}  // namespace

Verb add_inspect(CLI::App& root, CommonOptions& common) {
  CLI::App* verb = root.add_subcommand(
      "inspect", "what a table's columns were taken for and why, or what a model holds");
  const auto options = std::make_shared<Options>();
  verb->add_option("FILE", options->file, "CSV table (- for standard input) or model")->required();
  add_column_options(*verb, options->columns);
  add_common_options(*verb, common, {});
  verb->footer(footer);
  return {verb, [options](Session& session) { run_inspect(session, *options); }};
}

}  // namespace cuvae::cli
