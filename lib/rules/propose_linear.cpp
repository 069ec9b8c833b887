#include <numeric>
#include <optional>

#include "rules/propose.hpp"
#include "rules/units.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::int64_t most_ratio = 1'000'000'000'000;  // of factors and divisors that are found
constexpr WideInteger most_offset = WideInteger{1} << 62;
constexpr int most_factor_decimals = 6;
constexpr std::size_t fewest_present = 32;

Rule linear_rule(const NumericColumn& x, const NumericColumn& y, std::int64_t factor,
                 std::int64_t divisor, WideInteger offset) {
  Rule rule;
  rule.is = Rule::Is::linear;
  rule.target = y.column;
  rule.sources = {x.column};
  rule.target_decimals = y.decimals;
  rule.decimals = {x.decimals};
  rule.factors = {factor};
  rule.divisor = divisor;
  rule.offset = static_cast<std::int64_t>(offset);
  return rule;
}

// Three rows of x tell most pairs that are not linear. Rounding may move y by half a unit each.
bool may_be_linear(const NumericColumn& x, const NumericColumn& y) {
  const WideInteger x_span = x.units[x.greatest_row] - x.units[x.least_row];
  const WideInteger x_part = x.units[x.middle_row] - x.units[x.least_row];
  const WideInteger y_span = y.units[x.greatest_row] - y.units[x.least_row];
  const WideInteger y_part = y.units[x.middle_row] - y.units[x.least_row];
  const WideInteger cross = y_part * x_span - y_span * x_part;
  return (cross < 0 ? -cross : cross) <= 2 * x_span && y_span != 0;
}

std::optional<Rule> exact(const NumericColumn& x, const NumericColumn& y) {
  const std::int64_t dx = x.units[x.greatest_row] - x.units[x.least_row];
  const std::int64_t dy = y.units[x.greatest_row] - y.units[x.least_row];
  const std::int64_t common = std::gcd(dx, dy);
  const std::int64_t factor = dy / common;
  const std::int64_t divisor = dx / common;
  if (std::abs(factor) > most_ratio || divisor > most_ratio) return std::nullopt;
  // The other way round there is nothing to divide.
  if (divisor != 1 && std::abs(factor) == 1) return std::nullopt;
  const WideInteger offset =
      WideInteger{divisor} * y.units[x.least_row] - WideInteger{factor} * x.units[x.least_row];
  if (offset > most_offset || offset < -most_offset) return std::nullopt;
  for (std::size_t row = 0; row < x.units.size(); ++row) {
    if (x.units[row] == missing_units) continue;
    if (WideInteger{divisor} * y.units[row] != WideInteger{factor} * x.units[row] + offset) {
      return std::nullopt;
    }
  }
  return linear_rule(x, y, factor, divisor, offset);
}

// The offset with the fewest digits, in parts of a unit by `divisor`, that lies within the bounds.
std::optional<WideInteger> shortest_between(WideInteger least, WideInteger most,
                                            std::int64_t divisor, int decimals) {
  if (least > most) return std::nullopt;
  if (least <= 0 && most >= 0) return WideInteger{0};
  for (int tens = decimals + 3; tens >= 0; --tens) {
    WideInteger step = divisor;
    for (int i = 0; i < tens; ++i) step *= 10;
    const WideInteger quotient = least / step;
    WideInteger multiple = quotient * step;
    if (multiple < least) multiple += step;
    if (multiple <= most) return multiple;
  }
  return std::nullopt;
}

// y = (factor x + offset) / divisor, rounded, with whatever offset fits.
void rounded_with(const NumericColumn& x, const NumericColumn& y, std::int64_t factor,
                  std::int64_t divisor, Proposal& proposal) {
  WideInteger least_rest = most_offset;
  WideInteger most_rest = -most_offset;
  for (std::size_t row = 0; row < x.units.size(); ++row) {
    if (x.units[row] == missing_units) continue;
    const WideInteger rest =
        WideInteger{divisor} * y.units[row] - WideInteger{factor} * x.units[row];
    least_rest = std::min(least_rest, rest);
    most_rest = std::max(most_rest, rest);
  }
  if (most_rest - least_rest > divisor) return;
  for (const auto rounding :
       {Rule::Rounding::half_up, Rule::Rounding::half_even, Rule::Rounding::down}) {
    const bool down = rounding == Rule::Rounding::down;
    const auto offset =
        down ? shortest_between(most_rest, least_rest + divisor - 1, divisor, y.decimals)
             : shortest_between(most_rest - divisor / 2, least_rest + divisor / 2, divisor,
                                y.decimals);
    if (!offset || *offset > most_offset || *offset < -most_offset) continue;
    Rule rule = linear_rule(x, y, factor, divisor, *offset);
    rule.rounding = rounding;
    if (sample_keeps(rule, y, {&x})) proposal.push_back(std::move(rule));
  }
}

