#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "rules/propose.hpp"
#include "rules/units.hpp"

namespace cuvae {
namespace {

// Sums are found by a sketch: a column's numbers in some rows, weighted and added modulo 2^64. The
// sketch of a sum is the sum of the sketches; since the weights add up to zero, a constant has
// none.
constexpr std::size_t sketch_rows = 32;
constexpr int fewest_sketch_rows = 12;
constexpr std::size_t most_patterns = 16;
constexpr std::size_t most_for_three = 300;
constexpr std::size_t most_of_one_sketch = 8;

using Pattern = std::uint32_t;  // bits of the sketch's rows where a column is missing

struct Sketched {
  std::size_t candidate = 0;
  Pattern missing = 0;
  std::array<std::uint64_t, sketch_rows> numbers{};
  std::uint64_t sketch = 0;  // of the pattern at hand
};

class SumFinder {
 public:
  SumFinder(const std::vector<RuleCandidate>& candidates, bool of_three)
      : candidates_(candidates), of_three_(of_three) {}

  std::vector<Proposal> run() {
    read_columns();
    std::map<Pattern, std::size_t> patterns;
    for (const Sketched& column : columns_) ++patterns[column.missing];
    std::vector<std::pair<std::size_t, Pattern>> frequent;
    for (const auto& [pattern, count] : patterns) frequent.emplace_back(count, pattern);
    std::sort(frequent.rbegin(), frequent.rend());
    if (frequent.size() > most_patterns) frequent.resize(most_patterns);
    for (const auto& [count, pattern] : frequent) search(pattern);
    return std::move(found_);
  }

 private:
  using Members = std::vector<const Sketched*>;

  const std::vector<RuleCandidate>& candidates_;
  bool of_three_;
  std::vector<Sketched> columns_;
  std::vector<Proposal> found_;

  const NumericColumn& numbers(const Sketched& column) const {
    return *candidates_[column.candidate].numbers;
  }

  void read_columns() {
    if (candidates_.empty()) return;
    const std::size_t rows = candidates_.front().numbers->units.size();
    std::vector<std::pair<std::size_t, std::size_t>> by_missing;
    for (std::size_t row = 0; row < rows; ++row) {
      std::size_t missing = 0;
      for (const auto& candidate : candidates_) missing += candidate.numbers->present[row] ? 0 : 1;
      by_missing.emplace_back(missing, row);
    }
    std::sort(by_missing.begin(), by_missing.end());
    if (by_missing.size() < static_cast<std::size_t>(fewest_sketch_rows)) return;
    by_missing.resize(std::min(by_missing.size(), sketch_rows));
    int decimals = 0;
    for (const auto& candidate : candidates_) {
      decimals = std::max(decimals, candidate.numbers->decimals);
    }
    for (std::size_t c = 0; c < candidates_.size(); ++c) {
      const NumericColumn& column = *candidates_[c].numbers;
      std::uint64_t scale = 1;
      for (int i = column.decimals; i < decimals; ++i) scale *= 10;
      Sketched sketched;
      sketched.candidate = c;
      sketched.missing = by_missing.size() == sketch_rows ? 0 : ~Pattern{0} << by_missing.size();
      for (std::size_t i = 0; i < by_missing.size(); ++i) {
        const std::int64_t units = column.units[by_missing[i].second];
        if (units == missing_units) {
          sketched.missing |= Pattern{1} << i;
        } else {
          sketched.numbers[i] = static_cast<std::uint64_t>(units) * scale;
        }
      }
      columns_.push_back(sketched);
    }
  }

  // Gives the columns that are present where the pattern is not missing their sketches.
  Members sketch(Pattern missing) {
    std::array<std::uint64_t, sketch_rows> weights{};
    std::uint64_t total = 0;
    std::size_t last = sketch_rows;
    for (std::size_t i = 0; i < sketch_rows; ++i) {
      if ((missing >> i & 1U) != 0) continue;
      weights[i] = (i + 1) * 0x9E3779B97F4A7C15U;
      weights[i] = (weights[i] ^ weights[i] >> 29U) * 0xBF58476D1CE4E5B9U;
      total += weights[i];
      last = i;
    }
    weights[last] -= total;
    Members members;
    for (Sketched& column : columns_) {
      if ((column.missing & ~missing) != 0) continue;
      column.sketch = 0;
      for (std::size_t i = 0; i < sketch_rows; ++i) column.sketch += weights[i] * column.numbers[i];
      if (column.sketch != 0) members.push_back(&column);
    }
    return members;
  }

  void search(Pattern missing) {
    int rows = 0;
    for (std::size_t i = 0; i < sketch_rows; ++i) rows += (missing >> i & 1U) == 0 ? 1 : 0;
    if (rows < fewest_sketch_rows) return;
    const Members members = sketch(missing);
    if (of_three_) {
      if (members.size() <= most_for_three) threes(members, missing);
    } else {
      twos(members, missing);
    }
  }

  // Totals have the very pattern: they are missing where any addend is.
  bool may_be_total(const Sketched& column, Pattern missing) const {
    return column.missing == missing && numbers(column).distinct >= fewest_distinct;
  }

