#include "text/formula.hpp"

#include "text/cell_format.hpp"

namespace cuvae {
namespace {

constexpr std::string_view starts{"=+-@\t\r"};

void restore(std::string& cell) {
  if (cell.starts_with('\'') && is_formula(std::string_view(cell).substr(1))) cell.erase(0, 1);
}

}  // namespace

bool is_formula(std::string_view cell) {
  return !cell.empty() && starts.find(cell.front()) != std::string_view::npos && !number_in(cell);
}

std::string without_formula(const std::string& cell) {
  return is_formula(cell) ? "'" + cell : cell;
}

Schema without_formulas(Schema schema) {
  for (ColumnSchema& column : schema.columns) {
    column.name = without_formula(column.name);
    if (column.heading) column.heading = without_formula(*column.heading);
    for (std::string& label : column.labels) label = without_formula(label);
  }
  return schema;
}

void restore_formulas(Table& table) {
  for (Column& column : table.columns) {
    restore(column.name);
    for (std::string& label : column.labels) restore(label);
  }
}

std::uint64_t count_formulas(const Table& table) {
  std::uint64_t count = 0;
  for (const Column& column : table.columns) {
    for (std::size_t label = 0; label < column.labels.size(); ++label) {
      if (is_formula(column.labels[label])) count += column.counts[label];
    }
  }
  return count;
}

}  // namespace cuvae
