#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <span>
#include <unordered_set>

#include "layout/layout.hpp"
#include "rules/column_numbers.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t task_rows = 1 << 16;

// Names that no other column has.
class Names {
 public:
  explicit Names(const Table& table) {
    for (const Column& column : table.columns) taken_.insert(column.name);
  }

  // Of the only part of a column its own.
  std::string of(const std::string& column, const std::string& part) {
    if (part.empty()) return column;
    std::string name = fmt::format("{} {}", column, part);
    while (!taken_.insert(name).second) name += '\'';
    return name;
  }

 private:
  std::unordered_set<std::string> taken_;
};

template <class F>
void for_each_row(std::uint64_t rows, unsigned threads, F&& f) {
  for_each_index(threads, (rows + task_rows - 1) / task_rows, [&](std::size_t task) {
    const std::uint64_t end = std::min<std::uint64_t>(rows, (task + 1) * task_rows);
    for (std::uint64_t row = task * task_rows; row < end; ++row) f(row);
  });
}

void add_parts(const Table& table, const Column& column, Names& names, unsigned threads,
               std::vector<Column>& inner) {
  const std::vector<SpellingPart> parts = column.spelling->parts();
  const std::size_t first = inner.size();
  for (const SpellingPart& part : parts) {
    Column& made = inner.emplace_back();
    made.name = names.of(column.name, part.name);
    made.kind = ColumnKind::continuous;
    made.decimals = part.decimals;
    made.missing = column.missing;
    made.values = LargeVector<double>(table.rows, table.storage);
  }
  for_each_row(table.rows, threads, [&](std::uint64_t row) {
    constexpr std::size_t usual_parts = 8;
    double few[usual_parts];
    std::vector<double> many(parts.size() > usual_parts ? parts.size() : 0);
    double* const numbers = many.empty() ? few : many.data();
    const double number = column.values[row];
    if (std::isnan(number)) {
      std::fill_n(numbers, parts.size(), number);
    } else {
      column.spelling->split(number, numbers);
    }
    for (std::size_t p = 0; p < parts.size(); ++p) inner[first + p].values[row] = numbers[p];
  });
}

void add_choice(const Table& table, const Column& column, Names& names, unsigned threads,
                std::vector<Column>& inner) {
  Column& made = inner.emplace_back();
  made.name = names.of(column.name, "form");
  made.kind = ColumnKind::label;
  const std::uint32_t forms = column.spelling->forms();
  const std::uint32_t choices = choices_of(*column.spelling, column.markers);
  // Only those that occur, in the order of labels.
  std::vector<std::uint64_t> counts(choices);
  const bool key = column.kind == ColumnKind::key;
  const auto choice_of = [&](std::uint64_t row) {
    // The missing label is the last of a key's.
    if (key) return column.codes[row] + 1 == column.labels.size() ? forms : 0U;
    return column.forms[row] + (std::isnan(column.values[row]) ? forms : 0);
  };
  for (std::uint64_t row = 0; row < table.rows; ++row) ++counts[choice_of(row)];
  std::vector<std::uint32_t> occurring;
  for (std::uint32_t choice = 0; choice < choices; ++choice) {
    if (counts[choice] > 0) occurring.push_back(choice);
  }
  std::sort(occurring.begin(), occurring.end(),
            [](std::uint32_t a, std::uint32_t b) { return choice_label(a) < choice_label(b); });
  std::vector<std::uint32_t> code_of(choices);
  for (const std::uint32_t choice : occurring) {
    code_of[choice] = static_cast<std::uint32_t>(made.labels.size());
    made.labels.push_back(choice_label(choice));
    made.counts.push_back(counts[choice]);
  }
  made.codes = CodeVector(table.rows, made.labels.size(), table.storage);
  made.codes.visit([&]<class Code>(std::span<Code> codes) {
    for_each_row(table.rows, threads, [&](std::uint64_t row) {
      codes[row] = static_cast<Code>(code_of[choice_of(row)]);
    });
  });
}

// The numbers of a column's cells, NaN where missing.
class Numbers {
 public:
  explicit Numbers(const Column& column) : column_(column) {
    if (is_coded(column.kind)) of_label_ = label_numbers(column.labels).numbers;
  }
  double operator[](std::uint64_t row) const {
    return is_coded(column_.kind) ? of_label_[column_.codes[row]] : column_.values[row];
  }

 private:
  const Column& column_;
  std::vector<double> of_label_;
};

// What a rule leaves open of its target.
void add_part(const Table& table, const Rule& rule, Names& names, unsigned threads,
              std::vector<Column>& inner) {
  const Column& target = table.columns[rule.target];
  Column& made = inner.emplace_back();
  made.name = names.of(target.name, "above");
  made.kind = ColumnKind::continuous;
  made.decimals = rule.target_decimals;
  made.missing = target.missing;
  made.values = LargeVector<double>(table.rows, table.storage);
  const Numbers of_target(target);
  std::vector<Numbers> of_sources;
  for (const std::uint32_t source : rule.sources) of_sources.emplace_back(table.columns[source]);
  for_each_row(table.rows, threads, [&](std::uint64_t row) {
    std::vector<double> sources;
    for (const Numbers& numbers : of_sources) sources.push_back(numbers[row]);
    made.values[row] = part_of(rule, of_target[row], sources);
  });
}

}  // namespace

Table inner_table(const Table& table, const Layout& layout, unsigned threads) {
  Table inner;
  inner.rows = table.rows;
  inner.delimiter = table.delimiter;
  inner.carriage_returns = table.carriage_returns;
  inner.bytes = table.bytes;
  inner.source = table.source;
  inner.fingerprint = table.fingerprint;
  inner.storage = table.storage;
  Names names(table);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    const ColumnLayout& how = layout.columns[c];
    if (how.is == ColumnLayout::Is::plain) inner.columns.push_back(column);
    if (how.is == ColumnLayout::Is::spelled) {
      add_parts(table, column, names, threads, inner.columns);
    }
    if (how.is == ColumnLayout::Is::derived && how.parts > 0) {
      const Rule& rule = layout.rules[static_cast<std::size_t>(how.rule)];
      add_part(table, rule, names, threads, inner.columns);
    }
    if (how.choice) add_choice(table, column, names, threads, inner.columns);
  }
  return inner;
}

}  // namespace cuvae
