#include "rules/settle.hpp"

#include <algorithm>
#include <numeric>

#include "rules/units.hpp"

namespace cuvae {

bool SettledRules::depends(std::uint32_t column, std::uint32_t from) const {
  std::vector<std::uint32_t> open{column};
  std::vector<bool> seen(rule_of_.size(), false);
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    if (at == from) return true;
    if (seen[at] || rule_of_[at] == none) continue;
    seen[at] = true;
    const auto& sources = rules_[rule_of_[at]].sources;
    open.insert(open.end(), sources.begin(), sources.end());
  }
  return false;
}

bool SettledRules::fits(const Rule& rule) const {
  return !is_target(rule.target) &&
         std::none_of(rule.sources.begin(), rule.sources.end(),
                      [&](std::uint32_t source) { return depends(source, rule.target); });
}

bool SettledRules::take(const Rule& rule) {
  if (!fits(rule)) return false;
  rule_of_[rule.target] = static_cast<std::uint32_t>(rules_.size());
  rules_.push_back(rule);
  return true;
}

// Whether bounds that are taken lead from `high` down to `low` over columns without missing cells.
bool SettledRules::implied(std::uint32_t high, std::uint32_t low,
                           const std::vector<bool>& always) const {
  std::vector<std::uint32_t> open{high};
  std::vector<bool> seen(rule_of_.size(), false);
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    if (seen[at] || rule_of_[at] == none || !has_part(rules_[rule_of_[at]])) continue;
    seen[at] = true;
    for (const std::uint32_t source : rules_[rule_of_[at]].sources) {
      if (source == low) return true;
      if (always[source]) open.push_back(source);
    }
  }
  return false;
}

bool SettledRules::take_bound(const Rule& rule, const std::vector<bool>& always, bool found) {
  const std::uint32_t low = rule.sources.front();
  if (found && implied(rule.target, low, always)) return false;
  if (!is_target(rule.target)) return take(rule);
  Rule& other = rules_[rule_of_[rule.target]];
  if (!has_part(other) || other.sources.size() == most_rule_sources || depends(low, rule.target)) {
    return false;
  }
  if (std::find(other.sources.begin(), other.sources.end(), low) != other.sources.end()) {
    return true;
  }
  // One divisor for all: their least common multiple.
  const std::int64_t common = std::lcm(other.divisor, rule.divisor);
  const auto scaled = [common](std::int64_t factor, std::int64_t divisor) {
    return WideInteger{factor} * (common / divisor);
  };
  if (common > most_units || scaled(rule.factors[0], rule.divisor) > most_units ||
      std::any_of(other.factors.begin(), other.factors.end(), [&](std::int64_t factor) {
        return scaled(factor, other.divisor) > most_units;
      })) {
    return false;
  }
  for (std::int64_t& factor : other.factors) {
    factor = static_cast<std::int64_t>(scaled(factor, other.divisor));
  }
  other.factors.push_back(static_cast<std::int64_t>(scaled(rule.factors[0], rule.divisor)));
  other.divisor = common;
  other.sources.push_back(low);
  other.decimals.push_back(rule.decimals.front());
  return true;
}

std::vector<Rule> SettledRules::ordered() const {
  std::vector<Rule> result;
  std::vector<bool> done(rule_of_.size(), false);
  for (std::size_t c = 0; c < done.size(); ++c) {
    done[c] = !is_target(static_cast<std::uint32_t>(c));
  }
  while (result.size() < rules_.size()) {
    const std::size_t before = result.size();
    for (std::size_t c = 0; c < done.size(); ++c) {
      if (done[c]) continue;
      const Rule& rule = rules_[rule_of_[c]];
      if (!std::all_of(rule.sources.begin(), rule.sources.end(),
                       [&](std::uint32_t source) { return done[source]; })) {
        continue;
      }
      result.push_back(rule);
      done[c] = true;
    }
    if (result.size() == before) break;  // never, since take() lets no cycle in
  }
  return result;
}

}  // namespace cuvae
