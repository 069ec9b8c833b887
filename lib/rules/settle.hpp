// Which of the rules that hold are taken: no column is computed twice or from itself.
#pragma once

#include <cstdint>
#include <vector>

#include "rules/rule.hpp"

namespace cuvae {

class SettledRules {
 public:
  explicit SettledRules(std::size_t columns) : rule_of_(columns, none) {}

  bool is_target(std::uint32_t column) const { return rule_of_[column] != none; }

  // Whether `column` is computed from `from`, be it over other columns.
  bool depends(std::uint32_t column, std::uint32_t from) const;

  // Whether the rule's target is free and none of its sources depends on it.
  bool fits(const Rule& rule) const;

  // False, and nothing is taken, where it doesn't fit. Bounds of one column become one rule;
  // `found` ones are left out where others imply them: `always` says of each column whether it has
  // no missing cell.
  bool take(const Rule& rule);
  bool take_bound(const Rule& rule, const std::vector<bool>& always, bool found);

  // Every rule behind those that compute its sources.
  std::vector<Rule> ordered() const;

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  std::vector<std::uint32_t> rule_of_;  // [columns]
  std::vector<Rule> rules_;

  bool implied(std::uint32_t high, std::uint32_t low, const std::vector<bool>& always) const;
};

}  // namespace cuvae
