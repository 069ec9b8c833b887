// Which byte stands between cells, found out from the first rows.
#pragma once

#include <optional>

#include "csv/source.hpp"

namespace cuvae {

// What the first line announces, else the one of , ; tab | that the most rows agree on. Throws
// Error(data) where lines above the header are no part of the table.
char find_delimiter(const CsvSource& source);

// Where the lines at the start have fewer cells than all that follow, which look like a header and
// rows: throws Error(data) naming the options that leave them out.
void refuse_text_above(const CsvSource& source, char delimiter);

// Whether a cell, quotes included, looks like a number, a date or a time of any spelling.
bool looks_like_number(std::string_view cell);

}  // namespace cuvae
