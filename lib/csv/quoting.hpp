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

// Column names and the line feed.
std::string header_line(const Schema& schema);

}  // namespace cuvae
