// How many decimals the cells of a column have: what the number itself says, and what it does not.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "spelling/number_template.hpp"

namespace cuvae {

// What is looked at of a distinct cell.
struct CellDecimals {
  int decimals = 0;
  int trailing_zeros = 0;
  int significant = 0;
  int whole_digits = 0;
  bool whole = false;
  bool zero = false;
  std::uint64_t count = 0;

  int needed() const { return decimals - trailing_zeros; }
};

struct DecimalsRule {
  bool bare_whole = false;
  bool bare_zero = false;
  std::vector<DecimalsRange> levels;
  std::map<int, int> level_of;  // of cells with so many decimals
  std::optional<int> shortest;  // the level of those with the digits of a whole double
  std::optional<int> level(const CellDecimals& cell) const;  // nothing where any will do
};

enum class DecimalsTry : std::uint8_t {
  needed,    // as many as the number needs, up to fixed numbers of them
  shortest,  // the same; the longest cells have all that tell a double from its neighbours
  free,      // no rule
};

// Nothing where the cells don't follow the rule. With `exact` new numbers will be no others than
// the column's: then no digit needs to be cut away.
std::optional<DecimalsRule> learn_decimals(std::span<const CellDecimals> cells, DecimalsTry way,
                                           bool exact);

}  // namespace cuvae
