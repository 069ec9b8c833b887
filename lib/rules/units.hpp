// Numbers as whole multiples of a column's last decimal, and exact arithmetic on them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "rules/rule.hpp"
#include "text/number.hpp"

namespace cuvae {

__extension__ using WideInteger = __int128;

inline constexpr std::int64_t most_units = std::int64_t{1} << 53;
inline constexpr int most_rule_decimals = 15;
inline constexpr std::size_t most_rule_sources = 64;

// In the place of units: of missing cells, and of numbers that are no multiple of their column's
// last decimal.
inline constexpr std::int64_t missing_units = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t off_grid_units = missing_units + 1;

// Y of a rule that has no part; `sources` are there, [rule.sources].
std::int64_t result_units(const Rule& rule, const std::int64_t* sources);

// What the target of an at_least rule is at least; sources may be missing.
std::int64_t bound_units(const Rule& rule, const std::int64_t* sources);

inline WideInteger greatest_common_divisor(WideInteger a, WideInteger b) {
  if (a < 0) a = -a;
  while (b != 0) {
    const WideInteger rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

inline std::int64_t within_units(WideInteger value) {
  return static_cast<std::int64_t>(
      std::clamp(value, WideInteger{-most_units}, WideInteger{most_units}));
}

// For numbers that are not NaN.
inline std::int64_t to_units(double number, int decimals) {
  constexpr auto most = static_cast<double>(most_units);
  return static_cast<std::int64_t>(
      std::clamp(std::round(number * powers_of_ten[decimals]), -most, most));
}

// The double nearest to the decimal, as a reader of the cell has it.
inline double from_units(std::int64_t units, int decimals) {
  return static_cast<double>(within_units(units)) / powers_of_ten[decimals];
}

// divisor > 0
inline WideInteger floor_of(WideInteger value, std::int64_t divisor) {
  const WideInteger quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}
inline WideInteger ceiling(WideInteger value, std::int64_t divisor) {
  return -floor_of(-value, divisor);
}
inline WideInteger divided(WideInteger value, std::int64_t divisor, Rule::Rounding rounding) {
  if (divisor == 1) return value;
  if (rounding == Rule::Rounding::down) return floor_of(value, divisor);
  const bool negative = value < 0;
  const WideInteger magnitude = negative ? -value : value;
  WideInteger quotient = magnitude / divisor;
  const WideInteger twice_rest = magnitude % divisor * 2;
  const bool odd = quotient % 2 != 0;
  if (twice_rest > divisor ||
      (twice_rest == divisor && (rounding == Rule::Rounding::half_up || odd))) {
    ++quotient;
  }
  return negative ? -quotient : quotient;
}

// factor a b / divisor; a and b within most_units.
inline std::int64_t scaled_product(std::int64_t factor, std::int64_t a, std::int64_t b,
                                   std::int64_t divisor, Rule::Rounding rounding) {
  constexpr WideInteger most = WideInteger{1} << 126;
  const WideInteger product = WideInteger{a} * b;
  const WideInteger magnitude = product < 0 ? -product : product;
  const WideInteger most_factor = magnitude == 0 ? most : most / magnitude;
  if ((factor < 0 ? -WideInteger{factor} : WideInteger{factor}) > most_factor) {
    return (product < 0) == (factor < 0) ? most_units : -most_units;
  }
  return within_units(divided(product * factor, divisor, rounding));
}

// value >= 0
inline std::string wide_text(WideInteger value) {
  std::string digits;
  for (; digits.empty() || value > 0; value /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  }
  return digits;
}

}  // namespace cuvae
