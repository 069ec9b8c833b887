#include "text/formula.hpp"

#include <gtest/gtest.h>

namespace cuvae::test {
namespace {

TEST(Formula, IsWhatASpreadsheetWouldRun) {
  for (const char* cell : {"=1+1", "=cmd|' /C calc'!A0", "+SUM(A1)", "-A1", "@SUM(1)", "\t=1",
                           "\r=1", "+1 555 0100", "-"}) {
    EXPECT_TRUE(is_formula(cell)) << cell;
    EXPECT_EQ(without_formula(cell), std::string("'") + cell);
  }
  for (const char* cell :
       {"", "a=b", "-5", "+5", "-1.5e3", "-$12.50", "$5", "12:30", "'=1", "x@y"}) {
    EXPECT_FALSE(is_formula(cell)) << cell;
    EXPECT_EQ(without_formula(cell), cell);
  }
}

TEST(Formula, EscapesOfATableAreCountedAndUndone) {
  Table table;
  table.rows = 6;
  Column& column = table.columns.emplace_back();
  column.name = "'=name";
  column.labels = {"'=a", "'b", "-c", "5"};
  column.counts = {1, 1, 3, 1};
  EXPECT_EQ(count_formulas(table), 3U);
  restore_formulas(table);
  EXPECT_EQ(column.name, "=name");
  EXPECT_EQ(column.labels, (std::vector<std::string>{"=a", "'b", "-c", "5"}));
  EXPECT_EQ(count_formulas(table), 4U);
}

}  // namespace
}  // namespace cuvae::test
