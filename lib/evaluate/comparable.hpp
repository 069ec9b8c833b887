// Cells of other tables as the real table's column takes them: by their value, however spelled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cuvae/table.hpp>

namespace cuvae {

// Whether the column's cells are numbers, dates or times.
bool has_numbers(const Column& real);

// Reads cells of other tables for a column of the real one that has numbers.
class CellNumbers {
 public:
  // `labels` are all that the other column has.
  CellNumbers(const Column& real, const std::vector<std::string>& labels);

  // Whether the cell stands for no value.
  bool is_missing(const std::string& label) const;

  // The number of a cell; nothing where it is none.
  std::optional<double> number(const std::string& label) const;

 private:
  const Column& real_;
  std::shared_ptr<const Spelling> spelling_;  // of the other column; null where it has none
};

// The other column with cells that stand for no value empty, and with numbers in the real column's
// unit; nothing where it can be taken as it is.
std::optional<Column> made_comparable(const Column& real, const Column& other);

// The text of a row of a value column.
std::string spelled_cell(const Column& column, std::size_t row);

}  // namespace cuvae
