// Rules that a sample of rows keeps, to be checked on all.
#pragma once

#include <vector>

#include "rules/numeric_columns.hpp"
#include "rules/rule.hpp"

namespace cuvae {

// Ways to say one relation between columns, the best first; one of them is enough.
using Proposal = std::vector<Rule>;

// A column, and whether it may be computed from others.
struct RuleCandidate {
  const NumericColumn* numbers = nullptr;
  bool computable = true;
};

// Whether the cells of two columns are the same texts in every row.
bool same_cells(const Column& a, const Column& b);

// Columns whose cells are equal in all rows, as texts; and columns of labels that determine each
// other, each label of one standing for one of the other, where most rows have a label of their own
// but enough of them repeat to tell this from chance. These are checked already.
std::vector<Rule> find_copies(const Table& table, const std::vector<std::uint32_t>& sample,
                              unsigned threads);

// y = a x + b, also rounded to the last decimal of y.
std::vector<Proposal> propose_linear(const std::vector<RuleCandidate>& candidates,
                                     unsigned threads);

// c = a + b + constant, and where one column more is asked for, d = a + b + c + constant.
std::vector<Proposal> propose_sums(const std::vector<RuleCandidate>& candidates, bool of_three);

// c = a b, also rounded to the last decimal of c.
std::vector<Proposal> propose_products(const std::vector<RuleCandidate>& candidates,
                                       unsigned threads);

// low <= high, one rule a pair; those of low columns first, of one high by how near they are to it.
std::vector<Rule> propose_bounds(const std::vector<RuleCandidate>& candidates, unsigned threads);

// Rules with these columns, everything that concerns decimals filled in; factors in real numbers
// (1 for a plain sum).
Rule sum_rule(const NumericColumn& target, const std::vector<const NumericColumn*>& sources,
              const std::vector<int>& signs);
Rule product_rule(const NumericColumn& target, const NumericColumn& a, const NumericColumn& b);
// False where the two can't be compared.
bool bound_rule(const NumericColumn& target, const NumericColumn& source, Rule& rule);

// Whether the sample keeps a rule; `offset` rules of sums are to be fitted before.
bool sample_keeps(const Rule& rule, const NumericColumn& target,
                  const std::vector<const NumericColumn*>& sources);

}  // namespace cuvae
