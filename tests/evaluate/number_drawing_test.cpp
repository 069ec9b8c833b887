#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <numeric>

#include <cuvae/evaluate.hpp>

#include "spelling/instant_spelling.hpp"
#include "tables.hpp"

namespace cuvae {
namespace {

using testing::Cells;
using testing::make_column;
using testing::make_table;
using Scale = NumberDrawing::Scale;

Evaluation compare(const Table& real, const Table& synthetic) {
  Monitor monitor;
  return evaluate(real, synthetic, {}, {DeviceChoice::Kind::cpu, 0, 1}, monitor);
}

NumberDrawing drawing_of(Column column) {
  const Table table = make_table({std::move(column)});
  return compare(table, table).columns.at(0).drawing.value();
}

Column numbers(const std::vector<double>& values) {
  Cells cells;
  for (const double value : values) cells.push_back(fmt::format("{}", value));
  return make_column("x", ColumnKind::continuous, cells);
}

double highest_bar(const std::vector<double>& shares) {
  return *std::max_element(shares.begin(), shares.end());
}

void expect_sound(const NumberDrawing& drawing) {
  ASSERT_EQ(drawing.places.size(), drawing.real.size() + 1);
  ASSERT_EQ(drawing.synthetic.size(), drawing.real.size());
  EXPECT_EQ(drawing.places.front(), 0);
  EXPECT_EQ(drawing.places.back(), 1);
  EXPECT_TRUE(std::is_sorted(drawing.places.begin(), drawing.places.end()));
  EXPECT_NEAR(std::accumulate(drawing.real.begin(), drawing.real.end(), 0.0), 1, 1e-12);
  for (const AxisTick& tick : drawing.ticks) {
    EXPECT_GE(tick.place, 0);
    EXPECT_LE(tick.place, 1);
    EXPECT_FALSE(tick.text.empty());
  }
}

bool has_tick(const NumberDrawing& drawing, const std::string& text) {
  return std::any_of(drawing.ticks.begin(), drawing.ticks.end(),
                     [&](const AxisTick& tick) { return tick.text == text; });
}

TEST(NumberDrawing, EvenNumbersKeepEqualBins) {
  std::vector<double> values(1000);
  std::iota(values.begin(), values.end(), 0.5);
  const NumberDrawing drawing = drawing_of(numbers(values));
  expect_sound(drawing);
  EXPECT_EQ(drawing.scale, Scale::equal);
  EXPECT_EQ(drawing.real.size(), 50U);
  EXPECT_NEAR(highest_bar(drawing.real), 0.02, 1e-9);
}

TEST(NumberDrawing, HeavyTailsGetALogarithmicAxis) {
  Cells cells;
  for (int i = 0; i < 2000; ++i) {
    cells.push_back(fmt::format("${:.2f}", std::exp(static_cast<double>(i % 400) / 40)));
  }
  cells.push_back("$-500.00");
  const Table table = make_table({make_column("Amount", ColumnKind::currency, cells)});
  const ColumnMetrics column = compare(table, table).columns.at(0);
  EXPECT_GT(highest_bar(column.histogram.real), 0.5);
  ASSERT_TRUE(column.drawing);
  expect_sound(*column.drawing);
  EXPECT_EQ(column.drawing->scale, Scale::symmetric_log);
  EXPECT_LT(highest_bar(column.drawing->real), 0.2);
  EXPECT_EQ(column.drawing->ticks.at(0).text, "$-500");
  for (const char* text : {"$0", "$100", "$1000"}) EXPECT_TRUE(has_tick(*column.drawing, text));
}

TEST(NumberDrawing, NumbersFarFromZeroGetQuantiles) {
  std::vector<double> values{0.5};
  for (int i = 0; i < 1000; ++i) values.push_back(1e6 + i + 0.5);
  values.push_back(1e9);
  const NumberDrawing drawing = drawing_of(numbers(values));
  expect_sound(drawing);
  EXPECT_EQ(drawing.scale, Scale::quantile);
  EXPECT_LT(highest_bar(drawing.real), 0.05);
}

TEST(NumberDrawing, ANumberOfMostRowsStandsApartFromItsNeighbours) {
  std::vector<double> values(560, 91750.5);
  for (int i = 0; i < 340; ++i) values.push_back(91700.5 + i % 50);
  for (int i = 0; i < 100; ++i) values.push_back(1000.5 + 900 * i);
  const NumberDrawing drawing = drawing_of(numbers(values));
  expect_sound(drawing);
  EXPECT_EQ(drawing.scale, Scale::quantile);
  EXPECT_LT(highest_bar(drawing.real), 0.65);
}

TEST(NumberDrawing, ASingleNumberIsOneBar) {
  const NumberDrawing drawing = drawing_of(numbers({2.5, 2.5, 2.5}));
  expect_sound(drawing);
  EXPECT_EQ(drawing.real, std::vector<double>{1});
  EXPECT_EQ(drawing.ticks.size(), 1U);
}

TEST(NumberDrawing, BearsTheWidestRange) {
  expect_sound(drawing_of(numbers({-1.5e308, 0.5, 1.5e308, 1.5, 2.5})));
}

TEST(NumberDrawing, SyntheticNumbersBeyondTheRangeStandInTheEndBins) {
  std::vector<double> values(1000);
  std::iota(values.begin(), values.end(), 0.5);
  const Evaluation evaluation =
      compare(make_table({numbers(values)}), make_table({numbers({-5, -6, 2000, 500})}));
  const NumberDrawing& drawing = evaluation.columns.at(0).drawing.value();
  EXPECT_EQ(drawing.synthetic.front(), 0.5);
  EXPECT_EQ(drawing.synthetic.back(), 0.25);
}

TEST(NumberDrawing, LabelsHaveNone) {
  const Table table = make_table({make_column("x", ColumnKind::label, {"a", "b"})});
  EXPECT_FALSE(compare(table, table).columns.at(0).drawing);
}

// Every cell once.
Column instants(const Cells& cells) {
  std::vector<CellCount> counts;
  for (const std::string& cell : cells) counts.push_back({cell, 1});
  std::string note;
  Column column;
  column.name = "when";
  column.kind = ColumnKind::instant;
  column.spelling = learn_instants(counts, "", note);
  if (!column.spelling) return column;
  for (const std::string& cell : cells) {
    column.values.push_back(column.spelling->parse(cell)->number);
  }
  column.forms = CodeVector(cells.size(), 1);
  return column;
}

TEST(NumberDrawing, InstantsHaveATimelineAndProfiles) {
  Cells cells;
  for (int day = 1; day <= 28; ++day) {
    for (int month = 1; month <= 12; ++month) {
      cells.push_back(fmt::format("{:02}.{:02}.2023 {:02}:30", day, month, day % 2 == 0 ? 7 : 19));
    }
  }
  Column column = instants(cells);
  ASSERT_TRUE(column.spelling);
  const NumberDrawing drawing = drawing_of(std::move(column));
  expect_sound(drawing);
  EXPECT_EQ(drawing.scale, Scale::equal);
  EXPECT_EQ(drawing.ticks.at(0).text, "2023-01-01");
  EXPECT_EQ(drawing.ticks.at(1).text, "2023-12-28");
  EXPECT_TRUE(has_tick(drawing, "2023-07-01"));
  ASSERT_EQ(drawing.weekdays.real.size(), 7U);
  EXPECT_NEAR(drawing.weekdays.real.at(0), 48.0 / 336, 0.03);
  ASSERT_EQ(drawing.hours.real.size(), 24U);
  EXPECT_DOUBLE_EQ(drawing.hours.real.at(7), 0.5);
  EXPECT_DOUBLE_EQ(drawing.hours.real.at(19), 0.5);
}

TEST(NumberDrawing, DatesAloneHaveWeekdaysOnlyAndTheirSpelling) {
  Cells cells;
  for (int week = 0; week < 4; ++week) cells.push_back(fmt::format("{:02}.05.2023", 1 + 7 * week));
  Column column = instants(cells);
  ASSERT_TRUE(column.spelling);
  const NumberDrawing drawing = drawing_of(std::move(column));
  EXPECT_EQ(drawing.ticks.at(0).text, "01.05.2023");
  ASSERT_EQ(drawing.weekdays.real.size(), 7U);
  EXPECT_DOUBLE_EQ(drawing.weekdays.real.at(0), 1);  // Mondays all
  EXPECT_TRUE(drawing.hours.real.empty());
}

}  // namespace
}  // namespace cuvae
