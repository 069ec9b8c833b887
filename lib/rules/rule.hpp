// Rules between columns that every row keeps to the last digit: a column that is computed from
// others is left out of what the network learns, or replaced by what is left of it.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include <cuvae/schema.hpp>

namespace cuvae {

// Numbers are counted in units of their column's last decimal: X = x * 10^decimals. Such counts are
// at most 2^53, so that a double holds them; a result beyond that becomes the nearest that is not.
struct Rule {
  enum class Is : std::uint8_t {
    copy,      // the source's cell, its text included; or the label that `labels` gives for its one
    linear,    // Y = (factors[0] X + offset) / divisor
    sum,       // Y = (sum of factors[i] X[i] + offset) / divisor
    product,   // Y = factors[0] X[0] X[1] / divisor
    at_least,  // Y = ceiling(greatest of factors[i] X[i] / divisor) + a part that is never negative
  };
  // How a quotient that is not whole becomes whole.
  enum class Rounding : std::uint8_t { half_up, half_even, down };  // half_up: away from zero

  Is is = Is::copy;
  std::uint32_t target = 0;            // column of the table
  std::vector<std::uint32_t> sources;  // columns of the table; copy and linear: one, product: two
  int target_decimals = 0;
  std::vector<int> decimals;          // [sources]
  std::vector<std::int64_t> factors;  // [sources]; copy: empty
  std::int64_t offset = 0;
  std::int64_t divisor = 1;
  Rounding rounding = Rounding::half_up;

  // at_least: what takes the sources' place in rows where all of them are missing, in units of the
  // target.
  std::int64_t base = 0;

  // copy of coded columns: [labels of the source] label of the target; empty where cells are equal.
  std::vector<std::uint32_t> labels;

  friend bool operator==(const Rule&, const Rule&) = default;
};

// Whether the network learns a part in the place of the target: a number of the target's decimals,
// missing where the target is. Without one the target is missing where any of its sources is.
constexpr bool has_part(const Rule& rule) {
  return rule.is == Rule::Is::at_least;
}

// The number of the part. NaN stands for missing cells. `sources`: [rule.sources] numbers.
// Of coded columns a number is what label_numbers() (rules/column_numbers.hpp) says of its label.
double part_of(const Rule& rule, double target, std::span<const double> sources);

// The number of the target; `part` counts only where there is one. Whatever the numbers, the rule
// holds for what it gives. Not for copies: a copy has the whole cell of its source.
double target_of(const Rule& rule, double part, std::span<const double> sources);

// Whether a row keeps the rule, missing cells included. Not for copies.
bool holds(const Rule& rule, double target, std::span<const double> sources);

// "total = qty * price", "low <= high": as parse_rule() (rules/stated_rule.hpp) reads it, but for
// copies of labels that are not the same texts. `names`: of the table's columns.
std::string text(const Rule& rule, std::span<const std::string> names);

// A list of rules as JSON, and back. Throws Error(data) for what is no list of rules for the
// schema's columns, in an order in which each can be computed, however hostile.
nlohmann::json rules_to_json(const std::vector<Rule>& rules);
std::vector<Rule> rules_from_json(const nlohmann::json& json, const Schema& schema);

}  // namespace cuvae
