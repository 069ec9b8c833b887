// The first line: which byte separates cells, and what the columns are called.
#pragma once

#include <string>
#include <vector>

#include <cuvae/table.hpp>

#include "csv/source.hpp"

namespace cuvae {

struct Header {
  char delimiter = ',';
  bool carriage_return = false;
  std::vector<std::string> names;
  std::size_t data_begin = 0;  // offset of the first row
};

// Throws Error(data) when there is no usable header.
Header read_header(const CsvSource& source, const ReadOptions& options);

// The place of `wanted` among the names. Throws Error(usage) naming the option and the closest
// name.
std::size_t find_column(const std::vector<std::string>& names, const std::string& wanted,
                        const char* option, const std::string& source);

}  // namespace cuvae
