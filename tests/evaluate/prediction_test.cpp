// Trees taught by synthetic rows and asked about real ones.
#include <gtest/gtest.h>
#include <random>

#include <cuvae/error.hpp>
#include <cuvae/evaluate.hpp>

#include "tables.hpp"

namespace cuvae {
namespace {

using testing::Cells;

// Three labels that two columns tell, a number that they tell, a label that nothing tells, and one
// that two rows have.
Table table_of(std::size_t rows, bool dependent, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Cells a, b, told, sum, free, rare;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t first = random() % 40;
    const std::uint64_t second = random() % 40;
    const std::uint64_t shown = dependent ? first : random() % 40;
    a.push_back(std::to_string(first) + ".5");
    b.push_back(std::to_string(second) + ".5");
    told.push_back(shown < 8 ? "low" : shown < 20 ? "" : "high");
    sum.push_back(row % 9 == 0 ? "" : std::to_string(first + second) + ".25");
    free.push_back(random() % 3 == 0 ? "yes" : "no");
    rare.push_back(row % (rows / 2) == 0 ? "never" : "always");
  }
  return testing::make_table({testing::make_column("a", ColumnKind::continuous, a),
                              testing::make_column("b", ColumnKind::continuous, b),
                              testing::make_column("told", ColumnKind::label, told),
                              testing::make_column("sum", ColumnKind::continuous, sum),
                              testing::make_column("free", ColumnKind::label, free),
                              testing::make_column("rare", ColumnKind::label, rare)});
}

Prediction prediction_of(const Table& real, const Table& synthetic, const std::string& target,
                         const Table* holdout = nullptr, unsigned threads = 2) {
  Monitor quiet;
  return evaluate(real, synthetic, {holdout, target}, {DeviceChoice::Kind::cpu, 0, threads}, quiet)
      .prediction.value();
}

TEST(Prediction, IsPerfectWhereAnotherColumnTells) {
  const Prediction told = prediction_of(table_of(1200, true, 1), table_of(1500, true, 2), "told");
  EXPECT_EQ(told.synthetic, 1);
  EXPECT_EQ(told.real, 1);
  EXPECT_NEAR(told.shuffled, 0.5, 0.06);
  EXPECT_EQ(told.labels, 3U);
  EXPECT_EQ(told.training_rows, 800U);
  EXPECT_EQ(told.test_rows, 1200U);
  EXPECT_FALSE(told.holdout);
}

// The standard error of an area over 400 rows of shares 1/3 and 2/3, averaged over three folds, is
// 0.018.
TEST(Prediction, IsNothingWhereNoColumnTells) {
  const Prediction free = prediction_of(table_of(1200, true, 3), table_of(1200, true, 4), "free");
  EXPECT_NEAR(free.synthetic, 0.5, 0.06);
  EXPECT_NEAR(free.real, 0.5, 0.06);
  EXPECT_EQ(free.labels, 1U);
}

TEST(Prediction, SeesThatSyntheticRowsTeachNothing) {
  const Table holdout = table_of(500, true, 7);
  const Prediction told =
      prediction_of(table_of(1200, true, 5), table_of(1000, false, 6), "told", &holdout);
  EXPECT_NEAR(told.synthetic, 0.5, 0.09);
  EXPECT_EQ(told.real, 1);
  EXPECT_TRUE(told.holdout);
  EXPECT_EQ(told.training_rows, 1000U);
  EXPECT_EQ(told.test_rows, 500U);
}

TEST(Prediction, AsksOfNumbersWhetherTheyAreAboveTheMedian) {
  const Prediction sum = prediction_of(table_of(1200, true, 8), table_of(1200, true, 9), "sum");
  EXPECT_GT(sum.synthetic, 0.97);
  EXPECT_EQ(sum.labels, 0U);
  EXPECT_NEAR(std::stod(sum.above), 39, 3);
  EXPECT_EQ(
      prediction_of(table_of(1200, true, 8), table_of(1200, true, 9), "sum", nullptr, 5).synthetic,
      sum.synthetic);
}

TEST(Bounds, ShuffledColumnsAreRightOneByOneOnly) {
  Monitor quiet;
  const Table real = table_of(2000, true, 11);
  const ScoreBounds bounds =
      evaluate(real, table_of(500, false, 12), {}, {DeviceChoice::Kind::cpu, 0, 2}, quiet)
          .bounds.value();
  EXPECT_EQ(bounds.shuffled.column_shapes, 1);
  EXPECT_EQ(bounds.shuffled.mean_kl, 0);
  EXPECT_GT(bounds.real.column_shapes, 0.95);
  EXPECT_GT(bounds.real.column_pair_trends, bounds.shuffled.column_pair_trends + 0.05);
  EXPECT_EQ(evaluate(real, real, {}, {DeviceChoice::Kind::cpu, 0, 1}, quiet).bounds->real.quality,
            bounds.real.quality);
}

// A copy is always nearer to training rows; the bounds say what rows that are none would reach.
TEST(Bounds, OfNearnessAreAHalf) {
  Monitor quiet;
  const Table real = table_of(2000, true, 13);
  const Table holdout = table_of(1600, true, 14);
  const Evaluation copied =
      evaluate(real, real, {&holdout}, {DeviceChoice::Kind::cpu, 0, 2}, quiet);
  const Privacy& privacy = copied.privacy.value();
  EXPECT_GT(privacy.nearer_to_training, 0.7);
  EXPECT_NEAR(privacy.nearer_to_training_real, 0.5, 0.07);
  EXPECT_NEAR(privacy.nearer_to_training_shuffled, 0.5, 0.07);
  EXPECT_EQ(copied.bounds->real.quality, privacy.holdout.quality);
}

TEST(Prediction, RefusesTargetsThatSayNothing) {
  const Table real = table_of(1200, true, 10);
  const auto refused = [&](const std::string& target, std::uint64_t rows) {
    try {
      check_target(real, rows, target);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(refused("tld", 1200).find("a, b, told"), std::string::npos);
  EXPECT_NE(refused("told", 199).find("200"), std::string::npos);
  EXPECT_NE(refused("rare", 1200).find("30 rows"), std::string::npos);
  EXPECT_EQ(refused("told", 200), "");
  EXPECT_EQ(refused("sum", 1200), "");
  Monitor quiet;
  EXPECT_FALSE(evaluate(real, real, {}, {DeviceChoice::Kind::cpu, 0, 1}, quiet).prediction);
  EXPECT_THROW(evaluate(real, real, {nullptr, "rare"}, {DeviceChoice::Kind::cpu, 0, 1}, quiet),
               Error);
}

TEST(Prediction, RefusesANumberThatIsAlwaysTheSame) {
  const Table real =
      testing::make_table({testing::make_column("x", ColumnKind::continuous, Cells(300, "1.5")),
                           testing::make_column("y", ColumnKind::continuous, Cells(300, "2.5"))});
  EXPECT_THROW(check_target(real, 300, "x"), Error);
}

}  // namespace
}  // namespace cuvae
