// The obviously right formatter, and random tables for it.
#pragma once

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <cuvae/schema.hpp>

#include "rows/codings.hpp"
#include "rows/row_generator.hpp"

namespace cuvae::test {

// Codes of a whole table, row after row, and where blocks of it come from. Rows beyond the end
// begin again, so that the table is endless.
class FakeGenerator : public RowGenerator {
 public:
  FakeGenerator(const Schema& schema, std::uint32_t period, unsigned workers, unsigned seed)
      : codings_(codings_of(schema)), period_(period), workers_(workers) {
    std::mt19937 random(seed);
    for (const ColumnCoding& coding : codings_) {
      std::vector<std::uint32_t> codes;
      for (std::uint32_t row = 0; row < period; ++row) {
        const double uniform = static_cast<double>(random()) / 4294967295.0;
        if (coding.real) {
          codes.push_back(std::bit_cast<std::uint32_t>(static_cast<float>(uniform)));
        } else if (random() % 8 == 0) {
          codes.push_back(random() % 2 == 0 ? 0 : coding.span);
        } else {
          codes.push_back(static_cast<std::uint32_t>(uniform * coding.span));
        }
      }
      table_.push_back(std::move(codes));
    }
  }

  std::uint32_t code(std::uint64_t row, std::size_t column) const {
    return table_[column][row % period_];
  }

  const RowBlock& codes(unsigned worker, std::uint64_t first_row, std::uint32_t rows) override {
    Worker& mine = workers_[worker];
    mine.cells.assign(codings_.size(), {});
    mine.block.columns.clear();
    for (std::size_t column = 0; column < codings_.size(); ++column) {
      const std::uint32_t width = codings_[column].width;
      std::vector<std::byte>& cells = mine.cells[column];
      cells.resize(std::size_t{rows} * width + 64);
      for (std::uint32_t row = 0; row < rows; ++row) {
        const std::uint32_t cell = code(first_row + row, column);
        std::memcpy(cells.data() + std::size_t{row} * width, &cell, width);
      }
      mine.block.columns.push_back(cells.data());
    }
    mine.block.first_row = first_row;
    mine.block.rows = rows;
    return mine.block;
  }

