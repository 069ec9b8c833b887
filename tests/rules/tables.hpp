// Tables made up for tests of rules.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <cuvae/table.hpp>

#include "rules/find_rules.hpp"

namespace cuvae::test {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Whole numbers of a column, as `decimals` digits of it lie behind the point.
using Units = std::vector<std::int64_t>;

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : random_(seed) {}

  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least +
           static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most - least + 1));
  }
  Units many(std::size_t rows, std::int64_t least, std::int64_t most) {
    Units units(rows);
    for (auto& one : units) one = between(least, most);
    return units;
  }

 private:
  std::mt19937_64 random_;
};

inline Units each(const Units& a, const std::function<std::int64_t(std::int64_t)>& f) {
  Units result;
  for (const std::int64_t x : a) result.push_back(f(x));
  return result;
}

inline Units each(const Units& a, const Units& b,
                  const std::function<std::int64_t(std::int64_t, std::int64_t)>& f) {
  Units result;
  for (std::size_t i = 0; i < a.size(); ++i) result.push_back(f(a[i], b[i]));
  return result;
}

// A value column; rows of `without` are missing.
inline Column value_column(const std::string& name, const Units& units, int decimals,
                           const std::vector<bool>& without = {}) {
  Column column;
  column.name = name;
  column.kind = ColumnKind::continuous;
  column.decimals = decimals;
  for (std::size_t row = 0; row < units.size(); ++row) {
    const bool none = !without.empty() && without[row];
    column.missing += none ? 1 : 0;
    column.values.push_back(none ? missing
                                 : static_cast<double>(units[row]) / std::pow(10, decimals));
  }
  return column;
}

// A coded column with one label a distinct text.
inline Column coded_column(const std::string& name, ColumnKind kind,
                           const std::vector<std::string>& cells) {
  Column column;
  column.name = name;
  column.kind = kind;
  column.labels = cells;
  std::sort(column.labels.begin(), column.labels.end());
  column.labels.erase(std::unique(column.labels.begin(), column.labels.end()), column.labels.end());
  column.counts.assign(column.labels.size(), 0);
  column.codes = CodeVector(cells.size(), column.labels.size());
  column.codes.visit([&](auto codes) {
    using Code = typename decltype(codes)::value_type;
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const auto label = std::lower_bound(column.labels.begin(), column.labels.end(), cells[row]);
      codes[row] = static_cast<Code>(label - column.labels.begin());
      ++column.counts[codes[row]];
      column.missing += cells[row].empty() ? 1 : 0;
    }
  });
  return column;
}

inline Column ordinal_column(const std::string& name, const Units& units) {
  std::vector<std::string> cells;
  for (const std::int64_t unit : units) cells.push_back(std::to_string(unit));
  return coded_column(name, ColumnKind::ordinal, cells);
}

inline Table table_of(std::vector<Column> columns) {
  Table table;
  table.source = "made up";
  table.rows =
      is_coded(columns.front().kind) ? columns.front().codes.size() : columns.front().values.size();
  table.columns = std::move(columns);
  return table;
}

inline std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

// The found rules as text.
inline std::vector<std::string> texts(const FoundRules& found, const Table& table) {
  std::vector<std::string> result;
  for (const Rule& rule : found.rules) result.push_back(text(rule, names_of(table)));
  return result;
}

inline std::vector<std::string> found_in(Table& table, const std::vector<std::string>& stated = {},
                                         bool find = true) {
  RuleOptions options;
  options.stated = stated;
  options.find = find;
  options.threads = 2;
  return texts(find_rules(table, options), table);
}

}  // namespace cuvae::test
