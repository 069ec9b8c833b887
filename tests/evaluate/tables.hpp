// Tables made by hand for the tests of evaluation and report.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <cuvae/table.hpp>

#include "text/cell_format.hpp"

namespace cuvae::testing {

using Cells = std::vector<std::string>;

// A column of the given kind, whatever the cells look like.
inline Column make_column(const std::string& name, ColumnKind kind, const Cells& cells) {
  Column column;
  column.name = name;
  column.kind = kind;
  column.missing = static_cast<std::uint64_t>(std::count(cells.begin(), cells.end(), ""));
  if (!is_coded(kind)) {
    for (const std::string& cell : cells) {
      column.values.push_back(cell.empty() ? std::numeric_limits<double>::quiet_NaN()
                                           : number_in(cell).value());
    }
    return column;
  }
  std::map<std::string, std::uint32_t> codes;
  for (const std::string& cell : cells) codes.emplace(cell, 0);
  const bool missing = codes.erase("") > 0;
  for (auto& [label, code] : codes) {
    code = static_cast<std::uint32_t>(column.labels.size());
    column.labels.push_back(label);
  }
  if (missing) {
    codes.emplace("", static_cast<std::uint32_t>(column.labels.size()));
    column.labels.emplace_back();
  }
  column.counts.resize(column.labels.size());
  column.codes = CodeVector(cells.size(), column.labels.size());
  column.codes.visit([&](auto out) {
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const std::uint32_t code = codes.at(cells[row]);
      out[row] = static_cast<typename decltype(out)::value_type>(code);
      ++column.counts[code];
    }
  });
  return column;
}

inline Table make_table(std::vector<Column> columns) {
  Table table;
  table.rows = is_coded(columns[0].kind) ? columns[0].codes.size() : columns[0].values.size();
  table.columns = std::move(columns);
  return table;
}

// Rows [first, first + rows) of a table; its labels stay, also those that no row has now.
inline Table slice(const Table& table, std::size_t first, std::size_t rows) {
  Table part = table;
  part.rows = rows;
  for (Column& column : part.columns) {
    column.missing = 0;
    if (!is_coded(column.kind)) {
      column.values.assign(column.values.begin() + static_cast<std::ptrdiff_t>(first),
                           column.values.begin() + static_cast<std::ptrdiff_t>(first + rows));
      for (const double value : column.values) column.missing += std::isnan(value) ? 1 : 0;
      continue;
    }
    const CodeVector all = column.codes;
    column.codes = CodeVector(rows, column.labels.size());
    std::fill(column.counts.begin(), column.counts.end(), 0);
    column.codes.visit([&](auto out) {
      for (std::size_t row = 0; row < rows; ++row) {
        const std::uint32_t code = all[first + row];
        out[row] = static_cast<typename decltype(out)::value_type>(code);
        ++column.counts[code];
        column.missing += column.labels[code].empty() ? 1 : 0;
      }
    });
  }
  return part;
}

// Cells of a file without quotes, column by column, the header apart.
struct PlainCsv {
  Cells names;
  std::vector<Cells> columns;

  explicit PlainCsv(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    for (bool header = true; std::getline(file, line); header = false) {
      Cells cells;
      std::istringstream fields(line + ",");
      for (std::string cell; std::getline(fields, cell, ',');) cells.push_back(cell);
      if (header) {
        names = cells;
        columns.resize(cells.size());
        continue;
      }
      for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push_back(cells.at(i));
    }
  }
};

}  // namespace cuvae::testing
