#include "rules/resolve_stated.hpp"

#include <algorithm>
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "rules/units.hpp"
#include "text/display.hpp"

namespace cuvae {
namespace {

class Resolver {
 public:
  Resolver(const StatedRule& stated, const Table& table, const std::vector<NumericColumn>& columns)
      : stated_(stated), table_(table), columns_(columns) {}

  Proposal run() {
    const std::uint32_t target = column_of(stated_.target);
    if (stated_.at_least) return bound();
    if (stated_.terms.size() == 1 && stated_.terms[0].columns.size() == 1 && plain(0)) {
      const std::uint32_t source = column_of(stated_.terms[0].columns[0]);
      if (source != target && same_cells(table_.columns[source], table_.columns[target])) {
        Rule rule;
        rule.target = target;
        rule.sources = {source};
        return {rule};
      }
    }
    const bool product = std::any_of(stated_.terms.begin(), stated_.terms.end(),
                                     [](const auto& term) { return term.columns.size() == 2; });
    return product ? this->product() : sum();
  }

 private:
  const StatedRule& stated_;
  const Table& table_;
  const std::vector<NumericColumn>& columns_;

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::usage, fmt::format("the rule {} {}", in_quotes(stated_.text), problem));
  }

  std::uint32_t column_of(const std::string& name) const {
    const auto found = std::find_if(table_.columns.begin(), table_.columns.end(),
                                    [&](const Column& column) { return column.name == name; });
    if (found == table_.columns.end()) {
      fail(
          fmt::format("names {}, and there is no such column; correct the name, in double quotes "
                      "where it holds blanks or operators",
                      in_quotes(name)));
    }
    return static_cast<std::uint32_t>(found - table_.columns.begin());
  }

  const NumericColumn& numbers_of(const std::string& name) const {
    const std::uint32_t column = column_of(name);
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const auto& one) { return one.column == column; });
    if (found == columns_.end()) {
      fail(
          fmt::format("computes with column {}, whose cells are no numbers, dates or times of a "
                      "fixed number of decimals; leave that rule out",
                      in_quotes(name)));
    }
    return *found;
  }

  bool plain(std::size_t term) const {
    const StatedTerm& one = stated_.terms[term];
    return one.factor.digits == 1 && one.factor.decimals == 0 && one.divisor.digits == 1 &&
           one.divisor.decimals == 0;
  }

  Proposal bound() const {
    const NumericColumn& high = numbers_of(stated_.target);
    const NumericColumn& low = numbers_of(stated_.terms[0].columns[0]);
    Rule rule;
    if (&low == &high) fail("compares a column with itself; name two");
    if (!bound_rule(high, low, rule)) {
      fail(fmt::format("compares {} with {}, which count different things; leave that rule out",
                       in_quotes(low.data->name), in_quotes(high.data->name)));
    }
    return {rule};
  }

  // The term's factor in units of the target, as a fraction of whole numbers.
  struct Fraction {
    WideInteger numerator = 1;
    WideInteger denominator = 1;
  };
  Fraction factor_of(const StatedTerm& term, int source_decimals, int target_decimals) const {
    Fraction fraction{WideInteger{term.factor.digits}, WideInteger{term.divisor.digits}};
    int tens = target_decimals + term.divisor.decimals - term.factor.decimals - source_decimals;
    for (; tens > 0; --tens) fraction.numerator *= 10;
    for (; tens < 0; ++tens) fraction.denominator *= 10;
    const WideInteger common = greatest_common_divisor(fraction.numerator, fraction.denominator);
    if (common > 1) fraction = {fraction.numerator / common, fraction.denominator / common};
    return fraction;
  }

  std::int64_t whole(WideInteger value) const {
    if (value > most_units || value < -most_units) {
      fail("needs more digits than can be computed with exactly; take fewer decimals");
    }
    return static_cast<std::int64_t>(value);
  }

  Proposal product() const {
    const StatedTerm& term = stated_.terms[0];
    if (stated_.terms.size() != 1) {
      fail("adds to a product; a product must stand alone behind the =");
    }
    const NumericColumn& target = numbers_of(stated_.target);
    const NumericColumn& a = numbers_of(term.columns[0]);
    const NumericColumn& b = numbers_of(term.columns[1]);
    Rule rule = product_rule(target, a, b);
    const Fraction factor = factor_of(term, a.decimals + b.decimals, target.decimals);
    rule.factors = {whole(factor.numerator), 1};
    rule.divisor = whole(factor.denominator);
    return with_roundings(std::move(rule));
  }

  Proposal sum() const {
    const NumericColumn& target = numbers_of(stated_.target);
    std::vector<const NumericColumn*> sources;
    std::vector<Fraction> factors;
    std::vector<Fraction> constants;
    WideInteger common = 1;
    for (const StatedTerm& term : stated_.terms) {
      const bool constant = term.columns.empty();
      const NumericColumn* source = constant ? nullptr : &numbers_of(term.columns[0]);
      const Fraction factor = factor_of(term, constant ? 0 : source->decimals, target.decimals);
      (constant ? constants : factors).push_back(factor);
      if (!constant) sources.push_back(source);
      WideInteger a = common;
      for (WideInteger b = factor.denominator; b != 0;) {
        const WideInteger rest = a % b;
        a = b;
        b = rest;
      }
      common = whole(common / a) * WideInteger{whole(factor.denominator)};
      whole(common);
    }
    if (sources.empty()) fail("computes a column from no other; name at least one behind the =");
    if (sources.size() > most_rule_sources) {
      fail(fmt::format("adds more than {} columns; leave some out", most_rule_sources));
    }
    Rule rule = sum_rule(target, sources, std::vector<int>(sources.size(), 1));
    if (sources.size() == 1) rule.is = Rule::Is::linear;
    rule.divisor = whole(common);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      rule.factors[i] = whole(whole(factors[i].numerator) * (common / factors[i].denominator));
    }
    WideInteger offset = 0;
    for (const Fraction& constant : constants) {
      offset += whole(constant.numerator) * (common / constant.denominator);
    }
    rule.offset = whole(offset);
    return with_roundings(std::move(rule));
  }

  Proposal with_roundings(Rule rule) const {
    if (std::find(rule.sources.begin(), rule.sources.end(), rule.target) != rule.sources.end()) {
      fail("computes a column from itself; it may stand on one side only");
    }
    Proposal proposal{rule};
    if (rule.divisor == 1) return proposal;
    for (const auto rounding : {Rule::Rounding::half_even, Rule::Rounding::down}) {
      rule.rounding = rounding;
      proposal.push_back(rule);
    }
    return proposal;
  }
};

}  // namespace

Proposal resolve_stated(const StatedRule& stated, const Table& table,
                        const std::vector<NumericColumn>& columns) {
  return Resolver(stated, table, columns).run();
}

}  // namespace cuvae
