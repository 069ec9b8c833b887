#include "text/parse_cell.hpp"

#include <cmath>
#include <gtest/gtest.h>

#include <cuvae/error.hpp>
#include <cuvae/inspect.hpp>

namespace {

using namespace cuvae;

TEST(Cell, WholeNumbersHaveOneSignAndNothingBehindThePoint) {
  for (const char* text : {"0", "7", "007", "-7", "+7", "7.", "7.0", "-91750.000"}) {
    EXPECT_TRUE(is_whole(text)) << text;
  }
  for (const char* text : {"", "-", "+-7", ".0", "7.5", "7.05", " 7", "7 ", "1e3", "7.0x", "x",
                           "1_000", "\xEF\xBC\x97"}) {
    EXPECT_FALSE(is_whole(text)) << text;
  }
}

TEST(Cell, ExactWholeNumbersEndAtTwoToTheFiftyThird) {
  for (const char* text : {"9007199254740992", "-9007199254740992", "0000009007199254740992.0"}) {
    EXPECT_TRUE(is_exact_whole(text)) << text;
  }
  for (const char* text : {"9007199254740993", "-9007199254740993", "10000000000000000"}) {
    EXPECT_FALSE(is_exact_whole(text)) << text;
  }
}

TEST(Cell, NumbersInDecimalAndExponentForm) {
  const std::pair<const char*, double> finite[] = {
      {"0.1", 0.1},
      {"-.5", -0.5},
      {"5.", 5},
      {"1e5", 1e5},
      {"-2.5E-3", -2.5e-3},
      {"+7", 7},
      {"1e-400", 0},
      {"-0", -0.0},
      {"0e99999999999999999999", 0},
      {"123456789012345678901234567890", 123456789012345678901234567890.0},
      {"17976931348623157e292", 1.7976931348623157e308},
  };
  for (const auto& [text, expected] : finite) {
    double value = 1;
    EXPECT_EQ(parse_number(text, value), NumberForm::finite) << text;
    EXPECT_EQ(value, expected) << text;
    EXPECT_EQ(std::signbit(value), std::signbit(expected)) << text;
  }
  double value = 0;
  for (const char* text : {"inf", "-Infinity", "nan", "+NaN", "1e400", "-1e99999999999999999999"}) {
    EXPECT_EQ(parse_number(text, value), NumberForm::not_finite) << text;
  }
  for (const char* text : {"", ".", "-", "e5", "1e", "1e+", " 1", "1 ", "1_0", "--1", "0x10",
                           "1.2.3", "infinite", "$5"}) {
    EXPECT_EQ(parse_number(text, value), NumberForm::none) << text;
  }
}

TEST(Cell, AmountsHaveTheirDollarInFront) {
  double value = 0;
  EXPECT_EQ(parse_currency("$-25.00", value), NumberForm::finite);
  EXPECT_EQ(value, -25);
  EXPECT_EQ(parse_currency("-$25.50", value), NumberForm::finite);
  EXPECT_EQ(value, -25.5);
  EXPECT_EQ(parse_currency("$nan", value), NumberForm::not_finite);
  for (const char* text : {"25", "25$", "$", "$x", "+$5", ""}) {
    EXPECT_EQ(parse_currency(text, value), NumberForm::none) << text;
  }
}

TEST(Cell, ReasonsCountCells) {
  KindVote whole;
  whole.add("7", 19963);
  EXPECT_EQ(whole.reason(whole.kind(), 0), "all 19,963 cells are whole numbers");
  KindVote big;
  big.add("9007199254740993", 2);
  big.add("5", 1);
  EXPECT_EQ(big.kind(), ColumnKind::label);
  EXPECT_NE(big.reason(big.kind(), 4).find("2 lie beyond 2^53 (4 are missing)"), std::string::npos);
}

TEST(Cell, MessagesShowCellsWhole) {
  EXPECT_EQ(shown("a\nb"), "'a?b'");
  const std::string umlauts = "\xC3\xBC\xC3\xBC";
  std::string many = "x";
  while (many.size() < 60) many += umlauts;
  const std::string text = shown(many);
  EXPECT_EQ(text.substr(text.size() - 4), "...'");
  EXPECT_EQ((text.size() - 5) % 2, 1U);  // no half character
}

TEST(Kinds, NamesReadBack) {
  for (const ColumnKind kind :
       {ColumnKind::currency, ColumnKind::continuous, ColumnKind::ordinal, ColumnKind::label}) {
    EXPECT_EQ(column_kind_from(to_string(kind)), kind);
  }
  EXPECT_THROW(column_kind_from("number"), Error);
}

TEST(Inspect, SpellsValuesAsTheColumnDoes) {
  EXPECT_EQ(spell(-25, ColumnKind::currency, 2), "$-25.00");
  EXPECT_EQ(spell(2.5, ColumnKind::continuous, 3), "2.500");
  EXPECT_EQ(spell(1e-7, ColumnKind::continuous, -1), "1e-07");
}

TEST(Inspect, DescribesColumns) {
  Table table;
  table.rows = 4;
  Column& city = table.columns.emplace_back();
  city.name = "City";
  city.labels = {"A", "B", "C", ""};
  city.counts = {1, 5, 5, 2};
  city.missing = 2;
  Column& amount = table.columns.emplace_back();
  amount.kind = ColumnKind::currency;
  amount.values = {3, std::nan(""), 1, 3};
  amount.missing = 1;
  amount.decimals = 2;
  const auto summaries = describe(table, 2);
  EXPECT_EQ(summaries[0].distinct, 3U);
  EXPECT_EQ(summaries[0].minimum, "A");
  EXPECT_EQ(summaries[0].maximum, "C");
  ASSERT_EQ(summaries[0].examples.size(), 2U);
  EXPECT_EQ(summaries[0].examples[0].text, "B");
  EXPECT_EQ(summaries[0].examples[0].count, 5U);
  EXPECT_EQ(summaries[1].distinct, 2U);
  EXPECT_EQ(summaries[1].minimum, "$1.00");
  EXPECT_EQ(summaries[1].maximum, "$3.00");
  EXPECT_DOUBLE_EQ(summaries[1].mean, 7.0 / 3);
}

}  // namespace
