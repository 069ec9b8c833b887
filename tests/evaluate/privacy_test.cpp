#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

#include <cuvae/evaluate.hpp>

#include "tables.hpp"

namespace cuvae {
namespace {

using testing::Cells;
using testing::make_column;
using testing::make_table;

Table random_table(std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Cells amounts;
  Cells months;
  Cells cities;
  for (std::size_t row = 0; row < rows; ++row) {
    amounts.push_back(random() % 20 == 0 ? "" : fmt::format("${}.5", random() % 10000));
    months.push_back(fmt::format("{}", 1 + random() % 12));
    cities.push_back(std::string(1, static_cast<char>('A' + random() % 26)));
  }
  return make_table({make_column("amount", ColumnKind::currency, amounts),
                     make_column("month", ColumnKind::ordinal, months),
                     make_column("city", ColumnKind::label, cities)});
}

class PrivacyTest : public ::testing::Test {
 protected:
  Privacy measure(const Table& real, const Table& synthetic, const Table& holdout) {
    return evaluate(real, synthetic, {&holdout}, {DeviceChoice::Kind::cpu, 0, 2}, monitor_)
        .privacy.value();
  }

  const Table real_ = random_table(3000, 1);
  const Table holdout_ = random_table(2500, 2);
  Monitor monitor_;
};

TEST_F(PrivacyTest, FreshRowsAreAsNearToBoth) {
  const Privacy privacy = measure(real_, random_table(4000, 3), holdout_);
  EXPECT_NEAR(privacy.nearer_to_training, 0.5, 0.05);
  EXPECT_EQ(privacy.rows_compared, 4000U);
  EXPECT_EQ(privacy.reference_rows, 2500U);
  EXPECT_NEAR(privacy.exact_copies, privacy.exact_copies_holdout, 0.01);
  EXPECT_GT(privacy.holdout.quality, 0.85);
  EXPECT_EQ(privacy.holdout_columns.size(), 3U);
}

TEST_F(PrivacyTest, CopiesOfTrainingRowsAreFound) {
  const Privacy privacy = measure(real_, real_, holdout_);
  EXPECT_GT(privacy.nearer_to_training, 0.85);  // not 1: reference rows are a sample
  EXPECT_EQ(privacy.exact_copies, 1);
  EXPECT_LT(privacy.exact_copies_holdout, 0.05);
}

TEST_F(PrivacyTest, CopiesOfHoldoutRowsAreNot) {
  const Privacy privacy = measure(real_, holdout_, holdout_);
  EXPECT_LT(privacy.nearer_to_training, 0.05);
  EXPECT_LT(privacy.exact_copies, 0.05);
}

TEST_F(PrivacyTest, TiesCountHalf) {
  const Privacy privacy = measure(real_, random_table(500, 3), real_);
  EXPECT_EQ(privacy.nearer_to_training, 0.5);
  EXPECT_EQ(privacy.exact_copies_holdout, 1);
}

TEST(PrivacySpelling, CopiesAreFoundWhateverTheReaderTookAColumnFor) {
  const Cells numbers{"1", "2", "3", "4", ""};
  const Cells words{"a", "", "c", "d", "e"};
  const Table real = make_table({make_column("number", ColumnKind::continuous, numbers),
                                 make_column("word", ColumnKind::label, words)});
  const Table synthetic =
      make_table({make_column("word", ColumnKind::label, {"a", "", "d", "x"}),
                  make_column("number", ColumnKind::ordinal, {"1", "2.0", "3", "4"})});
  Monitor monitor;
  const Evaluation evaluation =
      evaluate(real, synthetic, {&real}, {DeviceChoice::Kind::cpu, 0, 1}, monitor);
  EXPECT_EQ(evaluation.privacy->exact_copies, 0.5);
}

TEST(PrivacyDistance, MissingCellsAreFarFromNumbersAndNearToEachOther) {
  // The one synthetic row lacks its number, as does the training row; the holdout row has one.
  const auto table = [](const std::string& number) {
    return make_table({make_column("number", ColumnKind::continuous, {number, "1", "9"}),
                       make_column("word", ColumnKind::label, {"a", "b", "b"})});
  };
  const Table synthetic = make_table({make_column("number", ColumnKind::label, {""}),
                                      make_column("word", ColumnKind::label, {"a"})});
  Monitor monitor;
  const Table with = table("5.5");
  const Table without = table("");
  EXPECT_EQ(evaluate(without, synthetic, {&with}, {DeviceChoice::Kind::cpu, 0, 1}, monitor)
                .privacy->nearer_to_training,
            1);
  EXPECT_EQ(evaluate(with, synthetic, {&without}, {DeviceChoice::Kind::cpu, 0, 1}, monitor)
                .privacy->nearer_to_training,
            0);
}

}  // namespace
}  // namespace cuvae
