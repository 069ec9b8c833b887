#include <algorithm>
#include <cmath>
#include <numeric>

#include "rules/propose.hpp"
#include "rules/units.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::size_t fewest_present = 32;
constexpr std::size_t block_rows = 64;
constexpr std::size_t shifts = 7;
constexpr double least_share = 0.05;  // of rows that break the rule once columns are shuffled
constexpr double certainty = 7;       // chance makes one rule in e^7 tables of such columns
constexpr std::size_t most_lows = 8;  // of one high
constexpr std::size_t most_tried = 32;

enum class Order { none, rising, falling };

// How two columns stand to each other wherever both are present.
Order order_of(const NumericColumn& a, const NumericColumn& b) {
  if (a.comparable[a.greatest_row] < b.comparable[b.least_row] ||
      b.comparable[b.greatest_row] < a.comparable[a.least_row]) {
    return Order::none;  // nothing but the ranges says so
  }
  std::size_t below = 0;
  std::size_t above = 0;
  const std::size_t rows = a.comparable.size();
  for (std::size_t begin = 0; begin < rows; begin += block_rows) {
    const std::size_t end = std::min(rows, begin + block_rows);
    for (std::size_t row = begin; row < end; ++row) {
      below += a.comparable[row] < b.comparable[row] ? 1 : 0;
      above += a.comparable[row] > b.comparable[row] ? 1 : 0;
    }
    if (below > 0 && above > 0) return Order::none;
  }
  if (below + above == 0) return Order::none;
  return below > 0 ? Order::rising : Order::falling;
}

double mean_gap(const NumericColumn& low, const NumericColumn& high) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t row = 0; row < low.comparable.size(); ++row) {
    const double gap = high.comparable[row] - low.comparable[row];
    if (std::isnan(gap)) continue;
    sum += gap;
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

// How often the low of one row is above the high of another.
double broken_when_shuffled(const NumericColumn& low, const NumericColumn& high) {
  const std::size_t rows = low.comparable.size();
  std::size_t broken = 0;
  std::size_t compared = 0;
  for (std::size_t shift = 1; shift <= shifts; ++shift) {
    const std::size_t by = shift * rows / (shifts + 1);
    for (std::size_t row = 0; row < rows; ++row) {
      const double other = high.comparable[row + by < rows ? row + by : row + by - rows];
      broken += low.comparable[row] > other ? 1 : 0;
      compared += std::isnan(low.comparable[row] + other) ? 0 : 1;
    }
  }
  return compared == 0 ? 0 : static_cast<double>(broken) / static_cast<double>(compared);
}

// What the sample has of two columns: distinct pairs, and whether one of them determines the other
// though its numbers repeat. Of codes of shops and towns there are few pairs, however many rows.
struct Pairs {
  std::size_t distinct = 0;
  bool determined = false;
};

Pairs pairs_of(const NumericColumn& low, const NumericColumn& high) {
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
  for (std::size_t row = 0; row < low.units.size(); ++row) {
    if (low.present[row] && high.present[row]) pairs.emplace_back(low.units[row], high.units[row]);
  }
  Pairs result;
  const std::size_t rows = pairs.size();
  for (const bool swapped : {false, true}) {
    if (swapped) {
      for (auto& [a, b] : pairs) std::swap(a, b);
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    result.distinct = pairs.size();
    const bool conflict =
        std::adjacent_find(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
          return a.first == b.first;
        }) != pairs.end();
    result.determined =
        result.determined || (!conflict && result.distinct + fewest_present <= rows);
  }
  return result;
}

double mean_of(const NumericColumn& column) {
  double sum = 0;
  std::size_t count = 0;
  for (const double value : column.comparable) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

bool usable(const NumericColumn& column) {
  return column.distinct >= fewest_distinct && column.present.count() >= fewest_present;
}

}  // namespace

bool bound_rule(const NumericColumn& target, const NumericColumn& source, Rule& rule) {
  rule = Rule();
  rule.is = Rule::Is::at_least;
  rule.target = target.column;
  rule.sources = {source.column};
  rule.target_decimals = target.decimals;
  rule.decimals = {source.decimals};
  rule.factors = {1};
  if (source.nature != target.nature) return false;
  for (int tens = source.decimals; tens < target.decimals; ++tens) rule.factors[0] *= 10;
  for (int tens = target.decimals; tens < source.decimals; ++tens) rule.divisor *= 10;
  if (target.nature == Nature::number || source.unit == target.unit) return true;
  const double ratio = std::max(source.unit, target.unit) / std::min(source.unit, target.unit);
  if (ratio != std::round(ratio) || ratio > static_cast<double>(most_units)) return false;
  auto& scale = source.unit > target.unit ? rule.factors[0] : rule.divisor;
  scale = static_cast<std::int64_t>(ratio);
  return true;
}

std::vector<Rule> propose_bounds(const std::vector<RuleCandidate>& candidates, unsigned threads) {
  const double pairs = std::max(
      1.0, static_cast<double>(candidates.size()) * static_cast<double>(candidates.size()));
  const double fewest_broken = certainty + std::log(pairs);
  std::vector<std::vector<Rule>> found(candidates.size());
  for_each_index(threads, candidates.size(), [&](std::size_t h) {
    const NumericColumn& high = *candidates[h].numbers;
    if (!candidates[h].computable || !usable(high)) return;
    std::vector<std::pair<double, const NumericColumn*>> lows;
    for (const RuleCandidate& candidate : candidates) {
      const NumericColumn& low = *candidate.numbers;
      if (&low == &high || low.nature != high.nature || !usable(low)) continue;
      if (order_of(low, high) != Order::rising) continue;
      if ((low.present & high.present).count() < fewest_present) continue;
      lows.emplace_back(mean_gap(low, high), &low);
    }
    std::stable_sort(lows.begin(), lows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    if (lows.size() > most_tried) lows.resize(most_tried);
    for (const auto& [gap, low] : lows) {
      if (found[h].size() == most_lows) break;
      const double share = broken_when_shuffled(*low, high);
      if (share < least_share) continue;
      const Pairs both = pairs_of(*low, high);
      if (share * static_cast<double>(both.distinct) < fewest_broken) continue;
      if (both.determined && low->coded && high.coded) continue;  // the tokenizer joins them
      Rule rule;
      if (bound_rule(high, *low, rule)) found[h].push_back(std::move(rule));
    }
  });
  // Low columns first, so that what is above them can be seen to follow.
  std::vector<std::pair<double, std::size_t>> by_mean;
  for (std::size_t h = 0; h < candidates.size(); ++h) {
    by_mean.emplace_back(mean_of(*candidates[h].numbers), h);
  }
  std::sort(by_mean.begin(), by_mean.end());
  std::vector<Rule> all;
  for (const auto& [mean, h] : by_mean) {
    for (Rule& rule : found[h]) all.push_back(std::move(rule));
  }
  return all;
}

}  // namespace cuvae
