// Tables of pairs: how often each combination of two columns' categories occurs.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluate/aligned.hpp"
#include "evaluate/pairs.hpp"

namespace cuvae {

// Pairs with at most this many combinations are counted in a dense array, others group by group.
inline constexpr std::size_t dense_cells = std::size_t{1} << 20U;

std::size_t categories_of(const Alignment& alignment, std::size_t column);

// Row numbers of one table grouped by one column's category, in order within each group.
struct Groups {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> ends;  // [categories] behind the last row of each group

  Groups(const AlignedTable& table, std::size_t column);
};

// Similarity and strengths of one pair, counted densely; memory grows with the combinations.
PairMetrics count_densely(const Alignment& alignment, std::size_t other, std::size_t first,
                          std::size_t second);

// The same for any number of combinations, with both tables grouped by the first column.
PairMetrics count_by_groups(const Alignment& alignment, std::size_t other, std::size_t first,
                            std::size_t second, const Groups& real_groups,
                            const Groups& other_groups);

}  // namespace cuvae