 private:
  struct Worker {
    std::vector<std::vector<std::byte>> cells;
    RowBlock block;
  };
  std::vector<ColumnCoding> codings_;
  std::uint32_t period_;
  std::vector<std::vector<std::uint32_t>> table_;
  std::vector<Worker> workers_;
};

inline std::string plain_quoted(const std::string& text, char delimiter) {
  bool special = false;
  std::string doubled;
  for (const char c : text) {
    special = special || c == delimiter || c == '"' || c == '\r' || c == '\n';
    doubled += c;
    if (c == '"') doubled += c;
  }
  return special ? '"' + doubled + '"' : text;
}

inline std::string plain_cell(const ColumnSchema& column, std::uint32_t code, char delimiter) {
  if (is_coded(column.kind)) return plain_quoted(column.labels[code], delimiter);
  const std::string dollar = column.kind == ColumnKind::currency ? "$" : "";
  const int decimals = column.kind == ColumnKind::currency ? 2 : column.decimals;
  if (const auto ticks = ticks_of(column)) {
    // 80 bits hold every number of ticks, and printf rounds what it prints correctly.
    const long double value = static_cast<long double>(ticks->first + code) /
                              std::pow(10.0L, static_cast<long double>(decimals));
    char text[400];
    std::snprintf(text, sizeof text, "%.*Lf", decimals, value);
    return dollar + text;
  }
  const double encoded = static_cast<double>(std::bit_cast<float>(code));
  const double value = encoded * (column.maximum - column.minimum) + column.minimum;
  char text[400];
  if (decimals < 0) {
    std::snprintf(text, sizeof text, "%.17g", value);
    // As few digits as read back the same.
    for (int digits = 1; digits < 17; ++digits) {
      char fewer[400];
      std::snprintf(fewer, sizeof fewer, "%.*g", digits, value);
      if (std::strtod(fewer, nullptr) == value) return dollar + fewer;
    }
    return dollar + text;
  }
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return dollar + text;
}

inline std::string plain_rows(const Schema& schema, const FakeGenerator& rows, std::uint64_t first,
                              std::uint64_t count) {
  std::string text;
  for (std::uint64_t row = first; row < first + count; ++row) {
    std::string line;
    for (std::size_t column = 0; column < schema.columns.size(); ++column) {
      if (column != 0) line += schema.delimiter;
      line += plain_cell(schema.columns[column], rows.code(row, column), schema.delimiter);
    }
    text += (line.empty() ? "\"\"" : line) + '\n';
  }
  return text;
}

inline ColumnSchema label_column(const std::string& name, std::vector<std::string> labels,
                                 ColumnKind kind = ColumnKind::label) {
  ColumnSchema column;
  column.name = name;
  column.kind = kind;
  column.counts.assign(labels.size(), 1);
  column.maximum = static_cast<double>(labels.size()) - 1;
  column.labels = std::move(labels);
  return column;
}

inline ColumnSchema value_column(const std::string& name, ColumnKind kind, double minimum,
                                 double maximum, int decimals) {
  ColumnSchema column;
  column.name = name;
  column.kind = kind;
  column.minimum = minimum;
  column.maximum = maximum;
  column.mean = (minimum + maximum) / 2;
  column.decimals = decimals;
  return column;
}

inline std::string random_text(std::mt19937& random, std::size_t longest) {
  static constexpr char letters[] = "abcxyz0189 .-_$\xC3\xA9,;\t|\"\r\n";
  std::string text;
  const std::size_t length = random() % (longest + 1);
  for (std::size_t i = 0; i < length; ++i) {
    // Mostly letters, so that many labels need no quotes.
    const std::size_t among = random() % 40 == 0 ? sizeof letters - 1 : 15;
    text += letters[random() % among];
  }
  return text;
}

inline ColumnSchema random_column(std::mt19937& random, const std::string& name) {
  const auto below = [&](std::uint32_t limit) {
    return static_cast<std::uint32_t>(random() % limit);
  };
  switch (below(4)) {
    case 0:
    case 1: {
      static constexpr std::uint32_t counts[] = {1, 2, 3, 12, 60, 255, 256, 257, 3000, 70000};
      static constexpr std::size_t lengths[] = {1, 3, 7, 8, 15, 30, 40, 63, 64, 100, 1000};
      const std::uint32_t count = counts[below(below(8) == 0 ? 10 : 9)];
      const std::size_t longest = count > 5000 ? 20 : lengths[below(11)];
      std::vector<std::string> labels;
      for (std::uint32_t i = 0; i < count; ++i) labels.push_back(random_text(random, longest));
      if (below(2) == 0) labels.back() = "";
      return label_column(name, labels);
    }
    case 2: {
      const double minimum = -static_cast<double>(below(100000)) / 100;
      const double maximum = minimum + static_cast<double>(below(1U << below(30))) / 100;
      return value_column(name, ColumnKind::currency, minimum, maximum, 2);
    }
    default: {
      const int decimals = static_cast<int>(below(11)) - 1;
      const double scale = std::pow(10.0, -std::max(decimals, 0));
      const double minimum = std::round((below(2000) - 1000.0) * below(1000)) * scale;
      const double maximum = minimum + static_cast<double>(below(1U << below(31))) * scale;
      return value_column(name, ColumnKind::continuous, minimum, maximum, decimals);
    }
  }
}

inline Schema random_schema(unsigned seed) {
  std::mt19937 random(seed);
  Schema schema;
  schema.delimiter = std::string(",;\t|")[random() % 4];
  const std::uint32_t columns = 1 + static_cast<std::uint32_t>(random() % 18);
  for (std::uint32_t i = 0; i < columns; ++i) {
    schema.columns.push_back(random_column(random, "column " + std::to_string(i)));
  }
  return schema;
}

}  // namespace cuvae::test
