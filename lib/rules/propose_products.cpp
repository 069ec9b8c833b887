#include <algorithm>

#include "rules/propose.hpp"
#include "rules/units.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::size_t probe_rows = 3;
constexpr std::size_t fewest_present = 32;

// Columns that may be products, of one number of decimals, by their units in one row.
struct Totals {
  int decimals = 0;
  std::vector<std::pair<std::int64_t, std::size_t>> by_units;  // candidate
};

std::vector<Totals> totals_at(const std::vector<RuleCandidate>& candidates, std::size_t row) {
  std::vector<Totals> all;
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    const NumericColumn& column = *candidates[c].numbers;
    if (!candidates[c].computable || column.distinct < fewest_distinct ||
        column.nature != Nature::number || !column.present[row] ||
        column.present.count() < fewest_present) {
      continue;
    }
    auto of_decimals = std::find_if(all.begin(), all.end(), [&](const Totals& totals) {
      return totals.decimals == column.decimals;
    });
    if (of_decimals == all.end()) of_decimals = all.insert(all.end(), {column.decimals, {}});
    of_decimals->by_units.emplace_back(column.units[row], c);
  }
  for (Totals& totals : all) std::sort(totals.by_units.begin(), totals.by_units.end());
  return all;
}

// Whether c is a b within a unit wherever all are present.
bool nearly(const Rule& rule, const NumericColumn& a, const NumericColumn& b,
            const NumericColumn& c) {
  for (std::size_t row = 0; row < c.units.size(); ++row) {
    if ((a.present[row] && b.present[row]) != c.present[row]) return false;
    if (!c.present[row]) continue;
    const std::int64_t factors[] = {a.units[row], b.units[row]};
    if (std::abs(result_units(rule, factors) - c.units[row]) > 1) return false;
  }
  return true;
}

// Rows in which most columns are present, spread over the sample.
std::vector<std::size_t> rows_to_probe(const std::vector<RuleCandidate>& candidates) {
  const std::size_t rows = candidates.front().numbers->units.size();
  std::vector<std::pair<std::size_t, std::size_t>> by_missing;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto missing = std::count_if(
        candidates.begin(), candidates.end(),
        [&](const RuleCandidate& candidate) { return !candidate.numbers->present[row]; });
    by_missing.emplace_back(static_cast<std::size_t>(missing), row);
  }
  std::sort(by_missing.begin(), by_missing.end());
  std::vector<std::size_t> probes;
  for (std::size_t i = 0; i < std::min(probe_rows, rows); ++i) {
    probes.push_back(by_missing[i].second);
  }
  return probes;
}

}  // namespace

Rule product_rule(const NumericColumn& target, const NumericColumn& a, const NumericColumn& b) {
  Rule rule;
  rule.is = Rule::Is::product;
  rule.target = target.column;
  rule.sources = {a.column, b.column};
  rule.target_decimals = target.decimals;
  rule.decimals = {a.decimals, b.decimals};
  rule.factors = {1, 1};
  for (int tens = a.decimals + b.decimals; tens < target.decimals; ++tens) rule.factors[0] *= 10;
  for (int tens = a.decimals + b.decimals; tens > target.decimals && tens > 0; --tens) {
    constexpr std::int64_t most_divisor = 1'000'000'000'000'000'000;
    if (rule.divisor < most_divisor) rule.divisor *= 10;
  }
  return rule;
}

std::vector<Proposal> propose_products(const std::vector<RuleCandidate>& candidates,
                                       unsigned threads) {
  constexpr int most_decimals = 18;
  if (candidates.size() < 3) return {};
  const std::vector<std::size_t> probes = rows_to_probe(candidates);
  std::vector<std::vector<Totals>> totals;
  for (const std::size_t row : probes) totals.push_back(totals_at(candidates, row));
  std::vector<std::vector<Proposal>> found(candidates.size());
  const auto probe = [&](std::size_t ia, std::size_t ib) {
    const NumericColumn& a = *candidates[ia].numbers;
    const NumericColumn& b = *candidates[ib].numbers;
    const auto at = std::find_if(probes.begin(), probes.end(),
                                 [&](std::size_t row) { return a.present[row] && b.present[row]; });
    if (at == probes.end()) return;
    const std::int64_t factors[] = {a.units[*at], b.units[*at]};
    for (const Totals& group : totals[static_cast<std::size_t>(at - probes.begin())]) {
      Rule rule = product_rule(*candidates[group.by_units.front().second].numbers, a, b);
      const std::int64_t expected = result_units(rule, factors);
      auto one = std::lower_bound(group.by_units.begin(), group.by_units.end(),
                                  std::pair{expected - 1, std::size_t{0}});
      for (; one != group.by_units.end() && one->first <= expected + 1; ++one) {
        const NumericColumn& c = *candidates[one->second].numbers;
        if (&c == &a || &c == &b || !nearly(rule, a, b, c)) continue;
        rule.target = c.column;
        Proposal proposal;
        for (const auto rounding :
             {Rule::Rounding::half_up, Rule::Rounding::half_even, Rule::Rounding::down}) {
          rule.rounding = rounding;
          if (!sample_keeps(rule, c, {&a, &b})) continue;
          proposal.push_back(rule);
          if (rule.divisor == 1) break;
        }
        if (!proposal.empty()) found[ia].push_back(std::move(proposal));
      }
    }
  };
  for_each_index(threads, candidates.size(), [&](std::size_t ia) {
    const NumericColumn& a = *candidates[ia].numbers;
    if (a.nature != Nature::number) return;
    for (std::size_t ib = ia + 1; ib < candidates.size(); ++ib) {
      const NumericColumn& b = *candidates[ib].numbers;
      if (b.nature == Nature::number && a.decimals + b.decimals <= most_decimals) probe(ia, ib);
    }
  });
  std::vector<Proposal> all;
  for (auto& proposals : found) {
    for (auto& proposal : proposals) all.push_back(std::move(proposal));
  }
  return all;
}

}  // namespace cuvae
