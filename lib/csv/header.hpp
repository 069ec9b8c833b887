// The first line: what the columns are called, and how the file is written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <cuvae/table.hpp>

#include "csv/source.hpp"

namespace cuvae {

struct Header {
  char delimiter = ',';
  bool carriage_return = false;
  CsvStyle style;
  std::vector<std::string> names;  // as options and the table have them
  // [names] what stands in the header where that is not the name.
  std::vector<std::optional<std::string>> headings;
  std::vector<bool> quoted;      // [names] whether cells stand in quotes that they don't need
  std::size_t file_columns = 0;  // cells of a row
  // Rows have one more cell than there are names, which was empty wherever it was looked at. The
  // name to give it where it is not empty after all; "" where only rows have it.
  std::optional<std::string> tail;
  std::size_t data_begin = 0;  // offset of the first row
  std::vector<std::string> notes;
};

// Throws Error(data) when there is no usable header, Error(usage) for names that can't be changed.
Header read_header(const CsvSource& source, const ReadOptions& options);

// The place of `wanted` among the names; `wanted` may be quoted as in CSV. Throws Error(usage)
// naming the option and the closest name.
std::size_t find_column(const std::vector<std::string>& names, const std::string& wanted,
                        const char* option, const std::string& source);

}  // namespace cuvae
