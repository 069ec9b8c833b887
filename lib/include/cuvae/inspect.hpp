/// @file
/// What the columns of a table or of a model hold, in words and texts for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cuvae/schema.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

/// One value of a column and how often it occurs.
struct ValueCount {
  std::string text;
  std::uint64_t count = 0;  ///< rows; 0 where it was not counted (values of a schema)
};

/// One column, summarised.
struct ColumnSummary {
  std::string name;
  ColumnKind kind = ColumnKind::label;
  std::string reason;          ///< as Column::reason; empty for a schema
  std::uint64_t distinct = 0;  ///< different values, the missing one not counted; 0 for the value
                               ///< columns of a schema, which does not know it
  std::uint64_t missing = 0;   ///< rows with nothing in the cell
  std::string minimum;         ///< spelling of the first label, or the least value; "" where none
  std::string maximum;         ///< spelling of the last label, or the greatest value; "" where none
  double mean = 0;             ///< value columns: mean of the cells that hold a value
  /// Coded columns: the most frequent labels, most frequent first. Value columns of a table: its
  /// first values, in order, each counted as 1.
  std::vector<ValueCount> examples;
};

/// Summaries of all columns of a table, in order, with at most `examples` examples each.
std::vector<ColumnSummary> describe(const Table& table, std::size_t examples = 5);

/// The same of a schema, as a model file carries it.
std::vector<ColumnSummary> describe(const Schema& schema, std::size_t examples = 5);

/// A value of a value column as it would be spelled: `$12.50` for currency, else with `decimals`
/// digits behind the point, or the shortest text that reads back where `decimals` is -1.
std::string spell(double value, ColumnKind kind, int decimals);

}  // namespace cuvae
