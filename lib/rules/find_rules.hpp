// The rules that a table's rows keep: found, and stated by the caller.
#pragma once

#include <string>
#include <vector>

#include <cuvae/monitor.hpp>
#include <cuvae/table.hpp>

#include "rules/rule.hpp"

namespace cuvae {

struct RuleOptions {
  std::vector<std::string> stated;  // "low <= high", "total = qty * price"
  bool find = true;
  unsigned threads = 0;  // 0: all hardware threads; the result is the same for any number
};

struct FoundRules {
  // In an order in which each can be computed; every column is the target of at most one.
  std::vector<Rule> rules;
  // Whole sentences for people: rules that all but a few rows keep, or that can't be enforced.
  std::vector<std::string> notes;
};

// Finds rules that all rows keep. Targets of rules that were coded columns of whole numbers, dates
// or times become value columns with a spelling in `table`, since a row may need one that no label
// has; a rule whose target has no such spelling is only told.
// Throws Error(usage) for a stated rule that is none, names no column or contradicts another;
// Error(data) for one that a row breaks, naming the first such row and how many there are.
FoundRules find_rules(Table& table, const RuleOptions& options = {},
                      Monitor& monitor = silent_monitor());

}  // namespace cuvae
