#include "csv/quoting.hpp"

namespace cuvae {

bool needs_quotes(std::string_view text, char delimiter) {
  const char special[] = {delimiter, '"', '\r', '\n'};
  return text.find_first_of(std::string_view(special, sizeof special)) != std::string_view::npos;
}

std::string quoted_where_needed(std::string_view text, char delimiter) {
  return needs_quotes(text, delimiter) ? in_csv_quotes(text) : std::string(text);
}

std::string in_csv_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

std::string header_line(const Schema& schema) {
  std::string line;
  bool first = true;
  for (const ColumnSchema& column : schema.columns) {
    if (!first) line += schema.delimiter;
    first = false;
    const std::string& name = column.heading ? *column.heading : column.name;
    // A lone empty cell would be an empty line, which readers skip.
    const bool alone = name.empty() && schema.columns.size() == 1;
    line += (schema.style.quoted_header && !name.empty()) || alone
                ? in_csv_quotes(name)
                : quoted_where_needed(name, schema.delimiter);
  }
  if (schema.style.delimiter_behind_header) line += schema.delimiter;
  return line + (schema.carriage_returns ? "\r\n" : "\n");
}

std::string row_end(const Schema& schema) {
  std::string end;
  if (schema.style.delimiter_behind_rows) end += schema.delimiter;
  return end + (schema.carriage_returns ? "\r\n" : "\n");
}

}  // namespace cuvae
