#include "rules/stated_rule.hpp"

#include <gtest/gtest.h>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

void expect_fault(std::string_view text, std::string_view part) {
  try {
    parse_rule(text);
    ADD_FAILURE() << text << " was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage) << text;
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(StatedRule, ReadsBounds) {
  const auto rules = parse_rule("low<=high");
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_TRUE(rules[0].at_least);
  EXPECT_EQ(rules[0].target, "high");
  EXPECT_EQ(rules[0].terms[0].columns, std::vector<std::string>{"low"});
  EXPECT_EQ(parse_rule("high >= low")[0].target, "high");
}

TEST(StatedRule, ReadsChainsAndLists) {
  const auto rules = parse_rule("a <= b <= c, d = e");
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].target, "b");
  EXPECT_EQ(rules[1].target, "c");
  EXPECT_EQ(rules[1].terms[0].columns[0], "b");
  EXPECT_EQ(rules[2].target, "d");
  EXPECT_FALSE(rules[2].at_least);
}

TEST(StatedRule, ReadsSumsWithFactors) {
  const auto rules = parse_rule("c = -a + 2.50 * b - d / 60 + 3");
  ASSERT_EQ(rules.size(), 1U);
  const auto& terms = rules[0].terms;
  ASSERT_EQ(terms.size(), 4U);
  EXPECT_EQ(terms[0].factor.digits, -1);
  EXPECT_EQ(terms[1].factor.digits, 250);
  EXPECT_EQ(terms[1].factor.decimals, 2);
  EXPECT_EQ(terms[2].factor.digits, -1);
  EXPECT_EQ(terms[2].divisor.digits, 60);
  EXPECT_TRUE(terms[3].columns.empty());
  EXPECT_EQ(terms[3].factor.digits, 3);
}

TEST(StatedRule, ReadsProducts) {
  const auto rules = parse_rule("total = qty * \"unit price\"");
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].terms[0].columns, (std::vector<std::string>{"qty", "unit price"}));
}

TEST(StatedRule, ReadsWhatItQuotes) {
  for (const std::string name :
       {"plain", "two words", "a-b", "100", "with \" quote", "`", "a<=b"}) {
    const auto rules = parse_rule("x = " + rule_name(name));
    ASSERT_EQ(rules[0].terms[0].columns.size(), 1U) << name;
    EXPECT_EQ(rules[0].terms[0].columns[0], name);
  }
  EXPECT_EQ(parse_rule("`a ``b` = c")[0].target, "a `b");
  EXPECT_EQ(rule_name("plain"), "plain");
}

TEST(StatedRule, SaysWhatIsWrong) {
  expect_fault("", "lacks the name");
  expect_fault("a", "neither = nor <=");
  expect_fault("a b", "neither = nor <=");
  expect_fault("a < b", "strictly");
  expect_fault("a <= ", "lacks the name");
  expect_fault("a = b c", "behind its end");
  expect_fault("a = b * c * d", "three columns");
  expect_fault("a = b / c", "divides by a column");
  expect_fault("a = b / 0", "by zero");
  expect_fault("a = \"b", "not closed");
  expect_fault("a = \"\"", "empty name");
  expect_fault("a = 1234567890123456 * b", "15 digits");
}

}  // namespace
}  // namespace cuvae
