#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

#include <cuvae/evaluate.hpp>

#include "evaluate/contingency.hpp"
#include "evaluate/evaluation_device.hpp"
#include "tables.hpp"

namespace cuvae {
namespace {

using testing::Cells;
using testing::make_column;
using testing::make_table;

Evaluation compare(const Table& real, const Table& synthetic) {
  Monitor monitor;
  return evaluate(real, synthetic, {}, {DeviceChoice::Kind::cpu, 0, 2}, monitor);
}

std::string failure(const Table& real, const Table& synthetic) {
  try {
    compare(real, synthetic);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

Cells numbered(std::size_t rows, std::size_t distinct, const std::string& before = "") {
  Cells cells;
  for (std::size_t row = 0; row < rows; ++row) {
    cells.push_back(fmt::format("{}{}", before, row * 7919 % distinct));
  }
  return cells;
}

Table mixed_table(std::size_t rows) {
  Cells rates = numbered(rows, 997);
  for (std::size_t row = 0; row < rows; row += 13) rates[row] = "";
  return make_table({make_column("rate", ColumnKind::continuous, rates),
                     make_column("zip", ColumnKind::ordinal, numbered(rows, 300)),
                     make_column("month", ColumnKind::ordinal, numbered(rows, 12)),
                     make_column("city", ColumnKind::label, numbered(rows, 70, "city "))});
}

TEST(Evaluate, IdenticalTablesAreIdeal) {
  const Table table = mixed_table(5000);
  const Evaluation evaluation = compare(table, table);
  for (const ColumnMetrics& column : evaluation.columns) {
    EXPECT_EQ(column.kl, 0) << column.name;
    EXPECT_EQ(column.kl_reverse, 0) << column.name;
    EXPECT_EQ(column.js, 0) << column.name;
    EXPECT_EQ(column.ks, 0) << column.name;
    EXPECT_EQ(column.tv, 0) << column.name;
    EXPECT_EQ(column.histogram.real, column.histogram.synthetic) << column.name;
    double sum = 0;
    for (const double share : column.histogram.real) sum += share;
    EXPECT_NEAR(sum, 1, 1e-12) << column.name;
  }
  EXPECT_EQ(evaluation.scores.column_shapes, 1);
  EXPECT_EQ(evaluation.scores.column_pair_trends, 1);
  EXPECT_EQ(evaluation.scores.quality, 1);
  EXPECT_EQ(evaluation.scores.mean_kl, 0);
  EXPECT_EQ(evaluation.associations.real, evaluation.associations.synthetic);
}

TEST(Evaluate, MatricesAreSymmetric) {
  const Table table = mixed_table(2000);
  const Evaluation evaluation = compare(table, testing::slice(table, 100, 700));
  const std::size_t columns = table.columns.size();
  for (const auto* matrix : {&evaluation.associations.real, &evaluation.associations.synthetic,
                             &evaluation.associations.similarity}) {
    ASSERT_EQ(matrix->size(), columns * columns);
    for (std::size_t i = 0; i < columns; ++i) {
      EXPECT_EQ((*matrix)[i * columns + i], 1);
      for (std::size_t j = 0; j < columns; ++j) {
        EXPECT_EQ((*matrix)[i * columns + j], (*matrix)[j * columns + i]);
        EXPECT_GE((*matrix)[i * columns + j], 0);
        EXPECT_LE((*matrix)[i * columns + j], 1);
      }
    }
  }
}

TEST(Evaluate, HistogramsOfLabelsHaveTheMostFrequentOnesAndTheRest) {
  Cells real;
  for (int label = 0; label < 30; ++label) {
    real.insert(real.end(), static_cast<std::size_t>(30 - label), fmt::format("label {}", label));
  }
  const Table table = make_table({make_column("x", ColumnKind::label, real)});
  const Table other = make_table({make_column("x", ColumnKind::label, {"label 0", "new", "new"})});
  const Histogram histogram = compare(table, other).columns[0].histogram;
  ASSERT_EQ(histogram.labels.size(), 21U);
  EXPECT_TRUE(histogram.rest);
  EXPECT_EQ(histogram.labels[0], "label 0");
  EXPECT_EQ(histogram.labels[19], "label 19");
  EXPECT_DOUBLE_EQ(histogram.real[0], 30.0 / 465);
  EXPECT_DOUBLE_EQ(histogram.real[20], 55.0 / 465);
  EXPECT_DOUBLE_EQ(histogram.synthetic[0], 1.0 / 3);
  EXPECT_DOUBLE_EQ(histogram.synthetic[20], 2.0 / 3);
}

TEST(Evaluate, CountingByGroupsEqualsCountingDensely) {
  std::mt19937_64 random(3);
  const auto table = [&](std::size_t rows) {
    Cells a;
    Cells b;
    for (std::size_t row = 0; row < rows; ++row) {
      a.push_back(fmt::format("a{}", random() % 40));
      b.push_back(random() % 9 == 0 ? "" : fmt::format("b{}", random() % 300));
    }
    return make_table(
        {make_column("a", ColumnKind::label, a), make_column("b", ColumnKind::label, b)});
  };
  const Table real = table(3000);
  const Table synthetic = table(2000);
  Monitor monitor;
  SharedProgress steps(monitor, 2);
  const Alignment alignment = align({&real, &synthetic}, *make_cpu_evaluation(1), 1, steps);
  const auto counted = [&](const ColumnPair& pair, std::size_t most_dense) {
    return compare_categories(alignment, 1, {&pair, 1}, 1, steps, most_dense).front();
  };
  const PairMetrics dense = counted({0, 1}, dense_cells);
  // Combinations come in another order by groups, and in yet another with the columns swapped.
  for (const PairMetrics& grouped : {counted({0, 1}, 0), counted({1, 0}, 0)}) {
    EXPECT_EQ(dense.similarity, grouped.similarity);
    EXPECT_EQ(dense.real, grouped.real);
    EXPECT_EQ(dense.other, grouped.other);
  }
}

TEST(Evaluate, TooManyColumnsAreRefusedBeforeAnyWork) {
  Table table;
  table.source = "wide.csv";
  table.rows = 1;
  for (std::size_t c = 0; c <= most_compared_columns; ++c) {
    table.columns.push_back(make_column(fmt::format("c{}", c), ColumnKind::label, {"x"}));
  }
  try {
    compare(table, table);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_EQ(std::string(error.what()),
              "wide.csv: has 2,049 columns, and at most 2,048 can be compared; leave some out with "
              "`drop`");
  }
}

// Fewer rows than stripes and lanes: sums may not depend on what lies behind a block's rows.
TEST(Evaluate, FewRowsCorrelateLikeThePlainFormula) {
  for (const std::size_t rows : {2U, 3U, 9U, 70U}) {
    std::mt19937_64 random(rows);
    Table table;
    table.rows = rows;
    for (const char* name : {"a", "b"}) {
      Column& column = table.columns.emplace_back();
      column.name = name;
      column.kind = ColumnKind::continuous;
      for (std::size_t row = 0; row < rows; ++row) {
        column.values.push_back(static_cast<double>(random() % 1000) / 8);
      }
    }
    const auto& a = table.columns[0].values;
    const auto& b = table.columns[1].values;
    const auto mean = [&](auto&& term) {
      double sum = 0;
      for (std::size_t row = 0; row < rows; ++row) sum += term(row);
      return sum / static_cast<double>(rows);
    };
    const double ma = mean([&](auto row) { return a[row]; });
    const double mb = mean([&](auto row) { return b[row]; });
    const double ab = mean([&](auto row) { return (a[row] - ma) * (b[row] - mb); });
    const double aa = mean([&](auto row) { return (a[row] - ma) * (a[row] - ma); });
    const double bb = mean([&](auto row) { return (b[row] - mb) * (b[row] - mb); });
    EXPECT_NEAR(compare(table, table).associations.real[1], std::abs(ab / std::sqrt(aa * bb)),
                1e-12);
  }
}

TEST(Evaluate, ManyCategoriesAreCountedByGroups) {
  const auto table = [](std::size_t rows) {
    return make_table({make_column("a", ColumnKind::label, numbered(rows, 2000, "a")),
                       make_column("b", ColumnKind::label, numbered(rows, 1999, "b"))});
  };
  const Table whole = table(8000);
  EXPECT_EQ(compare(whole, whole).scores.column_pair_trends, 1);
  const Evaluation halves =
      compare(testing::slice(whole, 0, 4000), testing::slice(whole, 4000, 4000));
  EXPECT_EQ(halves.scores.column_pair_trends, 0);  // no combination comes twice
}

TEST(Evaluate, AssociationsSeeDependence) {
  Cells number;
  Cells twice;
  Cells word;
  Cells same_word;
  Cells noise;
  std::mt19937_64 random(1);
  for (int row = 0; row < 3000; ++row) {
    const auto x = random() % 1000;
    number.push_back(fmt::format("{}.5", x));
    twice.push_back(fmt::format("{}", 5000 - 2.0 * (static_cast<double>(x) + 0.5)));
    word.push_back(fmt::format("w{}", x % 8));
    same_word.push_back(fmt::format("v{}", x % 8));
    noise.push_back(fmt::format("n{}", random() % 8));
  }
  const Table table = make_table({make_column("number", ColumnKind::continuous, number),
                                  make_column("twice", ColumnKind::continuous, twice),
                                  make_column("word", ColumnKind::label, word),
                                  make_column("same", ColumnKind::label, same_word),
                                  make_column("noise", ColumnKind::label, noise)});
  const std::vector<double> real = compare(table, table).associations.real;
  EXPECT_NEAR(real[0 * 5 + 1], 1, 1e-12);
  EXPECT_NEAR(real[2 * 5 + 3], 1, 1e-12);
  EXPECT_LT(real[2 * 5 + 4], 0.06);
}

TEST(Evaluate, CorrelationSurvivesOffsetsAndOutliers) {
  // Where the second column has a number, the first lies within 1 of 5e8; elsewhere at -5e8.
  Cells a;
  Cells b;
  for (int row = 0; row < 2000; ++row) {
    a.push_back(row < 1000 ? fmt::format("{:.3f}", 500000000 + row / 1000.0) : "-500000000.5");
    b.push_back(row < 1000 ? fmt::format("{:.3f}", 3 - row / 1000.0) : "");
  }
  const Table table = make_table(
      {make_column("a", ColumnKind::continuous, a), make_column("b", ColumnKind::continuous, b)});
  EXPECT_NEAR(compare(table, table).associations.real[1], 1, 1e-9);
}

TEST(Evaluate, DegenerateColumnsGiveNumbers) {
  const Cells varied = numbered(60, 60);
  const Table real = make_table({make_column("varied", ColumnKind::ordinal, varied),
                                 make_column("constant", ColumnKind::continuous, Cells(60, "2.5")),
                                 make_column("nothing", ColumnKind::label, Cells(60, "")),
                                 make_column("empty", ColumnKind::continuous, Cells(60, ""))});
  const Table synthetic =
      make_table({make_column("varied", ColumnKind::label, {"", ""}),
                  make_column("constant", ColumnKind::continuous, {"2.5", "7.5"}),
                  make_column("nothing", ColumnKind::label, {"", "x"}),
                  make_column("empty", ColumnKind::continuous, {"", "3.5"})});
  const Evaluation evaluation = compare(real, synthetic);
  for (const ColumnMetrics& column : evaluation.columns) {
    EXPECT_TRUE(std::isfinite(column.kl)) << column.name;
    EXPECT_TRUE(std::isfinite(column.kl_reverse)) << column.name;
    EXPECT_TRUE(std::isfinite(column.js)) << column.name;
    EXPECT_TRUE(std::isfinite(column.ks)) << column.name;
  }
  EXPECT_EQ(evaluation.columns[0].ks, 1);  // nothing to compare with
  EXPECT_EQ(evaluation.columns[1].ks, 0.5);
  EXPECT_EQ(evaluation.columns[2].tv, 0.5);
  EXPECT_EQ(evaluation.columns[3].ks, 1);
  EXPECT_TRUE(std::isfinite(evaluation.scores.quality));
  EXPECT_TRUE(std::isnan(evaluation.associations.real[0 * 4 + 1]));
}

TEST(Evaluate, ConstantSyntheticNumbersCountHalf) {
  const Table real = make_table({make_column("a", ColumnKind::continuous, numbered(100, 90)),
                                 make_column("b", ColumnKind::continuous, numbered(100, 80))});
  const Table synthetic = make_table({make_column("a", ColumnKind::continuous, Cells(9, "0.1")),
                                      make_column("b", ColumnKind::continuous, numbered(9, 8))});
  EXPECT_EQ(compare(real, synthetic).scores.column_pair_trends, 0.5);
  // A real column without spread has no correlation to keep: with no other pair, none counts.
  const Evaluation reversed = compare(synthetic, real);
  EXPECT_TRUE(std::isnan(reversed.scores.column_pair_trends));
  EXPECT_EQ(reversed.scores.quality, reversed.scores.column_shapes);
}

TEST(Evaluate, OneRowAndOneColumnWork) {
  const Table one = make_table({make_column("x", ColumnKind::continuous, {"1.5"})});
  const Evaluation evaluation = compare(one, one);
  EXPECT_EQ(evaluation.scores.column_shapes, 1);
  EXPECT_EQ(evaluation.scores.quality, 1);
  EXPECT_TRUE(std::isnan(evaluation.scores.column_pair_trends));
}

TEST(Evaluate, NumbersAmongLabelsMatchByValue) {
  const Table real =
      make_table({make_column("year", ColumnKind::ordinal, {"2001", "2002", "2002.0", "2003"})});
  const Table synthetic =
      make_table({make_column("year", ColumnKind::continuous, {"2001", "2003", "2003.5", ""})});
  const Evaluation evaluation = compare(real, synthetic);
  const Histogram& histogram = evaluation.columns[0].histogram;
  EXPECT_EQ(histogram.synthetic, (std::vector<double>{0.25, 0, 0, 0.25, 0.5}));
  EXPECT_TRUE(histogram.rest);
}

TEST(EvaluateErrors, NameColumnsThatDiffer) {
  const Table real = make_table(
      {make_column("a", ColumnKind::label, {"x"}), make_column("b", ColumnKind::label, {"x"})});
  const Table synthetic = make_table(
      {make_column("a", ColumnKind::label, {"x"}), make_column("c", ColumnKind::label, {"x"})});
  const std::string message = failure(real, synthetic);
  EXPECT_NE(message.find("lacks \"b\""), std::string::npos) << message;
  EXPECT_NE(message.find("in excess \"c\""), std::string::npos) << message;
}

TEST(EvaluateErrors, NameTheCellThatIsNoNumber) {
  Table real = make_table({make_column("zip", ColumnKind::ordinal, numbered(60, 60))});
  Table synthetic = make_table({make_column("zip", ColumnKind::label, {"1", "soon", "2"})});
  synthetic.source = "made.csv";
  const std::string message = failure(real, synthetic);
  EXPECT_NE(message.find("made.csv: column \"zip\": cell \"soon\""), std::string::npos) << message;
  EXPECT_NE(message.find("`label` \"zip\""), std::string::npos) << message;
}

TEST(EvaluateErrors, RefuseTablesWithoutRows) {
  const Table real = make_table({make_column("a", ColumnKind::label, {"x"})});
  const Table empty = make_table({make_column("a", ColumnKind::label, {})});
  EXPECT_NE(failure(real, empty).find("holds no rows"), std::string::npos);
  EXPECT_NE(failure(empty, real).find("holds no rows"), std::string::npos);
}

TEST(EvaluateMonitor, CancelsAndReportsAllSteps) {
  struct Counting : Monitor {
    void progress(std::string_view stage, std::uint64_t done_now,
                  std::uint64_t total_now) override {
      EXPECT_EQ(stage, "evaluate");
      EXPECT_GT(done_now, done);
      done = done_now;
      total = total_now;
    }
    bool cancelled() const override { return cancel; }
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    bool cancel = false;
  };
  const Table table = mixed_table(500);
  Counting monitor;
  evaluate(table, table, {&table}, {DeviceChoice::Kind::cpu, 0, 2}, monitor);
  EXPECT_EQ(monitor.done, monitor.total);
  EXPECT_GT(monitor.total, 0U);
  monitor.cancel = true;
  try {
    evaluate(table, table, {}, {DeviceChoice::Kind::cpu, 0, 2}, monitor);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
}

TEST(EvaluateJson, HasTheContractsKeys) {
  const Table one = make_table({make_column("x", ColumnKind::continuous, {"1.5"}),
                                make_column("caf\xFF", ColumnKind::label, {"y"})});
  Monitor monitor;
  const auto json = nlohmann::ordered_json::parse(to_json(compare(one, one)));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"rows", "columns", "scores", "exact_copies", "bounds",
                                            "discriminator", "prediction", "privacy"}));
  EXPECT_TRUE(json["bounds"].is_null());
  EXPECT_EQ(json["rows"]["real"], 1);
  EXPECT_TRUE(json["columns"][0].contains("ks"));
  EXPECT_FALSE(json["columns"][0].contains("tv"));
  EXPECT_TRUE(json["columns"][1].contains("tv"));
  EXPECT_TRUE(json["privacy"].is_null());
  const Table numbers = make_table({make_column("x", ColumnKind::continuous, {"1.5"})});
  const auto alone = nlohmann::json::parse(to_json(compare(numbers, numbers)));
  EXPECT_TRUE(alone["scores"]["column_pair_trends"].is_null());
  const auto held = nlohmann::json::parse(
      to_json(evaluate(one, one, {&one}, {DeviceChoice::Kind::cpu, 0, 1}, monitor)));
  EXPECT_EQ(held["privacy"]["exact_copies"], 1);
  EXPECT_TRUE(held["privacy"]["holdout"]["scores"].contains("quality"));
}

}  // namespace
}  // namespace cuvae
