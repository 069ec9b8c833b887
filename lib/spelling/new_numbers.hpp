// Columns of whole numbers that are amounts or counts rather than a few values to choose from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cuvae {

// Whether generated rows should have numbers that the column does not: its numbers are many in
// relation to its rows, so that the next row would likely bring a new one. `labels` are the
// distinct cells of a column of whole numbers, "" for the missing ones among them; `counts`, how
// many rows have each.
bool wants_new_numbers(const std::vector<std::string>& labels,
                       const std::vector<std::uint64_t>& counts, std::uint64_t rows);

}  // namespace cuvae
