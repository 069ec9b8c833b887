// The random numbers: exact uniforms, and normals that are normal.
#include "kernels/arithmetic/noise.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/published/reference.hpp"

namespace cuvae {
namespace {

TEST(Noise, UniformIsRoundedOnceAndNeverZero) {
  for (std::uint64_t bits = 0; bits < 1ULL << 32; bits += 4099) {
    const auto x = static_cast<std::uint32_t>(bits);
    const double exact = static_cast<double>(x >> 8) * 0x1p-24 + 0x1p-25;
    ASSERT_EQ(uniform<ScalarOps>(x), static_cast<float>(exact));
  }
  EXPECT_GT(uniform<ScalarOps>(0), 0.0F);
  EXPECT_EQ(uniform<ScalarOps>(0xFFFFFFFFU), 1.0F);
  float first, second;
  box_muller<ScalarOps>(0xFFFFFFFFU, 0xFFFFFFFFU, first, second);
  EXPECT_EQ(first, 0.0F);
  EXPECT_EQ(second, 0.0F);
}

TEST(Noise, NormalsHaveTheMomentsAndTheDistribution) {
  constexpr std::uint64_t rows = 1U << 18;
  std::vector<double> numbers;
  double pair_products = 0;
  for (std::uint64_t row = 0; row < rows; ++row) {
    const std::vector<float> noise =
        plain::row_noise(row, 0, static_cast<std::uint32_t>(Purpose::latent_noise), 4, 20260101);
    for (const float number : noise) numbers.push_back(static_cast<double>(number));
    pair_products += static_cast<double>(noise[0]) * static_cast<double>(noise[1]);
  }
  const auto count = static_cast<double>(numbers.size());
  double sum[5] = {};
  for (const double x : numbers) {
    for (int power = 1; power < 5; ++power) sum[power] += std::pow(x, power);
  }
  // Five standard errors each.
  EXPECT_NEAR(sum[1] / count, 0, 5 / std::sqrt(count));
  EXPECT_NEAR(sum[2] / count, 1, 5 * std::sqrt(2 / count));
  EXPECT_NEAR(sum[3] / count, 0, 5 * std::sqrt(15 / count));
  EXPECT_NEAR(sum[4] / count, 3, 5 * std::sqrt(96 / count));
  EXPECT_NEAR(pair_products / static_cast<double>(rows), 0,
              5 / std::sqrt(static_cast<double>(rows)));
  std::sort(numbers.begin(), numbers.end());
  double distance = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double expected = 0.5 * std::erfc(-numbers[i] / std::sqrt(2.0));
    distance = std::max(distance, std::abs(expected - (static_cast<double>(i) + 0.5) / count));
  }
  EXPECT_LT(distance, 1.95 / std::sqrt(count));  // Kolmogorov: exceeded once in 1,000
}

TEST(Noise, StepsAndPurposesAndBlocksDiffer) {
  const auto words = [](std::uint32_t step, Purpose purpose, std::uint32_t block) {
    return philox4x32_10(noise_counter(9, step, purpose, block), 1).word[0];
  };
  const std::uint32_t base = words(0, Purpose::training_noise, 0);
  EXPECT_NE(base, words(1, Purpose::training_noise, 0));
  EXPECT_NE(base, words(0, Purpose::latent_noise, 0));
  EXPECT_NE(base, words(0, Purpose::training_noise, 1));
}

}  // namespace
}  // namespace cuvae
