// Rules as people write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cuvae {

// A number with digits behind the point: digits / 10^decimals.
struct Decimal {
  std::int64_t digits = 0;
  int decimals = 0;
};

// factor / divisor times one column, or two columns that are multiplied; a constant has none.
struct StatedTerm {
  Decimal factor{1, 0};
  Decimal divisor{1, 0};
  std::vector<std::string> columns;
};

struct StatedRule {
  bool at_least = false;  // target >= the only term's column; else target = sum of the terms
  std::string target;
  std::vector<StatedTerm> terms;
  std::string text;  // as it was written
};

// "low <= high", "a <= b <= c", "total = qty * price", "net = gross - tax", "cents = 100 * amount".
// A name with blanks or operators in it stands in backticks or double quotes, doubled to stand for
// themselves. A chain gives several rules. Throws Error(usage) for what is none of these.
std::vector<StatedRule> parse_rule(std::string_view text);

// A name as parse_rule() reads it.
std::string rule_name(std::string_view name);

}  // namespace cuvae
