/// @file
/// The schema: how each column was encoded, and all that is needed to spell generated rows in the
/// original columns. It travels in the model file as JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cuvae/table.hpp>

namespace cuvae {

/// Encoding of one column: encoded = (number - minimum) / (maximum - minimum), or 0 where the two
/// are equal; number is the code of a coded column, the value of a value column.
struct ColumnSchema {
  std::string name;
  ColumnKind kind = ColumnKind::label;
  std::vector<std::string> labels;    ///< as in Column; empty for value columns
  std::vector<std::uint64_t> counts;  ///< rows of each label
  double minimum = 0;                 ///< 0 for coded columns
  double maximum = 0;                 ///< labels.size() - 1 for coded columns
  double mean = 0;                    ///< value columns: stands in for missing cells
  int decimals = 0;                   ///< as in Column
  std::uint64_t missing = 0;          ///< missing cells in the training table

  /// As in Column. A column with a spelling has no labels here: keys are made anew.
  std::shared_ptr<const Spelling> spelling;
  std::vector<std::string> markers;  ///< as in Column

  std::optional<std::string> heading{};  ///< as in Column
  bool quoted = false;                   ///< as in Column

  /// Spellings are equal where they have the same form as JSON.
  friend bool operator==(const ColumnSchema& a, const ColumnSchema& b);
};

/// Encoding of a whole table.
struct Schema {
  std::vector<ColumnSchema> columns;
  char delimiter = ',';
  bool carriage_returns = false;
  CsvStyle style;           ///< as in Table
  std::uint64_t rows = 0;   ///< of the training table
  std::string fingerprint;  ///< of the training file

  friend bool operator==(const Schema&, const Schema&) = default;
};

/// The schema that encodes `table`.
/// @throws Error data: a column has a null or infinite value after its mean is filled in (a value
///               column without any number), naming the column and what to do
Schema make_schema(const Table& table);

/// JSON, numbers written so that they read back to the same bits; labels escaped as JSON wants.
std::string to_json(const Schema& schema);

/// The inverse of to_json. @throws Error data: names what is missing or malformed
Schema schema_from_json(std::string_view text);

}  // namespace cuvae
