#include "text/number.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <utility>

namespace {

using namespace cuvae;

TEST(Number, WholeNumbersHaveOneSignAndNothingBehindThePoint) {
  for (const char* text : {"0", "7", "007", "-7", "+7", "7.", "7.0", "-91750.000"}) {
    EXPECT_TRUE(is_whole(text)) << text;
  }
  for (const char* text : {"", "-", "+-7", ".0", "7.5", "7.05", " 7", "7 ", "1e3", "7.0x", "x",
                           "1_000", "\xEF\xBC\x97"}) {
    EXPECT_FALSE(is_whole(text)) << text;
  }
}

TEST(Number, ExactWholeNumbersEndAtTwoToTheFiftyThird) {
  for (const char* text : {"9007199254740992", "-9007199254740992", "0000009007199254740992.0"}) {
    EXPECT_TRUE(is_exact_whole(text)) << text;
  }
  for (const char* text : {"9007199254740993", "-9007199254740993", "10000000000000000"}) {
    EXPECT_FALSE(is_exact_whole(text)) << text;
  }
}

TEST(Number, NumbersInDecimalAndExponentForm) {
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

}  // namespace
