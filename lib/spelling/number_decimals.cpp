#include "spelling/number_decimals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cuvae {
namespace {

// Cells of so many digits are the whole of a double rather than a rounded number.
constexpr int digits_of_double = 15;
constexpr int more_than_rounded = 16;
constexpr std::size_t most_levels = 24;

// Cells that have no decimals because they are whole, or zero, say nothing about the others.
bool is_bare(const CellDecimals& cell, const DecimalsRule& rule) {
  return (rule.bare_whole && cell.whole) || (rule.bare_zero && cell.zero);
}

// Without a zero at the end of the shortest cells nothing says that shorter ones would be filled
// up. Few cells have none by chance, and people do fill up to a few decimals.
int plausible_least(std::span<const CellDecimals> cells, const DecimalsRule& rule, int least) {
  constexpr std::size_t telling = 44;  // 0.9^44 < 1%
  constexpr int usual_most = 3;
  std::size_t shortest = 0;
  bool longer = false;
  for (const CellDecimals& cell : cells) {
    if (is_bare(cell, rule)) continue;
    longer = longer || cell.decimals > least;
    if (cell.decimals > least) continue;
    if (cell.trailing_zeros > 0) return least;
    ++shortest;
  }
  return !longer || (shortest < telling && least <= usual_most) ? least : 0;
}

// The least decimals of a column where every cell has as many as it needs; nothing where one has
// more.
std::optional<int> least_decimals(std::span<const CellDecimals> cells, const DecimalsRule& rule) {
  int least = std::numeric_limits<int>::max();
  bool bare = false;
  for (const CellDecimals& cell : cells) {
    if (!is_bare(cell, rule)) {
      least = std::min(least, cell.decimals);
    } else if (cell.decimals > 0) {
      return {};
    } else {
      bare = true;
    }
  }
  if (least == std::numeric_limits<int>::max()) least = 0;
  if ((rule.bare_whole || rule.bare_zero) && (!bare || least == 0)) return {};
  const auto fits = [&](const CellDecimals& cell) {
    return is_bare(cell, rule) || cell.decimals == std::max(least, cell.needed());
  };
  if (!std::all_of(cells.begin(), cells.end(), fits)) return {};
  return plausible_least(cells, rule, least);
}

// Whether so many cells with `decimals` are no more than numbers with `most` decimals have by
// chance: every tenth ends in one zero, every hundredth in two.
bool by_chance(std::uint64_t count, std::uint64_t with_most, int most, int decimals) {
  const double expected = static_cast<double>(with_most) / 9 * std::pow(10.0, decimals + 1 - most);
  return static_cast<double>(count) <= 2 * expected + 3;
}

void add_levels(const std::map<int, std::uint64_t>& counts, int least, std::uint64_t head_count,
                int head, DecimalsRule& rule) {
  for (auto at = counts.rbegin(); at != counts.rend(); ++at) {
    const auto& [decimals, count] = *at;
    if (rule.levels.empty() || !by_chance(count, head_count, head, decimals)) {
      rule.levels.push_back({std::min(least, decimals), decimals});
      head = decimals;
      head_count = count;
    }
    rule.level_of[decimals] = static_cast<int>(rule.levels.size()) - 1;
  }
}

bool is_whole_double(const CellDecimals& cell) {
  return cell.significant >= digits_of_double;
}

void add_levels(std::span<const CellDecimals> cells, int least, DecimalsTry way, bool exact,
                DecimalsRule& rule) {
  std::map<int, std::uint64_t> counts;
  std::uint64_t doubles = 0;
  int fewest = std::numeric_limits<int>::max();
  int most = least;
  for (const CellDecimals& cell : cells) {
    if (is_bare(cell, rule)) continue;
    most = std::max(most, cell.decimals);
    if (way == DecimalsTry::shortest && is_whole_double(cell)) {
      doubles += cell.count;
      fewest = std::min(fewest, cell.decimals);
    } else {
      counts[cell.decimals] += cell.count;
    }
  }
  if (doubles > 0) {
    rule.shortest = 0;
    rule.levels.push_back({least, DecimalsRange::shortest});
  }
  if (exact) {
    if (doubles == 0) rule.levels.push_back({least, most});
    for (const auto& [decimals, count] : counts) rule.level_of[decimals] = 0;
    return;
  }
  add_levels(counts, least, doubles, fewest, rule);
}

}  // namespace

std::optional<int> DecimalsRule::level(const CellDecimals& cell) const {
  if (is_bare(cell, *this)) return {};
  if (shortest && is_whole_double(cell)) return shortest;
  const auto found = level_of.find(cell.decimals);
  if (found == level_of.end()) return {};
  return found->second;
}

std::optional<DecimalsRule> learn_decimals(std::span<const CellDecimals> cells, DecimalsTry way,
                                           bool exact) {
  if (way == DecimalsTry::free) {
    DecimalsRule rule;
    std::map<int, std::uint64_t> counts;
    for (const CellDecimals& cell : cells) counts[cell.decimals] += cell.count;
    if (counts.size() > most_levels) return {};
    for (const auto& [decimals, count] : counts) {
      rule.level_of[decimals] = static_cast<int>(rule.levels.size());
      rule.levels.push_back({decimals, exact ? counts.rbegin()->first : decimals});
    }
    return rule;
  }
  for (const auto& [whole, zero] : {std::pair{false, false}, {false, true}, {true, false}}) {
    DecimalsRule rule;
    rule.bare_whole = whole;
    rule.bare_zero = zero;
    const std::optional<int> least = least_decimals(cells, rule);
    if (!least) continue;
    const auto too_long = [&](const CellDecimals& cell) {
      return cell.decimals > *least && cell.significant >= more_than_rounded;
    };
    if (way == DecimalsTry::needed && std::any_of(cells.begin(), cells.end(), too_long)) return {};
    add_levels(cells, *least, way, exact, rule);
    if (rule.levels.empty()) rule.levels.push_back({*least, *least});
    if (rule.levels.size() > most_levels) return {};
    return rule;
  }
  return {};
}

}  // namespace cuvae
