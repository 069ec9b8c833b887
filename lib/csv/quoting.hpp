// Texts as cells of a CSV file.
#pragma once

#include <string>
#include <string_view>

#include <cuvae/schema.hpp>

namespace cuvae {

// Whether the text holds the delimiter, a quote or a line break.
bool needs_quotes(std::string_view text, char delimiter);

// RFC 4180: in quotes, with quotes doubled, where it does.
std::string quoted_where_needed(std::string_view text, char delimiter);

// The same in quotes, needed or not.
std::string in_csv_quotes(std::string_view text);

// What the header says, and the end of the line.
std::string header_line(const Schema& schema);

// What stands behind a row's last cell.
std::string row_end(const Schema& schema);

}  // namespace cuvae
