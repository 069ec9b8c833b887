#include "evaluate/column_metrics.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>
#include <random>

#include "evaluate/alignment.hpp"
#include "evaluate/radix_sort.hpp"
#include "text/display.hpp"

namespace cuvae {
namespace {

TEST(Divergences, OfEqualCountsAreZero) {
  const std::vector<std::uint64_t> counts{3, 0, 5, 100};
  EXPECT_EQ(kl_divergence(counts, counts), 0);
  EXPECT_EQ(js_divergence(counts, counts), 0);
  EXPECT_EQ(total_variation(counts, counts), 0);
}

TEST(Divergences, DontDependOnTheNumberOfRows) {
  const std::vector<std::uint64_t> p{3, 0, 5};
  const std::vector<std::uint64_t> q{1, 2, 1};
  const std::vector<std::uint64_t> q_tenfold{10, 20, 10};
  EXPECT_NEAR(kl_divergence(p, q), kl_divergence(p, q_tenfold), 1e-12);
  EXPECT_NEAR(js_divergence(p, q), js_divergence(p, q_tenfold), 1e-12);
  EXPECT_NEAR(total_variation(p, q), total_variation(p, q_tenfold), 1e-12);
}

TEST(Divergences, SymmetricOnesAreSymmetric) {
  const std::vector<std::uint64_t> p{3, 0, 5};
  const std::vector<std::uint64_t> q{1, 2, 1};
  EXPECT_DOUBLE_EQ(js_divergence(p, q), js_divergence(q, p));
  EXPECT_DOUBLE_EQ(total_variation(p, q), total_variation(q, p));
  EXPECT_NE(kl_divergence(p, q), kl_divergence(q, p));
}

TEST(Divergences, OfDisjointCountsReachTheirBounds) {
  const std::vector<std::uint64_t> p{4, 0};
  const std::vector<std::uint64_t> q{0, 9};
  EXPECT_DOUBLE_EQ(total_variation(p, q), 1);
  EXPECT_DOUBLE_EQ(js_divergence(p, q), std::numbers::ln2);
  const double high = (1 + 1e-6) / (1 + 2e-6);
  const double low = 1e-6 / (1 + 2e-6);
  EXPECT_NEAR(kl_divergence(p, q), (high - low) * std::log(high / low), 1e-9);
}

TEST(Divergences, WithoutAnyCountAreFinite) {
  const std::vector<std::uint64_t> none{0, 0};
  const std::vector<std::uint64_t> some{1, 3};
  EXPECT_EQ(kl_divergence(none, none), 0);
  EXPECT_TRUE(std::isfinite(kl_divergence(some, none)));
  EXPECT_EQ(js_divergence(none, none), 0);
  EXPECT_DOUBLE_EQ(js_divergence(some, none), std::numbers::ln2);
}

TEST(Bins, PutEdgesAndOutsidersWhereTheReferenceDoes) {
  const Bins bins(0, 10, 5);
  EXPECT_EQ(bins(0), 0U);
  EXPECT_EQ(bins(1.999), 0U);
  EXPECT_EQ(bins(2), 1U);
  EXPECT_EQ(bins(10), 4U);
  EXPECT_EQ(bins(-100), 0U);
  EXPECT_EQ(bins(1e300), 4U);
  EXPECT_EQ(bins(std::numeric_limits<double>::infinity()), 4U);
  const Bins constant(3, 3, 5);
  EXPECT_EQ(constant(3), 0U);
  EXPECT_EQ(constant(4.5), 1U);
  const Bins widest(-1.7e308, 1.7e308, 5);
  EXPECT_LT(widest(1e308), 5U);
}

TEST(RadixSort, SortsNumbersOfAllSizesAndSigns) {
  std::mt19937_64 random(5);
  std::vector<double> numbers{0.0, -0.0, 1e308, -1e308, 5e-324, -5e-324, 1, -1};
  std::normal_distribution<double> normal(0, 1e5);
  for (int i = 0; i < 10000; ++i) numbers.push_back(normal(random));
  std::vector<std::uint64_t> keys;
  for (const double number : numbers) keys.push_back(key_of(number));
  radix_sort(keys);
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(keys[i], key_of(numbers[i]));
}

TEST(RadixSort, TakesNothingAndEqualKeys) {
  std::vector<std::uint64_t> none;
  radix_sort(none);
  EXPECT_TRUE(none.empty());
  std::vector<std::uint64_t> equal(100, 7);
  radix_sort(equal);
  EXPECT_EQ(equal, std::vector<std::uint64_t>(100, 7));
}

TEST(Shown, KeepsGoodTextAndReplacesTheRest) {
  EXPECT_EQ(displayed("Zürich \xF0\x9F\x98\x80", 100), "Zürich \xF0\x9F\x98\x80");
  EXPECT_EQ(displayed("a\nb\tc", 100), "a b c");
  EXPECT_EQ(displayed("\xFF"
                      "a\xC3",
                      100),
            "\uFFFDa\uFFFD");
  EXPECT_EQ(displayed("\xC0\xAF", 100), "\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(displayed("\xED\xA0\x80", 100), "\uFFFD\uFFFD\uFFFD");  // surrogate
  EXPECT_EQ(displayed("x\u202Ey\u200Bz", 100), "x\uFFFDy\uFFFDz");
  EXPECT_EQ(displayed(std::string("a\0b", 3), 100), "a\uFFFDb");
}

TEST(Shown, ShortensByCharacters) {
  EXPECT_EQ(displayed("äöüß", 4), "äöüß");
  EXPECT_EQ(displayed("äöüß", 3), "äö…");
  EXPECT_EQ(displayed("abc", 1), "…");
}

}  // namespace
}  // namespace cuvae
