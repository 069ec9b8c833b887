// The few cells that keep a column from being numbers or instants.
#pragma once

#include <string>

#include "spelling/spelling.hpp"

namespace cuvae {

struct OddCells {
  std::string what;  // "numbers" or "dates and times"; "" where the rest is neither
  std::uint64_t rows = 0;
  std::uint64_t regular_rows = 0;
  std::vector<CellCount> cells;  // the odd ones, most frequent first
};

OddCells odd_among_numbers(std::span<const CellCount> cells);
OddCells odd_among_instants(std::span<const CellCount> cells, std::string_view format);

// "'abc' (12 rows), 'x' (1 row) and 7 more"
std::string list_of(const std::vector<CellCount>& cells);

}  // namespace cuvae