  void twos(const Members& members, Pattern missing) {
    std::unordered_map<std::uint64_t, Members> totals;
    for (const Sketched* column : members) {
      if (!may_be_total(*column, missing)) continue;
      for (const std::uint64_t key : {column->sketch, std::uint64_t{0} - column->sketch}) {
        Members& same = totals[key];
        if (same.size() < most_of_one_sketch) same.push_back(column);
      }
    }
    for (std::size_t a = 0; a < members.size(); ++a) {
      for (std::size_t b = a + 1; b < members.size(); ++b) {
        const auto same = totals.find(members[a]->sketch + members[b]->sketch);
        if (same == totals.end()) continue;
        for (const Sketched* c : same->second) {
          if (c == members[a] || c == members[b]) continue;
          const bool negative = c->sketch != same->first;
          // a + b + c = constant is found three times
          if (negative && c < members[b]) continue;
          propose(*c, {members[a], members[b]}, negative ? -1 : 1);
        }
      }
    }
  }

  void threes(const Members& members, Pattern missing) {
    std::unordered_map<std::uint64_t, std::vector<std::pair<std::size_t, std::size_t>>> pairs;
    for (std::size_t a = 0; a < members.size(); ++a) {
      for (std::size_t b = a + 1; b < members.size(); ++b) {
        auto& same = pairs[members[a]->sketch + members[b]->sketch];
        if (same.size() < most_of_one_sketch) same.emplace_back(a, b);
      }
    }
    for (std::size_t d = 0; d < members.size(); ++d) {
      if (!may_be_total(*members[d], missing)) continue;
      for (std::size_t c = 0; c < members.size(); ++c) {
        if (c == d) continue;
        for (const bool negative : {false, true}) {
          if (negative && c > d) continue;
          const std::uint64_t total =
              negative ? std::uint64_t{0} - members[d]->sketch : members[d]->sketch;
          const auto same = pairs.find(total - members[c]->sketch);
          if (same == pairs.end()) continue;
          for (const auto& [a, b] : same->second) {
            if (b >= c || a == d || b == d) continue;
            propose(*members[d], {members[a], members[b], members[c]}, negative ? -1 : 1);
          }
        }
      }
    }
  }

  // total = sign (addends) + constant, and the same solved for each addend, the last first.
  void propose(const Sketched& total, const Members& addends, int sign) {
    Proposal proposal;
    add(proposal, total, addends, std::vector<int>(addends.size(), sign));
    for (std::size_t i = addends.size(); i-- > 0;) {
      Members others{&total};
      std::vector<int> signs{sign};
      for (std::size_t j = 0; j < addends.size(); ++j) {
        if (j == i) continue;
        others.push_back(addends[j]);
        signs.push_back(-1);
      }
      add(proposal, *addends[i], others, signs);
    }
    if (!proposal.empty()) found_.push_back(std::move(proposal));
  }

  void add(Proposal& proposal, const Sketched& target, const Members& sources,
           const std::vector<int>& signs) {
    if (!candidates_[target.candidate].computable) return;
    std::vector<const NumericColumn*> columns;
    for (const Sketched* source : sources) columns.push_back(&numbers(*source));
    Rule rule = sum_rule(numbers(target), columns, signs);
    if (!fit_offset(rule, numbers(target), columns)) return;
    if (sample_keeps(rule, numbers(target), columns)) proposal.push_back(std::move(rule));
  }

  static bool fit_offset(Rule& rule, const NumericColumn& target,
                         const std::vector<const NumericColumn*>& sources) {
    for (std::size_t row = 0; row < target.units.size(); ++row) {
      if (target.units[row] == missing_units) continue;
      WideInteger offset = WideInteger{target.units[row]} * rule.divisor;
      for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i]->units[row] == missing_units) return false;
        offset -= WideInteger{rule.factors[i]} * sources[i]->units[row];
      }
      if (offset > most_units || offset < -most_units) return false;
      rule.offset = static_cast<std::int64_t>(offset);
      return true;
    }
    return false;
  }
};

}  // namespace

Rule sum_rule(const NumericColumn& target, const std::vector<const NumericColumn*>& sources,
              const std::vector<int>& signs) {
  Rule rule;
  rule.is = Rule::Is::sum;
  rule.target = target.column;
  rule.target_decimals = target.decimals;
  int decimals = target.decimals;
  for (const NumericColumn* source : sources) decimals = std::max(decimals, source->decimals);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    rule.sources.push_back(sources[i]->column);
    rule.decimals.push_back(sources[i]->decimals);
    std::int64_t factor = signs[i];
    for (int tens = sources[i]->decimals; tens < decimals; ++tens) factor *= 10;
    rule.factors.push_back(factor);
  }
  for (int tens = target.decimals; tens < decimals; ++tens) rule.divisor *= 10;
  return rule;
}

std::vector<Proposal> propose_sums(const std::vector<RuleCandidate>& candidates, bool of_three) {
  return SumFinder(candidates, of_three).run();
}

}  // namespace cuvae
