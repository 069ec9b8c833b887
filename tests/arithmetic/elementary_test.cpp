// The elementary functions over their ranges: the error bounds that docs/arithmetic.md states, in
// units in the last place of the exact result. Every 257th float by default; every float where the
// environment variable CUVAE_EXHAUSTIVE is set (some minutes).
#include "kernels/arithmetic/elementary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <mutex>

#include "kernels/arithmetic/scalar_ops.hpp"

namespace cuvae {
namespace {

using Ops = ScalarOps;

double units_off(float got, double exact) {
  int exponent;
  std::frexp(exact, &exponent);
  return std::abs(static_cast<double>(got) - exact) /
         std::ldexp(1.0, std::max(exponent, -125) - 24);
}

// The largest of error(x) over the floats whose bits are `first` to `last`.
template <class F>
double worst_over_bits(std::uint32_t first, std::uint32_t last, F&& error) {
  const std::uint32_t step = std::getenv("CUVAE_EXHAUSTIVE") != nullptr ? 1 : 257;
  double worst = std::max(error(Ops::from_bits(first)), error(Ops::from_bits(last)));
  for (std::uint64_t bits = first; bits < last; bits += step) {
    worst = std::max(worst, error(Ops::from_bits(static_cast<std::uint32_t>(bits))));
  }
  return worst;
}

constexpr std::uint32_t sign = 0x80000000U;

TEST(Elementary, ExpIsWithinOneUnit) {
  const auto error = [](float x) {
    return units_off(exp<Ops>(x), std::exp(static_cast<double>(x)));
  };
  EXPECT_LE(worst_over_bits(0, Ops::to_bits(88.0F), error), 1.0);
  EXPECT_LE(worst_over_bits(sign, sign | Ops::to_bits(87.0F), error), 1.0);
}

TEST(Elementary, ExpIsExactAtZeroAndSaturates) {
  EXPECT_EQ(exp<Ops>(0.0F), 1.0F);
  EXPECT_EQ(exp<Ops>(1e30F), exp<Ops>(88.0F));
  EXPECT_EQ(exp<Ops>(-1e30F), exp<Ops>(-87.0F));
  EXPECT_EQ(exp<Ops>(INFINITY), exp<Ops>(88.0F));
  EXPECT_GT(exp<Ops>(-INFINITY), 0.0F);
}

TEST(Elementary, LogIsWithinOneUnit) {
  const auto error = [](float x) {
    return x == 1.0F ? static_cast<double>(log<Ops>(x))
                     : units_off(log<Ops>(x), std::log(static_cast<double>(x)));
  };
  EXPECT_LE(worst_over_bits(0x00800000U, 0x7f7fffffU, error), 1.0);
}

TEST(Elementary, SineAndCosineOfATurn) {
  double worst = 0;
  for (std::uint32_t bits = 0; bits <= 1U << 25; bits += 15) {
    const float u = static_cast<float>(bits) * 0x1p-25F;
    float sine, cosine;
    sin_cos_turn<Ops>(u, sine, cosine);
    const double angle = 2 * M_PI * static_cast<double>(u);
    worst = std::max(worst, std::abs(static_cast<double>(sine) - std::sin(angle)));
    worst = std::max(worst, std::abs(static_cast<double>(cosine) - std::cos(angle)));
    ASSERT_LE(std::abs(sine), 1.0F) << u;
    ASSERT_LE(std::abs(cosine), 1.0F) << u;
  }
  EXPECT_LE(worst, 0x1p-23);
}

TEST(Elementary, ReciprocalIsWithinOneUnit) {
  const auto error = [](float q) {
    return units_off(reciprocal_from_1_to_2<Ops>(q), 1 / static_cast<double>(q));
  };
  EXPECT_LE(worst_over_bits(Ops::to_bits(1.0F), Ops::to_bits(2.0F), error), 1.0);
}

TEST(Elementary, SigmoidIsWithinThreeUnits) {
  const auto error = [](float x) {
    return units_off(sigmoid<Ops>(x).value, 1 / (1 + std::exp(-static_cast<double>(x))));
  };
  EXPECT_LE(worst_over_bits(0, Ops::to_bits(88.0F), error), 3.0);
  EXPECT_LE(worst_over_bits(sign, sign | Ops::to_bits(87.0F), error), 3.0);
}

TEST(Elementary, SigmoidStaysInRange) {
  for (const float x : {-INFINITY, -1e30F, -200.0F, 200.0F, 1e30F, INFINITY}) {
    EXPECT_GE(sigmoid<Ops>(x).value, 0.0F);
    EXPECT_LE(sigmoid<Ops>(x).value, 1.0F);
  }
}

}  // namespace
}  // namespace cuvae
