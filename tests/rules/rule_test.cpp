#include "rules/rule.hpp"

#include <array>
#include <cmath>
#include <gtest/gtest.h>

#include "rules/units.hpp"
#include "tables.hpp"

namespace cuvae {
namespace {

using test::Draws;
using test::missing;

Rule product_of_cents() {
  Rule rule;
  rule.is = Rule::Is::product;
  rule.target = 2;
  rule.sources = {0, 1};
  rule.target_decimals = 2;
  rule.decimals = {1, 2};
  rule.factors = {1, 1};
  rule.divisor = 10;
  return rule;
}

Rule bound(std::size_t sources) {
  Rule rule;
  rule.is = Rule::Is::at_least;
  rule.target = static_cast<std::uint32_t>(sources);
  rule.target_decimals = 1;
  rule.divisor = 10;
  for (std::uint32_t i = 0; i < sources; ++i) {
    rule.sources.push_back(i);
    rule.decimals.push_back(2);
    rule.factors.push_back(1);
  }
  return rule;
}

TEST(Rule, RoundsProductsAsItSays) {
  Rule rule = product_of_cents();
  const std::array<double, 2> half{0.5, 0.25};  // 0.125
  EXPECT_EQ(target_of(rule, missing, half), 0.13);
  rule.rounding = Rule::Rounding::half_even;
  EXPECT_EQ(target_of(rule, missing, half), 0.12);
  rule.rounding = Rule::Rounding::down;
  EXPECT_EQ(target_of(rule, missing, half), 0.12);
  const std::array<double, 2> negative{-0.5, 0.25};
  EXPECT_EQ(target_of(rule, missing, negative), -0.13);
  rule.rounding = Rule::Rounding::half_up;
  EXPECT_EQ(target_of(rule, missing, negative), -0.13);
}

TEST(Rule, SumsWhatDoublesWouldNot) {
  Rule rule;
  rule.is = Rule::Is::sum;
  rule.target = 2;
  rule.sources = {0, 1};
  rule.target_decimals = 1;
  rule.decimals = {1, 1};
  rule.factors = {1, 1};
  const std::array<double, 2> sources{0.1, 0.2};
  ASSERT_NE(0.1 + 0.2, 0.3);
  EXPECT_EQ(target_of(rule, missing, sources), 0.3);
  EXPECT_TRUE(holds(rule, 0.3, sources));
  EXPECT_FALSE(holds(rule, 0.4, sources));
}

TEST(Rule, IsMissingWhereASourceIs) {
  const Rule rule = product_of_cents();
  const std::array<double, 2> sources{missing, 0.25};
  EXPECT_TRUE(std::isnan(target_of(rule, 1, sources)));
  EXPECT_TRUE(holds(rule, missing, sources));
  EXPECT_FALSE(holds(rule, 1, sources));
  EXPECT_FALSE(holds(rule, missing, std::array<double, 2>{1, 1}));
}

TEST(Rule, SaturatesWhereNumbersAreTooLarge) {
  Rule rule = product_of_cents();
  rule.factors[0] = most_units;
  const double most = static_cast<double>(most_units) / 100;
  EXPECT_EQ(target_of(rule, missing, std::array<double, 2>{1e300, 1e300}), most);
  EXPECT_EQ(target_of(rule, missing, std::array<double, 2>{-1e300, 1e300}), -most);
  EXPECT_EQ(target_of(rule, missing, std::array<double, 2>{0, 1e300}), 0);
  const Rule least = bound(1);
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(target_of(least, infinite, std::array<double, 1>{infinite}),
            static_cast<double>(most_units) / 10);
}

TEST(Rule, KeepsBoundsWhateverThePart) {
  Rule rule = bound(2);
  rule.base = -40;
  Draws draws(1);
  for (int i = 0; i < 10'000; ++i) {
    std::array<double, 2> sources{};
    for (double& source : sources) {
      const auto units = draws.between(-5'000, 5'000);
      source = units % 7 == 0 ? missing : static_cast<double>(units) / 100;
    }
    const double part = static_cast<double>(draws.between(-3, 1'000)) / 10;
    const double target = target_of(rule, part, sources);
    ASSERT_TRUE(holds(rule, target, sources));
    for (const double source : sources) ASSERT_FALSE(source > target);
    // What was split comes together again.
    ASSERT_EQ(target_of(rule, part_of(rule, target, sources), sources), target);
  }
}

TEST(Rule, LeavesAMissingTargetMissing) {
  const Rule rule = bound(1);
  const std::array<double, 1> source{1.25};
  EXPECT_TRUE(std::isnan(part_of(rule, missing, source)));
  EXPECT_TRUE(std::isnan(target_of(rule, missing, source)));
  EXPECT_TRUE(holds(rule, missing, source));
}

TEST(Rule, CountsFromTheBaseWhereAllSourcesAreMissing) {
  Rule rule = bound(2);
  rule.base = -40;
  const std::array<double, 2> none{missing, missing};
  EXPECT_EQ(part_of(rule, -4, none), 0);
  EXPECT_EQ(part_of(rule, 6.5, none), 10.5);
  EXPECT_EQ(target_of(rule, 10.5, none), 6.5);
}

TEST(Rule, IsWrittenAsPeopleDo) {
  const std::vector<std::string> names{"unit price", "qty", "total", "100"};
  Rule rule = product_of_cents();
  EXPECT_EQ(text(rule, names), "total = \"unit price\" * qty");
  rule.is = Rule::Is::sum;
  rule.factors = {-10, 1};
  rule.decimals = {1, 2};
  rule.divisor = 1;
  rule.offset = -50;
  EXPECT_EQ(text(rule, names), "total = -\"unit price\" + qty - 0.5");
  Rule linear;
  linear.is = Rule::Is::linear;
  linear.target = 3;
  linear.sources = {1};
  linear.decimals = {0};
  linear.factors = {19};
  linear.divisor = 100;
  EXPECT_EQ(text(linear, names), "\"100\" = 0.19 * qty");
  linear.factors = {1};
  linear.divisor = 86'400;
  EXPECT_EQ(text(linear, names), "\"100\" = qty / 86400");
  EXPECT_EQ(text(bound(2), names), "\"unit price\" <= total, qty <= total");
}

}  // namespace
}  // namespace cuvae
