// The real sample's first half against its second half, as the reference measured it. The sample is
// not part of the repository: CUVAE_SAMPLE names the file.
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cuvae/evaluate.hpp>

#include "tables.hpp"

namespace cuvae {
namespace {

TEST(GoldenMetrics, HalvesOfTheSample) {
  const char* path = std::getenv("CUVAE_SAMPLE");
  if (path == nullptr) GTEST_SKIP() << "set CUVAE_SAMPLE to the sample CSV of card transactions";
  nlohmann::json golden;
  std::ifstream(std::string(CUVAE_EVALUATE_GOLDEN) + "/metrics_first_half_against_second.json") >>
      golden;
  Monitor monitor;
  const Table whole = read_csv(path, ReadOptions(), monitor);
  const Table first = testing::slice(whole, 0, whole.rows / 2);
  const Table second = testing::slice(whole, whole.rows / 2, whole.rows - whole.rows / 2);
  const Evaluation evaluation =
      evaluate(first, second, {}, {DeviceChoice::Kind::cpu, 0, 0}, monitor);
  constexpr double tolerance = 1e-9;
  ASSERT_EQ(evaluation.columns.size(), golden["columns"].size());
  for (const ColumnMetrics& column : evaluation.columns) {
    const auto& expected = golden["columns"].at(column.name);
    EXPECT_NEAR(column.kl, expected.at("kl").get<double>(), tolerance) << column.name;
    EXPECT_EQ(column.numeric, expected.contains("ks")) << column.name;
    EXPECT_NEAR(column.numeric ? column.ks : column.tv,
                expected.at(column.numeric ? "ks" : "tv").get<double>(), tolerance)
        << column.name;
  }
  const Scores& scores = evaluation.scores;
  const auto& expected = golden["scores"];
  EXPECT_NEAR(scores.column_shapes, expected["column_shapes"].get<double>(), tolerance);
  EXPECT_NEAR(scores.column_pair_trends, expected["column_pair_trends"].get<double>(), tolerance);
  EXPECT_NEAR(scores.quality, expected["quality"].get<double>(), tolerance);
  EXPECT_NEAR(scores.mean_kl, expected["mean_kl"].get<double>(), tolerance);
}

}  // namespace
}  // namespace cuvae
