// Setting rows of a table aside.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>

#include <cuvae/error.hpp>
#include <cuvae/table.hpp>

namespace cuvae {
namespace {

Table sample_table(std::uint32_t rows) {
  Column labels;
  labels.name = "label";
  labels.labels = {"a", "b", "c", ""};
  labels.codes = CodeVector(rows, 4);
  labels.counts.assign(4, 0);
  Column numbers;
  numbers.name = "number";
  numbers.kind = ColumnKind::continuous;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::uint32_t code = row == 7 ? 1 : row % 2 == 0 ? 0 : row % 3 == 0 ? 3 : 2;
    labels.codes.visit([&](auto codes) {
      using Code = typename decltype(codes)::value_type;
      codes[row] = static_cast<Code>(code);
    });
    ++labels.counts[code];
    numbers.values.push_back(row + 0.5);
  }
  labels.missing = labels.counts[3];
  Table table;
  table.rows = rows;
  table.columns = {labels, numbers};
  return table;
}

TEST(SplitTable, EveryRowIsInOnePart) {
  const Table table = sample_table(1001);
  const SplitTable parts = split_table(table, 0.25, 5);
  EXPECT_EQ(parts.aside.rows, 250U);
  EXPECT_EQ(parts.kept.rows, 751U);
  std::map<double, std::string> seen;
  for (const Table* part : {&parts.kept, &parts.aside}) {
    const Column& labels = part->columns[0];
    const Column& numbers = part->columns[1];
    ASSERT_EQ(numbers.values.size(), part->rows);
    EXPECT_TRUE(std::is_sorted(numbers.values.begin(), numbers.values.end()));
    std::vector<std::uint64_t> counts(labels.labels.size(), 0);
    std::uint64_t missing = 0;
    for (std::size_t row = 0; row < part->rows; ++row) {
      const std::string& label = labels.labels[labels.codes[row]];
      EXPECT_TRUE(seen.emplace(numbers.values[row], label).second);
      ++counts[labels.codes[row]];
      missing += label.empty() ? 1 : 0;
    }
    EXPECT_EQ(labels.counts, counts);
    EXPECT_EQ(labels.missing, missing);
    EXPECT_TRUE(std::none_of(counts.begin(), counts.end(), [](auto n) { return n == 0; }));
  }
  ASSERT_EQ(seen.size(), 1001U);
  for (std::uint32_t row = 0; row < 1001; ++row) {
    EXPECT_EQ(seen[row + 0.5], table.columns[0].labels[table.columns[0].codes[row]]);
  }
}

TEST(SplitTable, DependsOnTheSeedOnly) {
  const Table table = sample_table(500);
  EXPECT_EQ(split_table(table, 0.2, 1).aside.columns[1].values,
            split_table(table, 0.2, 1).aside.columns[1].values);
  EXPECT_NE(split_table(table, 0.2, 1).aside.columns[1].values,
            split_table(table, 0.2, 2).aside.columns[1].values);
}

TEST(SplitTable, SharesWithoutRowsAreRefused) {
  const Table table = sample_table(20);
  EXPECT_THROW(split_table(table, 0, 1), Error);
  EXPECT_THROW(split_table(table, 1, 1), Error);
  EXPECT_THROW(split_table(table, 0.001, 1), Error);
  EXPECT_THROW(split_table(table, 0.999, 1), Error);
}

}  // namespace
}  // namespace cuvae
