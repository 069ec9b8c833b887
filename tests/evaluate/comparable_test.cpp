// Columns are compared by the values of their cells, however these are spelled.
#include <gtest/gtest.h>

#include <cuvae/error.hpp>
#include <cuvae/evaluate.hpp>

#include "spelling/key_spelling.hpp"
#include "tables.hpp"

namespace cuvae::testing {
namespace {

Table single(ColumnKind kind, const Cells& cells) {
  return make_table({make_column("a", kind, cells)});
}

// How far apart two columns are: 0 where they hold the same values.
double distance(const Table& real, const Table& other) {
  const Evaluation evaluation = evaluate(real, other);
  const ColumnMetrics& column = evaluation.columns.front();
  EXPECT_EQ(column.missing_real, column.missing_synthetic);
  return column.numeric ? column.ks : column.tv;
}

TEST(Comparable, NumbersAreTakenByValue) {
  const Table real = single(ColumnKind::continuous, {"1.5", "1234", "2", "", "1000000.25"});
  EXPECT_EQ(distance(real, single(ColumnKind::label, {"1.50", "1,234", "2.0", "", "1,000,000.25"})),
            0);
  EXPECT_EQ(distance(real, single(ColumnKind::label, {"1.5", "1234", "2", "NaN", "1000000.25"})),
            0);
  EXPECT_GT(distance(real, single(ColumnKind::label, {"1.5", "1,235,000", "2", "nan", "7"})), 0);
  const Table amounts = single(ColumnKind::currency, {"$1.00", "$2345.00"});
  EXPECT_EQ(distance(amounts, single(ColumnKind::label, {"$1.00", "$2,345.00"})), 0);
}

TEST(Comparable, FewWholeNumbersAreTakenByValueToo) {
  const Table real = single(ColumnKind::ordinal, {"1", "2", "2", ""});
  EXPECT_EQ(distance(real, single(ColumnKind::ordinal, {"1.0", "2.0", "2.0", ""})), 0);
  EXPECT_EQ(distance(real, single(ColumnKind::label, {"1.0", "2.00", "2", "NaN"})), 0);
  EXPECT_EQ(distance(real, single(ColumnKind::continuous, {"1", "2", "2", ""})), 0);
  EXPECT_GT(distance(real, single(ColumnKind::label, {"1.0", "2.5", "2", "NaN"})), 0);
}

TEST(Comparable, LabelsAreTakenByTheirText) {
  const Table real = single(ColumnKind::label, {"a", "1", "b"});
  EXPECT_EQ(distance(real, single(ColumnKind::label, {"a", "1", "b"})), 0);
  EXPECT_GT(distance(real, single(ColumnKind::label, {"A", "1", "B"})), 0);
  EXPECT_GT(distance(real, single(ColumnKind::label, {"a", "1.0", "b"})), 0);
}

TEST(Comparable, CellsThatAreNoNumbersAreRefusedByName) {
  const Table real = single(ColumnKind::continuous, {"1.5", "2.5"});
  try {
    evaluate(real, single(ColumnKind::label, {"1.5", "soon"}));
    ADD_FAILURE() << "took a text for a number";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_NE(std::string(error.what()).find("\"soon\" is no number"), std::string::npos);
  }
}

TEST(Comparable, ColumnsThatDifferAreNamedWithTheNearOnes) {
  const auto two = [](const char* first, const char* second) {
    return make_table({make_column(first, ColumnKind::ordinal, {"1", "2"}),
                       make_column(second, ColumnKind::ordinal, {"1", "2"})});
  };
  EXPECT_EQ(evaluate(two("a", "b"), two("b", "a")).columns[0].name, "a");
  try {
    evaluate(two("Amount", "day"), two("day", "amount "));
    ADD_FAILURE() << "took other columns";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("lacks \"Amount\""), std::string::npos) << message;
    EXPECT_NE(message.find("\"Amount\" there called \"amount \""), std::string::npos) << message;
  }
}

Column key_column(const Cells& cells) {
  Column column = make_column("id", ColumnKind::key, cells);
  std::vector<CellCount> counts;
  for (const std::string& cell : cells) counts.push_back({cell, 1});
  column.spelling = learn_keys(counts, cells.size(), true);
  return column;
}

TEST(Comparable, KeysAreLeftOutOfTheScores) {
  const Cells ids{"AB-1001", "AB-1002", "AB-1003", "AB-1004"};
  const Cells others{"AB-9001", "AB-9002", "AB-9003", "AB-9004"};
  const Cells cells{"1", "2", "3", "4"};
  const Table real = make_table({make_column("n", ColumnKind::ordinal, cells), key_column(ids)});
  const Table other =
      make_table({make_column("n", ColumnKind::ordinal, cells), key_column(others)});
  const Evaluation evaluation = evaluate(real, other);
  ASSERT_EQ(evaluation.columns.size(), 1U);
  EXPECT_EQ(evaluation.keys, std::vector<std::string>{"id"});
  EXPECT_EQ(evaluation.scores.column_shapes, 1);
  EXPECT_THROW(evaluate(make_table({key_column(ids)}), make_table({key_column(others)})), Error);
}

}  // namespace
}  // namespace cuvae::testing
