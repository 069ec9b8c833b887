// Columns of whole numbers that are amounts or counts rather than a few values to choose from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cuvae {

// Whether a column of so many distinct numbers in so many rows gets new ones where it is learned as
// numbers: the next row would likely bring one. Of others, up to 4,096 numbers come out as they
// are.
constexpr bool nearly_unique(std::size_t distinct, std::size_t rows) {
  constexpr std::size_t a_few = 100;
  constexpr std::size_t rows_a_number = 4;
  return distinct > a_few && distinct > rows / rows_a_number;
}

// Whether generated rows should have numbers that the column does not: its numbers are many in
// relation to its rows, so that the next row would likely bring a new one. `labels` are the
// distinct cells of a column of whole numbers, "" for the missing ones among them; `counts`, how
// many rows have each.
bool wants_new_numbers(const std::vector<std::string>& labels,
                       const std::vector<std::uint64_t>& counts, std::uint64_t rows);

}  // namespace cuvae
