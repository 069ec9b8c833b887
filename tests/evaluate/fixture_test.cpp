// Numbers of the float64 reference for two small tables (make_fixture.py).
#include <cmath>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cuvae/evaluate.hpp>

#include "tables.hpp"

namespace cuvae {
namespace {

constexpr double tolerance = 1e-9;

void expect_near(const nlohmann::json& expected, double actual, const std::string& what) {
  if (expected.is_null()) {
    EXPECT_TRUE(std::isnan(actual)) << what << ": " << actual;
  } else {
    const double number = expected.get<double>();
    EXPECT_NEAR(actual, number, tolerance * std::max(1.0, std::abs(number))) << what;
  }
}

class Fixture : public ::testing::Test {
 protected:
  Fixture() {
    std::ifstream(std::string(CUVAE_EVALUATE_DATA) + "/expected.json") >> expected_;
    real_ = read("real.csv");
    synthetic_ = read("synthetic.csv");
  }

  // A table with the kinds that the reference found in the real one.
  Table read(const std::string& file) const {
    const testing::PlainCsv csv(std::string(CUVAE_EVALUATE_DATA) + "/" + file);
    std::vector<Column> columns;
    for (std::size_t i = 0; i < csv.names.size(); ++i) {
      const auto kind = expected_["columns"][i]["kind"].get<std::string>();
      columns.push_back(testing::make_column(csv.names[i], kind_of(kind), csv.columns[i]));
    }
    return testing::make_table(std::move(columns));
  }

  static ColumnKind kind_of(const std::string& text) {
    return text == "currency"     ? ColumnKind::currency
           : text == "continuous" ? ColumnKind::continuous
           : text == "ordinal"    ? ColumnKind::ordinal
                                  : ColumnKind::label;
  }

  void expect_as_reference(const Evaluation& evaluation) const {
    ASSERT_EQ(evaluation.columns.size(), expected_["columns"].size());
    for (std::size_t i = 0; i < evaluation.columns.size(); ++i) {
      const ColumnMetrics& column = evaluation.columns[i];
      const auto& expected = expected_["columns"][i];
      ASSERT_EQ(column.name, expected["name"].get<std::string>());
      EXPECT_EQ(column.numeric, expected.contains("ks")) << column.name;
      expect_near(expected["kl"], column.kl, column.name + " kl");
      expect_near(expected["kl_reverse"], column.kl_reverse, column.name + " kl_reverse");
      expect_near(expected["js"], column.js, column.name + " js");
      expect_near(expected[column.numeric ? "ks" : "tv"], column.numeric ? column.ks : column.tv,
                  column.name + " ks or tv");
      expect_near(expected["missing_real"], column.missing_real, column.name);
      expect_near(expected["missing_synthetic"], column.missing_synthetic, column.name);
    }
    const std::size_t columns = evaluation.columns.size();
    std::size_t pair = 0;
    for (std::size_t i = 0; i < columns; ++i) {
      for (std::size_t j = i + 1; j < columns; ++j, ++pair) {
        const auto& expected = expected_["pairs"][pair];
        const std::string what = evaluation.columns[i].name + ", " + evaluation.columns[j].name;
        const Associations& associations = evaluation.associations;
        expect_near(expected["similarity"], associations.similarity[i * columns + j], what);
        expect_near(expected["real"], associations.real[i * columns + j], what + " real");
        expect_near(expected["synthetic"], associations.synthetic[j * columns + i],
                    what + " synthetic");
      }
    }
    const auto& scores = expected_["scores"];
    expect_near(scores["column_shapes"], evaluation.scores.column_shapes, "column_shapes");
    expect_near(scores["column_pair_trends"], evaluation.scores.column_pair_trends, "trends");
    expect_near(scores["quality"], evaluation.scores.quality, "quality");
    expect_near(scores["mean_kl"], evaluation.scores.mean_kl, "mean_kl");
  }

  Column& synthetic_column(const std::string& name) {
    for (Column& column : synthetic_.columns) {
      if (column.name == name) return column;
    }
    throw std::out_of_range(name);
  }

  void respell(const std::string& name, ColumnKind kind) {
    const testing::PlainCsv csv(std::string(CUVAE_EVALUATE_DATA) + "/synthetic.csv");
    for (std::size_t i = 0; i < csv.names.size(); ++i) {
      if (csv.names[i] == name) {
        synthetic_column(name) = testing::make_column(name, kind, csv.columns[i]);
      }
    }
  }

  nlohmann::json expected_;
  Table real_;
  Table synthetic_;
  Monitor monitor_;
};

TEST_F(Fixture, AgreesWithTheReference) {
  expect_as_reference(evaluate(real_, synthetic_, {}, {DeviceChoice::Kind::cpu, 0, 1}, monitor_));
}

TEST_F(Fixture, AgreesWithTheReferenceWhenReadFromFiles) {
  ReadOptions options;
  options.keep_empty_columns = true;
  const std::string folder = CUVAE_EVALUATE_DATA;
  const Table real = read_csv(folder + "/real.csv", options, monitor_);
  const Table synthetic = read_csv(folder + "/synthetic.csv", options, monitor_);
  expect_as_reference(evaluate(real, synthetic, {}, {DeviceChoice::Kind::cpu, 0, 2}, monitor_));
}

TEST_F(Fixture, KindsOfTheSyntheticTableDontMatter) {
  for (const char* name : {"amount", "rate", "zip", "steady", "day", "time", "year"}) {
    respell(name, ColumnKind::label);
  }
  expect_as_reference(evaluate(real_, synthetic_, {}, {DeviceChoice::Kind::cpu, 0, 2}, monitor_));
  for (const char* name : {"zip", "year", "constant"}) respell(name, ColumnKind::continuous);
  expect_as_reference(evaluate(real_, synthetic_, {}, {DeviceChoice::Kind::cpu, 0, 2}, monitor_));
}

TEST_F(Fixture, OrderOfColumnsDoesntMatter) {
  std::reverse(synthetic_.columns.begin(), synthetic_.columns.end());
  expect_as_reference(evaluate(real_, synthetic_, {}, {DeviceChoice::Kind::cpu, 0, 1}, monitor_));
}

TEST_F(Fixture, SameBitsAtAnyThreadCount) {
  const Table holdout = testing::slice(real_, 100, 200);
  const Evaluation one =
      evaluate(real_, synthetic_, {&holdout}, {DeviceChoice::Kind::cpu, 0, 1}, monitor_);
  for (const unsigned threads : {2U, 3U, 8U}) {
    const Evaluation more =
        evaluate(real_, synthetic_, {&holdout}, {DeviceChoice::Kind::cpu, 0, threads}, monitor_);
    EXPECT_EQ(to_json(one), to_json(more));
    const auto same = [](const std::vector<double>& a, const std::vector<double>& b) {
      return a.size() == b.size() &&
             std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
    };
    EXPECT_TRUE(same(one.associations.real, more.associations.real));
    EXPECT_TRUE(same(one.associations.synthetic, more.associations.synthetic));
    EXPECT_TRUE(same(one.associations.similarity, more.associations.similarity));
  }
}

}  // namespace
}  // namespace cuvae
