// Conditions on rows. Input: conditions, one a line. Those that are taken select, from rows of
// small models, only rows that meet them, and what is left out ahead of time is none of those.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include <cuvae/train.hpp>

#include "csv/naive_csv.hpp"
#include "csv/row_formatter.hpp"
#include "generate/row_source.hpp"
#include "target.hpp"
#include "text/cell_format.hpp"

namespace cuvae::fuzz {
namespace {

constexpr std::uint32_t drawn_rows = 128;
constexpr std::size_t most_conditions = 8;

// Cells of all kinds, with gaps.
std::string training_text() {
  std::string text = "Shop,Shop 2,Hour,Day,Amount,Score,Long,a=b\n";
  for (int i = 0; i < 200; ++i) {
    char row[200];
    std::snprintf(row, sizeof row,
                  "%s,\"s, \"\"%d\"\"\",%02d:%02d,2020-%02d-%02d,$%d.%02d,%s,%d%s,%g\n",
                  i % 7 == 0 ? "" : (i % 3 == 0 ? "Online" : "a shop"), i % 40, i * 7 % 24,
                  i * 11 % 60, 1 + i % 12, 1 + i % 28, i * i % 900 - 90, i % 100,
                  i % 9 == 0 ? "" : (i % 2 == 0 ? "-1.5" : "2.25"), i % 30, i % 5 == 0 ? ".0" : "",
                  1e-5 * i * i * i + 1.5);
    text += row;
  }
  return text;
}

DeviceChoice one_thread() {
  DeviceChoice device;
  device.kind = DeviceChoice::Kind::cpu;
  device.threads = 1;
  return device;
}

// Rows as the text of their cells.
naive::Rows cells_of(const RowSource& source, const RowBlock& block) {
  const RowFormatter formatter(source.schema(), source.codings());
  RowFormatter::Scratch scratch(formatter);
  TextBuffer text;
  formatter.format(block, scratch, text);
  return naive::parse(std::string(text.text()), source.schema().delimiter);
}

RowRequest request_of(const Conditions* conditions) {
  RowRequest request;
  request.rows = drawn_rows;
  request.block_rows = drawn_rows;
  request.conditions = conditions;
  return request;
}

// A model, and rows of it without any condition.
struct Sample {
  explicit Sample(const Table& table, Recipe recipe) {
    TrainOptions options;
    options.recipe = recipe;
    options.epochs = 1;
    model = train_model(table, options, one_thread());
    source = make_row_source(model, 0, one_thread());
    generator = source->generator(request_of(nullptr));
    cells = cells_of(*source, block());
  }
  const RowBlock& block() const { return generator->codes(0, 0, drawn_rows); }

  Model model;
  std::unique_ptr<RowSource> source;
  std::unique_ptr<RowGenerator> generator;
  naive::Rows cells;
};

std::vector<std::unique_ptr<Sample>> make_samples() {
  const MemoryFile file(training_text());
  ReadOptions options;
  options.threads = 1;
  const Table table = read_csv(file.path(), options);
  std::vector<std::unique_ptr<Sample>> samples;
  for (const Recipe recipe : all_recipes()) {
    samples.push_back(std::make_unique<Sample>(table, recipe));
  }
  return samples;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A condition as a plain reading of the documents takes it.
struct PlainCondition {
  std::size_t column = 0;
  std::string relation;
  std::string cell;
};

PlainCondition plain_condition(const Schema& schema, const std::string& text) {
  PlainCondition found;
  std::size_t longest = 0;
  for (std::size_t c = 0; c < schema.columns.size(); ++c) {
    const std::string& name = schema.columns[c].name;
    if (!text.starts_with(name) || name.size() < longest) continue;
    const std::size_t at = std::min(text.find_first_not_of(' ', name.size()), text.size());
    for (const char* relation : {"!=", "<=", ">=", "=", "<", ">"}) {
      if (text.compare(at, std::strlen(relation), relation) != 0) continue;
      found = {c, relation, text.substr(at + std::strlen(relation))};
      longest = name.size();
      break;
    }
  }
  require(!found.relation.empty(), "a condition that is taken has a column and a relation");
  return found;
}

bool equals(const std::string& cell, const PlainCondition& condition) {
  const std::string_view wanted = trimmed(condition.cell);
  if (cell == condition.cell || cell == wanted) return true;
  if (wanted.size() >= 2 && wanted.front() == '"' && wanted.back() == '"') {
    std::string inner(wanted.substr(1, wanted.size() - 2));
    for (std::size_t at = 0; (at = inner.find("\"\"", at)) != std::string::npos; ++at) {
      inner.erase(at, 1);
    }
    if (cell == inner) return true;
  }
  const auto number = number_in(cell);
  return number && number_in(wanted) == number;
}

// What a cell that was selected has to be.
bool may_be_selected(const std::string& cell, const PlainCondition& condition) {
  if (condition.relation == "=") return equals(cell, condition);
  if (condition.relation == "!=") return cell != condition.cell;
  const auto number = number_in(cell);
  const auto wanted = number_in(trimmed(condition.cell));
  if (!number || !wanted) return false;
  if (condition.relation == "<") return *number < *wanted;
  if (condition.relation == "<=") return *number <= *wanted;
  return condition.relation == ">" ? *number > *wanted : *number >= *wanted;
}

naive::Rows selected(const naive::Rows& cells, const Conditions& conditions,
                     const RowBlock& block) {
  std::vector<std::uint32_t> places;
  conditions.find(block, places);
  naive::Rows rows;
  for (const std::uint32_t place : places) rows.push_back(cells[place]);
  return rows;
}

void check(const Sample& sample, const std::vector<std::string>& texts) {
  const Schema& schema = sample.source->schema();
  std::optional<Conditions> conditions;
  try {
    conditions.emplace(schema, sample.source->codings(), texts);
  } catch (const Error&) {
    return;
  }
  const naive::Rows rows = selected(sample.cells, *conditions, sample.block());
  for (const std::string& text : texts) {
    const PlainCondition condition = plain_condition(schema, text);
    for (const auto& row : rows) {
      require(may_be_selected(row[condition.column], condition), "a selected row meets conditions");
    }
  }
  const auto generator = sample.source->generator(request_of(&*conditions));
  const RowBlock& candidates = generator->candidates(0, 0, drawn_rows);
  require(selected(cells_of(*sample.source, candidates), *conditions, candidates) == rows,
          "no row that is wanted is left out ahead of time");
}

}  // namespace
}  // namespace cuvae::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cuvae::fuzz;
  static const auto samples = make_samples();
  if (size > most_input_bytes) return 0;
  std::vector<std::string> texts;
  std::string_view rest = Input(data, size).rest();
  while (!rest.empty() && texts.size() < most_conditions) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    texts.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const auto& sample : samples) check(*sample, texts);
  return 0;
}
