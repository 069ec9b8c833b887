#include <cmath>
#include <gtest/gtest.h>

#include <cuvae/inspect.hpp>

namespace {

using namespace cuvae;

TEST(Inspect, SpellsValuesAsTheColumnDoes) {
  EXPECT_EQ(spell(-25, ColumnKind::currency, 2), "$-25.00");
  EXPECT_EQ(spell(2.5, ColumnKind::continuous, 3), "2.500");
  EXPECT_EQ(spell(1e-7, ColumnKind::continuous, -1), "1e-07");
}

TEST(Inspect, DescribesColumns) {
  Table table;
  table.rows = 4;
  Column& city = table.columns.emplace_back();
  city.name = "City";
  city.labels = {"A", "B", "C", ""};
  city.counts = {1, 5, 5, 2};
  city.missing = 2;
  Column& amount = table.columns.emplace_back();
  amount.kind = ColumnKind::currency;
  amount.values = {3, std::nan(""), 1, 3};
  amount.missing = 1;
  amount.decimals = 2;
  const auto summaries = describe(table, 2);
  EXPECT_EQ(summaries[0].distinct, 3U);
  EXPECT_EQ(summaries[0].minimum, "A");
  EXPECT_EQ(summaries[0].maximum, "C");
  ASSERT_EQ(summaries[0].examples.size(), 2U);
  EXPECT_EQ(summaries[0].examples[0].text, "B");
  EXPECT_EQ(summaries[0].examples[0].count, 5U);
  EXPECT_EQ(summaries[1].distinct, 2U);
  EXPECT_EQ(summaries[1].minimum, "$1.00");
  EXPECT_EQ(summaries[1].maximum, "$3.00");
  EXPECT_DOUBLE_EQ(summaries[1].mean, 7.0 / 3);
}

}  // namespace
