#include "rules/rule.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "rules/stated_rule.hpp"
#include "rules/units.hpp"

namespace cuvae {
namespace {

using Units = std::array<std::int64_t, most_rule_sources>;

// The sources' units; how many of them are missing.
std::size_t read_sources(const Rule& rule, std::span<const double> sources, Units& units) {
  std::size_t missing = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const bool present = !std::isnan(sources[i]);
    units[i] = present ? to_units(sources[i], rule.decimals[i]) : missing_units;
    missing += present ? 0 : 1;
  }
  return missing;
}

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// A number that is `numerator` / `denominator`: its digits behind the point where they end.
struct Ratio {
  WideInteger numerator = 0;
  WideInteger denominator = 1;
};

Ratio ratio_of(std::int64_t numerator, int tens, std::int64_t denominator) {
  Ratio ratio{numerator, denominator};
  constexpr WideInteger most = WideInteger{1} << 120;  // beyond it the text is of no use to anyone
  for (; tens > 0 && ratio.denominator % 10 == 0; --tens) ratio.denominator /= 10;
  for (; tens > 0 && ratio.numerator < most && ratio.numerator > -most; --tens) {
    ratio.numerator *= 10;
  }
  for (; tens < 0; ++tens) ratio.denominator *= 10;
  const WideInteger common = greatest_common_divisor(ratio.numerator, ratio.denominator);
  return {ratio.numerator / common, ratio.denominator / common};
}

// "0.19", "100"; of what never ends, the numerator, and the denominator goes to `divisor`.
std::string magnitude_text(Ratio ratio, std::string& divisor) {
  divisor.clear();
  WideInteger whole = ratio.numerator < 0 ? -ratio.numerator : ratio.numerator;
  WideInteger left = ratio.denominator;
  int decimals = 0;
  for (; left % 10 == 0; left /= 10) ++decimals;
  for (; left % 2 == 0; left /= 2, ++decimals) whole *= 5;
  for (; left % 5 == 0; left /= 5, ++decimals) whole *= 2;
  if (left != 1) {
    divisor = wide_text(ratio.denominator);
    return wide_text(ratio.numerator < 0 ? -ratio.numerator : ratio.numerator);
  }
  std::string digits = wide_text(whole);
  if (decimals == 0) return digits;
  const auto places = static_cast<std::size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  digits.insert(digits.size() - places, 1, '.');
  return digits;
}

std::string term_text(const std::string& columns, Ratio factor) {
  std::string divisor;
  const std::string magnitude = magnitude_text(factor, divisor);
  std::string term = magnitude == "1" ? columns : fmt::format("{} * {}", magnitude, columns);
  if (!divisor.empty()) term += fmt::format(" / {}", divisor);
  return term;
}

void add_term(std::string& result, const std::string& term, bool negative) {
  if (result.empty()) {
    result = negative ? fmt::format("-{}", term) : term;
  } else {
    result += fmt::format(" {} {}", negative ? '-' : '+', term);
  }
}

}  // namespace

std::int64_t result_units(const Rule& rule, const std::int64_t* sources) {
  if (rule.is == Rule::Is::product) {
    return scaled_product(rule.factors[0], sources[0], sources[1], rule.divisor, rule.rounding);
  }
  WideInteger sum = rule.offset;
  for (std::size_t i = 0; i < rule.sources.size(); ++i) {
    sum += WideInteger{rule.factors[i]} * sources[i];
  }
  return within_units(divided(sum, rule.divisor, rule.rounding));
}

std::int64_t bound_units(const Rule& rule, const std::int64_t* sources) {
  bool present = false;
  std::int64_t bound = rule.base;
  for (std::size_t i = 0; i < rule.sources.size(); ++i) {
    if (sources[i] == missing_units) continue;
    const std::int64_t one =
        within_units(ceiling(WideInteger{rule.factors[i]} * sources[i], rule.divisor));
    bound = present ? std::max(bound, one) : one;
    present = true;
  }
  return bound;
}

double part_of(const Rule& rule, double target, std::span<const double> sources) {
  if (std::isnan(target)) return missing;
  Units units;
  read_sources(rule, sources, units);
  const std::int64_t above =
      to_units(target, rule.target_decimals) - bound_units(rule, units.data());
  return from_units(std::max<std::int64_t>(above, 0), rule.target_decimals);
}

double target_of(const Rule& rule, double part, std::span<const double> sources) {
  Units units;
  const std::size_t absent = read_sources(rule, sources, units);
  if (!has_part(rule)) {
    return absent > 0 ? missing
                      : from_units(result_units(rule, units.data()), rule.target_decimals);
  }
  if (std::isnan(part)) return missing;
  const std::int64_t above = std::max<std::int64_t>(to_units(part, rule.target_decimals), 0);
  return from_units(bound_units(rule, units.data()) + above, rule.target_decimals);
}

bool holds(const Rule& rule, double target, std::span<const double> sources) {
  Units units;
  const std::size_t absent = read_sources(rule, sources, units);
  if (has_part(rule)) {
    return std::isnan(target) || absent == sources.size() ||
           to_units(target, rule.target_decimals) >= bound_units(rule, units.data());
  }
  if (absent > 0 || std::isnan(target)) return absent > 0 && std::isnan(target);
  return to_units(target, rule.target_decimals) == result_units(rule, units.data());
}

std::string text(const Rule& rule, std::span<const std::string> names) {
  const std::string target = rule_name(names[rule.target]);
  const auto source = [&](std::size_t i) { return rule_name(names[rule.sources[i]]); };
  std::string result;
  if (rule.is == Rule::Is::at_least) {
    for (std::size_t i = 0; i < rule.sources.size(); ++i) {
      result += fmt::format("{}{} <= {}", i == 0 ? "" : ", ", source(i), target);
    }
    return result;
  }
  if (rule.is == Rule::Is::copy) return fmt::format("{} = {}", target, source(0));
  if (rule.is == Rule::Is::product) {
    const int tens = rule.decimals[0] + rule.decimals[1] - rule.target_decimals;
    add_term(result,
             term_text(fmt::format("{} * {}", source(0), source(1)),
                       ratio_of(rule.factors[0], tens, rule.divisor)),
             rule.factors[0] < 0);
  } else {
    for (std::size_t i = 0; i < rule.sources.size(); ++i) {
      const int tens = rule.decimals[i] - rule.target_decimals;
      add_term(result, term_text(source(i), ratio_of(rule.factors[i], tens, rule.divisor)),
               rule.factors[i] < 0);
    }
    if (rule.offset != 0) {
      std::string divisor;
      std::string constant =
          magnitude_text(ratio_of(rule.offset, -rule.target_decimals, rule.divisor), divisor);
      if (!divisor.empty()) constant += fmt::format(" / {}", divisor);
      add_term(result, constant, rule.offset < 0);
    }
  }
  return fmt::format("{} = {}", target, result);
}

}  // namespace cuvae
