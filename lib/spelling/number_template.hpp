// One form of a column's numbers, and the cell that it makes of a number.
#pragma once

#include <cstddef>
#include <cstdint>

#include "spelling/number_cell.hpp"

namespace cuvae {

// How many digits stand behind the point: as many as the number needs, but neither fewer nor more
// than these.
struct DecimalsRange {
  static constexpr int shortest = -1;  // as `most`: all that read back as the same double

  int least = 0;
  int most = 0;

  bool operator==(const DecimalsRange&) const = default;
};

struct NumberTemplate {
  // Exponents of ten that no double has.
  static constexpr int never_below = -400;
  static constexpr int always_below = 400;

  Around negative;
  Around zero;
  Around positive;
  DecimalsRange decimals;
  bool bare_whole = false;    // whole numbers have no decimals, whatever `decimals.least`
  bool bare_zero = false;     // zero has none
  bool minus_zero = false;    // negative numbers that round to zero look negative
  bool point_at_end = false;  // "1." without decimals
  bool bare_point = false;    // ".5"
  int group_from = 0;  // digits before the point from which on thousands have marks; 0: never

  // Numbers of which the power of ten is below or from these on have an exponent.
  int exponent_below = never_below;
  int exponent_from = always_below;
  DecimalsRange mantissa;
  char exponent_letter = 'e';
  bool exponent_plus = false;
  int exponent_digits = 1;  // at least

  bool operator==(const NumberTemplate&) const = default;
};

// Blanks that line a column up.
struct Padding {
  enum class Place : std::uint8_t { none, start, inside, end };  // inside: right before the digits

  Place place = Place::none;
  int width = 0;  // characters of a cell, at least
  int least = 0;  // blanks, at least

  bool operator==(const Padding&) const = default;
};

// What all forms of a column share.
struct NumberStyle {
  static constexpr int most_width = 64;

  NumberMarks marks;
  Padding padding;

  bool operator==(const NumberStyle&) const = default;
};

// One past the last character; at most most_bytes_of() of them. Rounds to the nearest, ties to
// even. A NaN is spelled as 0, infinity as the largest double.
char* spell_number(char* out, double number, const NumberTemplate& form, const NumberStyle& style);

std::size_t most_bytes_of(const NumberTemplate& form, const NumberStyle& style);

}  // namespace cuvae
