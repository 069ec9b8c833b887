// Rows of an alignment as trees take them.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluate/alignment.hpp"

namespace cuvae {

// Rows of a table as numbers, column by column: labels as their rank by frequency in the real
// table, so that a tree can part frequent from rare ones; NaN for missing numbers.
using Features = std::vector<std::vector<double>>;

// `count` of `rows` row numbers in a random order that depends on `round` only.
std::vector<std::uint32_t> shuffled_rows(std::uint64_t rows, std::uint64_t count,
                                         std::uint32_t round);

Features features_of(const Alignment& alignment, std::size_t table,
                     const std::vector<std::uint32_t>& rows);

// Each column in an order of its own: what independent columns would look like.
Features shuffled_columns(const Features& features);

}  // namespace cuvae