// Slopes of few decimals that the outermost rows allow.
void rounded(const NumericColumn& x, const NumericColumn& y, Proposal& proposal) {
  if (y.distinct < fewest_distinct) return;
  const auto dx = static_cast<double>(x.units[x.greatest_row] - x.units[x.least_row]);
  const auto dy = static_cast<double>(y.units[x.greatest_row] - y.units[x.least_row]);
  const double scale = powers_of_ten[x.decimals] / powers_of_ten[y.decimals];
  const double slope = dy / dx * scale;
  const double tolerance = 1.0 / dx * scale;
  for (int decimals = 0; decimals <= most_factor_decimals; ++decimals) {
    const double digits = std::round(slope * powers_of_ten[decimals]);
    if (digits == 0 || std::abs(digits) > static_cast<double>(most_ratio) ||
        std::abs(digits / powers_of_ten[decimals] - slope) > tolerance) {
      continue;
    }
    // In units: digits / 10^(decimals + those of x - those of y)
    const int tens = decimals + x.decimals - y.decimals;
    const double factor = digits * (tens < 0 ? powers_of_ten[-tens] : 1.0);
    const double divisor = tens > 0 ? powers_of_ten[tens] : 1.0;
    if (std::abs(factor) > static_cast<double>(most_ratio) || divisor == 1.0 ||
        divisor > static_cast<double>(most_ratio)) {
      continue;
    }
    rounded_with(x, y, static_cast<std::int64_t>(factor), static_cast<std::int64_t>(divisor),
                 proposal);
    if (!proposal.empty()) return;
  }
}

// The day of an instant, the minute of a time.
void cut(const NumericColumn& x, const NumericColumn& y, Proposal& proposal) {
  if (x.nature == Nature::number || x.nature != y.nature || y.unit <= x.unit) return;
  const double ratio = y.unit / x.unit;
  if (ratio != std::round(ratio) || ratio > static_cast<double>(most_ratio)) return;
  Rule rule = linear_rule(x, y, 1, static_cast<std::int64_t>(ratio), 0);
  rule.rounding = Rule::Rounding::down;
  if (sample_keeps(rule, y, {&x})) proposal.push_back(std::move(rule));
}

// y from x.
void one_way(const NumericColumn& x, const NumericColumn& y, Proposal& proposal) {
  if (x.units[x.greatest_row] == x.units[x.least_row]) return;
  if (may_be_linear(x, y)) {
    if (auto rule = exact(x, y)) {
      proposal.push_back(std::move(*rule));
    } else {
      rounded(x, y, proposal);
    }
  }
  if (proposal.empty()) cut(x, y, proposal);
}

Proposal both_ways(const RuleCandidate& a, const RuleCandidate& b) {
  const NumericColumn& x = *a.numbers;
  const NumericColumn& y = *b.numbers;
  Proposal forward;
  Proposal backward;
  if (b.computable) one_way(x, y, forward);
  if (a.computable) one_way(y, x, backward);
  const auto costs = [](const Proposal& proposal) {
    return proposal.empty() ? most_ratio : proposal.front().divisor;
  };
  // Whichever loses nothing; else columns of numbers before columns of labels, the later one first.
  const bool swap = costs(backward) < costs(forward) ||
                    (costs(backward) == costs(forward) && y.coded && !x.coded);
  if (swap) std::swap(forward, backward);
  // A rounded column doesn't give back what it was made from.
  if (forward.empty() || forward.front().divisor == 1) {
    forward.insert(forward.end(), backward.begin(), backward.end());
  }
  return forward;
}

}  // namespace

bool sample_keeps(const Rule& rule, const NumericColumn& target,
                  const std::vector<const NumericColumn*>& sources) {
  std::vector<std::int64_t> units(sources.size());
  for (std::size_t row = 0; row < target.units.size(); ++row) {
    bool missing = false;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      units[i] = sources[i]->units[row];
      missing = missing || units[i] == missing_units;
    }
    if (missing != (target.units[row] == missing_units)) return false;
    if (!missing && target.units[row] != result_units(rule, units.data())) return false;
  }
  return true;
}

std::vector<Proposal> propose_linear(const std::vector<RuleCandidate>& candidates,
                                     unsigned threads) {
  std::vector<std::vector<Proposal>> found(candidates.size());
  for_each_index(threads, candidates.size(), [&](std::size_t a) {
    const NumericColumn& x = *candidates[a].numbers;
    if (x.distinct < fewest_distinct || x.present.count() < fewest_present) return;
    for (std::size_t b = a + 1; b < candidates.size(); ++b) {
      const NumericColumn& y = *candidates[b].numbers;
      if (y.distinct < fewest_distinct || y.present != x.present) continue;
      // The tokenizer joins labels that repeat and determine each other.
      if (x.coded && y.coded && !(x.nearly_unique && y.nearly_unique)) continue;
      Proposal proposal = both_ways(candidates[a], candidates[b]);
      if (!proposal.empty()) found[a].push_back(std::move(proposal));
    }
  });
  std::vector<Proposal> all;
  for (auto& proposals : found) {
    for (auto& proposal : proposals) all.push_back(std::move(proposal));
  }
  return all;
}

}  // namespace cuvae
