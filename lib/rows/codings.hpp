// Value columns as whole numbers of their smallest written unit.
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
};

// Tokens behind the point in generated cells: always two for currency, the column's own else; -1:
// as many as it takes to read back the same double.
int written_decimals(const ColumnSchema& column);

// Nothing where the range is too wide or too fine to be counted in ticks.
std::optional<Ticks> ticks_of(const ColumnSchema& column);

}  // namespace cuvae
