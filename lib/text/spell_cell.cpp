#include "text/spell_cell.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cuvae {
namespace {

bool needs_quotes(std::string_view text, char delimiter) {
  const char special[] = {delimiter, '"', '\r', '\n'};
  return text.find_first_of(std::string_view(special, sizeof special)) != std::string_view::npos;
}

double decoded(const ColumnSchema& column, double encoded) {
  const double range = column.maximum - column.minimum;
  // A range beyond the largest double is stepped through from both ends.
  const double value = std::isfinite(range)
                           ? encoded * range + column.minimum
                           : encoded * column.maximum + (1 - encoded) * column.minimum;
  return std::clamp(value, column.minimum, column.maximum);
}

}  // namespace

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

char* write_ticks(char* out, std::int64_t value, int decimals, bool currency) {
  if (currency) *out++ = '$';
  if (value < 0) *out++ = '-';
  const std::uint64_t magnitude = value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value)
                                            : static_cast<std::uint64_t>(value);
  std::uint64_t power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  out = std::to_chars(out, out + 20, magnitude / power).ptr;
  if (decimals == 0) return out;
  *out++ = '.';
  std::uint64_t rest = magnitude % power;
  for (int i = decimals - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  return out + decimals;
}

char* write_real(char* out, const ColumnSchema& column, float encoded) {
  const double value = decoded(column, static_cast<double>(encoded));
  const int decimals = written_decimals(column);
  if (column.kind == ColumnKind::currency) *out++ = '$';
  if (decimals < 0) return std::to_chars(out, out + longest_number - 1, value).ptr;
  char* const end =
      std::to_chars(out, out + longest_number - 1, value, std::chars_format::fixed, decimals).ptr;
  // Nobody writes -0.00.
  if (*out == '-' && std::all_of(out + 1, end, [](char c) { return c == '0' || c == '.'; })) {
    return std::copy(out + 1, end, out);
  }
  return end;
}

}  // namespace cuvae
