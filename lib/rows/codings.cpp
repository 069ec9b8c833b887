#include "rows/codings.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "rows/row_block.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t ticks_limit = std::uint32_t{1} << 29;
// Below it, a double read from decimal text times a power of ten is less than a quarter off the
// whole number that the text stands for, so rounding finds that number.
constexpr double exact_limit = 1125899906842624.0;  // 2^50
constexpr int most_tick_decimals = 15;

std::uint32_t width_of(std::uint32_t span) {
  if (span < std::uint32_t{1} << 8) return 1;
  return span < std::uint32_t{1} << 16 ? 2 : 4;
}

}  // namespace

double Ticks::number_of(std::uint32_t code) const {
  return static_cast<double>(first + code) / powers_of_ten[decimals];
}

std::int64_t Ticks::tick_of(double number) const {
  return std::llround(number * powers_of_ten[decimals]);
}

std::optional<Ticks> ticks_of(const ColumnSchema& column) {
  const int decimals = CellFormat::of(column).decimals;
  if (decimals < 0 || decimals > most_tick_decimals) return std::nullopt;
  const double power = powers_of_ten[decimals];
  const double first = std::round(column.minimum * power);
  const double last = std::round(column.maximum * power);
  if (!(std::abs(first) < exact_limit && std::abs(last) < exact_limit)) return std::nullopt;
  if (!(last >= first && last - first < ticks_limit)) return std::nullopt;
  return Ticks{static_cast<std::int64_t>(first), static_cast<std::uint32_t>(last - first),
               decimals};
}

double real_number_of(const ColumnSchema& column, float encoded) {
  const double share = static_cast<double>(encoded);
  const double range = column.maximum - column.minimum;
  // A range beyond the largest double is stepped through from both ends.
  const double number = std::isfinite(range)
                            ? share * range + column.minimum
                            : share * column.maximum + (1 - share) * column.minimum;
  return std::clamp(number, column.minimum, column.maximum);
}

std::vector<ColumnCoding> codings_of(const Schema& schema) {
  std::vector<ColumnCoding> codings;
  codings.reserve(schema.columns.size());
  for (const ColumnSchema& column : schema.columns) {
    ColumnCoding coding;
    if (column.spelling) {
      coding.spelled = true;
      coding.width = sizeof(SpelledCell);
    } else if (is_coded(column.kind)) {
      coding.span =
          column.labels.empty() ? 0 : static_cast<std::uint32_t>(column.labels.size() - 1);
      coding.width = width_of(coding.span);
    } else if (const auto ticks = ticks_of(column)) {
      coding.span = ticks->span;
      coding.width = width_of(coding.span);
    } else {
      coding.real = true;
    }
    codings.push_back(coding);
  }
  return codings;
}

std::uint32_t cell_code(const RowBlock& block, std::uint32_t column, std::uint32_t width,
                        std::uint32_t row) {
  const void* const cells = block.columns[column];
  if (width == 1) return static_cast<const std::uint8_t*>(cells)[row];
  if (width == 2) return static_cast<const std::uint16_t*>(cells)[row];
  return static_cast<const std::uint32_t*>(cells)[row];
}

}  // namespace cuvae
