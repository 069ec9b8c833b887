#include "csv/quoting.hpp"

namespace cuvae {

bool needs_quotes(std::string_view text, char delimiter) {
  const char special[] = {delimiter, '"', '\r', '\n'};
  return text.find_first_of(std::string_view(special, sizeof special)) != std::string_view::npos;
}

std::string quoted_where_needed(std::string_view text, char delimiter) {
  if (!needs_quotes(text, delimiter)) return std::string(text);
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

std::string header_line(const Schema& schema) {
  std::string line;
  for (const ColumnSchema& column : schema.columns) {
    if (!line.empty()) line += schema.delimiter;
    line += quoted_where_needed(column.name, schema.delimiter);
  }
  return line + '\n';
}

}  // namespace cuvae
