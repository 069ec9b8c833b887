#include "measure/spread.hpp"

#include <gtest/gtest.h>

#include "measure/peaks.hpp"

namespace cuvae::measure {
namespace {

TEST(Spread, QuantilesOfAnyOrder) {
  const Spread spread = spread_of({4, 1, 5, 3, 2});
  EXPECT_EQ(spread.minimum, 1);
  EXPECT_EQ(spread.lower_quartile, 2);
  EXPECT_EQ(spread.median, 3);
  EXPECT_EQ(spread.upper_quartile, 4);
  EXPECT_EQ(spread.maximum, 5);
  EXPECT_EQ(spread.repeats, 5U);
}

TEST(Spread, BetweenTwoValues) {
  const Spread spread = spread_of({1, 2});
  EXPECT_EQ(spread.lower_quartile, 1.25);
  EXPECT_EQ(spread.median, 1.5);
  EXPECT_EQ(spread.upper_quartile, 1.75);
}

TEST(Spread, OfOneValue) {
  const Spread spread = spread_of({7});
  EXPECT_EQ(spread.minimum, 7);
  EXPECT_EQ(spread.median, 7);
  EXPECT_EQ(spread.maximum, 7);
}

TEST(Peaks, ThreadCountsEndWithAllThreads) {
  EXPECT_EQ(thread_counts(1), std::vector<unsigned>{1});
  EXPECT_EQ(thread_counts(2), (std::vector<unsigned>{1, 2}));
  EXPECT_EQ(thread_counts(6), (std::vector<unsigned>{1, 2, 4, 6}));
}

}  // namespace
}  // namespace cuvae::measure
