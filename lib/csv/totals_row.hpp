// A last row that sums up the others.
#pragma once

#include <string>

#include "csv/source.hpp"

namespace cuvae {

// What people should be told about such a row; "" where there is none.
std::string note_of_totals_row(const CsvSource& source, char delimiter, std::size_t columns);

}  // namespace cuvae
