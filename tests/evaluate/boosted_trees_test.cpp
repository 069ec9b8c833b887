// Boosted trees and the question whether synthetic rows can be told from real ones.
#include "evaluate/boosted_trees.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include <cuvae/evaluate.hpp>

#include "tables.hpp"

namespace cuvae {
namespace {

constexpr std::size_t rows = 3000;
constexpr std::uint32_t training_rows = 2000;

struct Labelled {
  BinnedRows table{rows};
  std::vector<std::uint8_t> classes;
};

// The tables of make_boosting_figures.py.
Labelled labelled(const std::string& kind) {
  std::uint64_t state = 12345;
  const auto draw = [&] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state >> 40U) * 0x1p-24;
  };
  std::vector<double> columns[3];
  Labelled result;
  for (std::size_t row = 0; row < rows; ++row) {
    const double a = draw();
    const double b = draw();
    const double c = draw();
    const double noise = draw();
    const double missing = draw();
    double score = noise - 0.5;
    if (kind == "product") score = a * b + 0.2 * noise - 0.33;
    if (kind == "apart") score = std::abs(a - b) + 0.1 * noise - 0.35;
    result.classes.push_back(score > 0 ? 1 : 0);
    columns[0].push_back(a);
    columns[1].push_back(b);
    columns[2].push_back(missing < 0.1 ? std::numeric_limits<double>::quiet_NaN() : c);
  }
  for (const auto& column : columns) result.table.add_column(column);
  return result;
}

double area_of(const Labelled& data, const BoostOptions& options = {}) {
  std::vector<std::uint32_t> training, test;
  std::vector<std::uint8_t> classes;
  for (std::uint32_t row = 0; row < rows; ++row) {
    (row < training_rows ? training : test).push_back(row);
    if (row >= training_rows) classes.push_back(data.classes[row]);
  }
  return area_under_curve(boosted_scores(data.table, data.classes, training, test, options),
                          classes);
}

// Figures of scikit-learn 1.9.1 on the same rows.
TEST(BoostedTrees, LearnAsWellAsScikitLearn) {
  EXPECT_NEAR(area_of(labelled("product")), 0.985, 0.01);
  EXPECT_NEAR(area_of(labelled("apart")), 0.991, 0.01);
  EXPECT_NEAR(area_of(labelled("nothing")), 0.5, 0.05);
}

TEST(BoostedTrees, OneTreeOfTwoLeavesFindsTheBestCut) {
  BinnedRows table(400);
  std::vector<double> values;
  std::vector<std::uint8_t> classes;
  std::vector<std::uint32_t> all;
  for (std::uint32_t row = 0; row < 400; ++row) {
    values.push_back(row);
    classes.push_back(row % 400 >= 123 ? 1 : 0);
    all.push_back(row);
  }
  table.add_column(values);
  BoostOptions stump;
  stump.trees = 1;
  stump.leaves = 2;
  const std::vector<double> scores = boosted_scores(table, classes, all, all, stump);
  EXPECT_GT(area_under_curve(scores, classes), 0.99);
  EXPECT_EQ(scores[0], scores[100]);
  EXPECT_LT(scores[100], scores[130]);
}

TEST(AreaUnderCurve, CountsPairsAndHalvesTies) {
  EXPECT_EQ(area_under_curve({1, 2, 3, 4}, {0, 0, 1, 1}), 1);
  EXPECT_EQ(area_under_curve({1, 2, 3, 4}, {1, 1, 0, 0}), 0);
  EXPECT_EQ(area_under_curve({5, 5, 5}, {0, 1, 1}), 0.5);
  EXPECT_EQ(area_under_curve({1, 2, 2, 3}, {0, 0, 1, 0}), (1 + 0.5) / 3);
  EXPECT_EQ(area_under_curve({1, 2}, {1, 1}), 0.5);
}

Table table_of(std::size_t count, bool dependent, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  testing::Cells a, b;
  for (std::size_t row = 0; row < count; ++row) {
    const std::uint64_t first = random() % 1000;
    const std::uint64_t second = dependent ? first + random() % 100 : random() % 1100;
    a.push_back(std::to_string(first) + ".5");
    b.push_back(std::to_string(second) + ".5");
  }
  return testing::make_table({testing::make_column("a", ColumnKind::continuous, a),
                              testing::make_column("b", ColumnKind::continuous, b)});
}

TEST(Discriminator, SeesDependenceThatColumnsAloneDoNotShow) {
  Monitor quiet;
  const Table real = table_of(1500, true, 1);
  const Discriminator alike =
      *evaluate(real, table_of(1500, true, 2), {}, {DeviceChoice::Kind::cpu, 0, 1}, quiet)
           .discriminator;
  EXPECT_NEAR(alike.synthetic, 0.5, 0.05);
  EXPECT_NEAR(alike.real, 0.5, 0.06);
  EXPECT_GT(alike.shuffled, 0.9);
  EXPECT_EQ(alike.rows_compared, 1500U);
  const Discriminator apart =
      *evaluate(real, table_of(1500, false, 3), {}, {DeviceChoice::Kind::cpu, 0, 1}, quiet)
           .discriminator;
  EXPECT_GT(apart.synthetic, 0.9);
}

TEST(Discriminator, AsksNothingAboutFewRows) {
  Monitor quiet;
  EXPECT_FALSE(evaluate(table_of(199, true, 4), table_of(500, true, 5), {},
                        {DeviceChoice::Kind::cpu, 0, 1}, quiet)
                   .discriminator);
}

TEST(Discriminator, IsTheSameAtAnyNumberOfThreads) {
  Monitor quiet;
  const Table real = table_of(600, true, 6);
  const Table other = table_of(700, false, 7);
  const double one =
      evaluate(real, other, {}, {DeviceChoice::Kind::cpu, 0, 1}, quiet).discriminator->synthetic;
  EXPECT_EQ(
      evaluate(real, other, {}, {DeviceChoice::Kind::cpu, 0, 5}, quiet).discriminator->synthetic,
      one);
}

}  // namespace
}  // namespace cuvae
