// How single cells are spelled in CSV. The slow, plain side of formatting: used for tables that
// are built once and for rare cells.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <cuvae/schema.hpp>

#include "rows/codings.hpp"

namespace cuvae {

// RFC 4180: in quotes, with quotes doubled, where the text holds the delimiter, a quote or a line
// break.
std::string quoted_where_needed(std::string_view text, char delimiter);

// Column names and the line feed.
std::string header_line(const Schema& schema);

// The longest text that the two functions below give.
inline constexpr std::size_t longest_number = 400;

// "$-25.00", "91.5": value is a number of ticks. Returns one past the last character.
char* write_ticks(char* out, std::int64_t value, int decimals, bool currency);

// A cell of a column that has no ticks: encoded is in [0, 1].
char* write_real(char* out, const ColumnSchema& column, float encoded);

}  // namespace cuvae
