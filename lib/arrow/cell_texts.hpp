// Cells of Arrow arrays as cells of a CSV file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/column_format.hpp"

namespace cuvae {

constexpr char arrow_delimiter = ',';

// Some rows of a column: rows 0 ... rows - 1 are those of the array from `first` on, its own offset
// not counted.
struct ArraySlice {
  const ArrowArray* array = nullptr;
  std::int64_t first = 0;
  std::int64_t rows = 0;
};

// How all times or timestamps of a column are written.
struct InstantStyle {
  bool only_days = false;  // every one is a midnight
  int digits = 0;          // of a second: 0, 3, 6 or 9
};

InstantStyle instant_style(const ColumnFormat& format, const std::vector<ArraySlice>& slices);

// Any number of threads may use one at a time.
class CellWriter {
 public:
  virtual ~CellWriter() = default;
  // Adds the cell, nothing where it is missing. Throws Error(data) for what no cell can hold.
  virtual void append(std::string& out, std::int64_t row) const = 0;
};

// Refers to the slice's array and to the format.
std::unique_ptr<CellWriter> make_cell_writer(const ColumnFormat& format, const InstantStyle& style,
                                             const ArraySlice& slice);

// A text as a cell, in quotes where it needs them. The name is its column's, for messages.
void append_text_cell(std::string& out, std::string_view text, const std::string& name);

}  // namespace cuvae
