// What the codes of value columns stand for.
#pragma once

#include <cstdint>
#include <optional>

#include <cuvae/schema.hpp>

namespace cuvae {

// A value column whose cells are whole multiples of 10^-decimals: the generated value is
// (first + code) * 10^-decimals, code in 0 ... span.
struct Ticks {
  std::int64_t first;
  std::uint32_t span;
  int decimals;

  std::int64_t last() const { return first + span; }
  double number_of(std::uint32_t code) const;
  // The tick nearest to a number, not counted from the first.
  std::int64_t tick_of(double number) const;
};

// Nothing where the range is too wide or too fine to be counted in ticks.
std::optional<Ticks> ticks_of(const ColumnSchema& column);

// The number that a real code stands for: encoded is in [0, 1].
double real_number_of(const ColumnSchema& column, float encoded);

}  // namespace cuvae
