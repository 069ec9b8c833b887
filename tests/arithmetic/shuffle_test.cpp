// The shuffle visits every row once, in an order that depends on seed and epoch.
#include "kernels/arithmetic/shuffle.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace cuvae {
namespace {

TEST(Shuffle, IsABijection) {
  for (std::uint32_t rows = 1; rows < 700; ++rows) {
    const Shuffle shuffle = make_shuffle(rows, 5, rows);
    std::vector<int> visits(rows);
    for (std::uint32_t i = 0; i < rows; ++i) ++visits.at(shuffled_row(shuffle, i));
    for (const int count : visits) ASSERT_EQ(count, 1) << rows << " rows";
  }
  for (const std::uint32_t rows : {19'963U, 65'536U, 1'000'003U}) {
    const Shuffle shuffle = make_shuffle(rows, 6, 0);
    std::vector<bool> seen(rows);
    for (std::uint32_t i = 0; i < rows; ++i) {
      const std::uint32_t row = shuffled_row(shuffle, i);
      ASSERT_FALSE(seen.at(row)) << rows << " rows";
      seen[row] = true;
    }
  }
}

TEST(Shuffle, HoldsTheLargestTable) {
  const Shuffle shuffle = make_shuffle(max_shuffled_rows, 7, 0);
  EXPECT_LE(shuffle.left_size, 65'535U);
  EXPECT_LE(shuffle.right_size, 65'535U);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    EXPECT_LT(shuffled_row(shuffle, max_shuffled_rows - 1 - i), max_shuffled_rows);
  }
}

TEST(Shuffle, EpochsAndSeedsDiffer) {
  constexpr std::uint32_t rows = 10'000;
  const Shuffle base = make_shuffle(rows, 1, 0);
  const Shuffle epoch = make_shuffle(rows, 1, 1);
  const Shuffle seed = make_shuffle(rows, 2, 0);
  int same_epoch = 0;
  int same_seed = 0;
  for (std::uint32_t i = 0; i < rows; ++i) {
    same_epoch += shuffled_row(base, i) == shuffled_row(epoch, i) ? 1 : 0;
    same_seed += shuffled_row(base, i) == shuffled_row(seed, i) ? 1 : 0;
  }
  // One is expected by chance.
  EXPECT_LT(same_epoch, 12);
  EXPECT_LT(same_seed, 12);
}

TEST(Shuffle, MixesNeighboursAndHalves) {
  constexpr std::uint32_t rows = 100'000;
  double correlation = 0;
  double neighbours = 0;
  for (std::uint32_t epoch = 0; epoch < 20; ++epoch) {
    const Shuffle shuffle = make_shuffle(rows, 3, epoch);
    double products = 0;
    double adjacent = 0;
    const auto place = [](std::uint32_t x) { return static_cast<double>(x) / rows - 0.5; };
    for (std::uint32_t i = 0; i + 1 < rows; ++i) {
      products += place(i) * place(shuffled_row(shuffle, i));
      adjacent += place(shuffled_row(shuffle, i)) * place(shuffled_row(shuffle, i + 1));
    }
    correlation = std::max(correlation, std::abs(12 * products / rows));
    neighbours = std::max(neighbours, std::abs(12 * adjacent / rows));
  }
  // Independent orders: standard error 1 / sqrt(rows), the largest of 20 within five of them.
  EXPECT_LT(correlation, 5 / std::sqrt(static_cast<double>(rows)));
  EXPECT_LT(neighbours, 5 / std::sqrt(static_cast<double>(rows)));
}

}  // namespace
}  // namespace cuvae
