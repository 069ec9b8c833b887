#include "text/cell_format.hpp"

#include <gtest/gtest.h>

namespace {

using namespace cuvae;

TEST(CellFormat, AmountsHaveTheirDollarInFront) {
  const CellFormat amounts = CellFormat::of(ColumnKind::currency, 0);
  double value = 0;
  EXPECT_EQ(amounts.parse("$-25.00", value), NumberForm::finite);
  EXPECT_EQ(value, -25);
  EXPECT_EQ(amounts.parse("-$25.50", value), NumberForm::finite);
  EXPECT_EQ(value, -25.5);
  EXPECT_EQ(amounts.parse("$nan", value), NumberForm::not_finite);
  for (const char* text : {"25", "25$", "$", "$x", "+$5", ""}) {
    EXPECT_EQ(amounts.parse(text, value), NumberForm::none) << text;
  }
}

TEST(CellFormat, CountsDecimalsBehindTheSymbol) {
  const CellFormat amounts = CellFormat::of(ColumnKind::currency, 0);
  EXPECT_EQ(amounts.decimals_in("$-25.125"), 3);
  EXPECT_EQ(amounts.decimals_in("$25"), 0);
  EXPECT_EQ(amounts.decimals_in("$1e3"), -1);
}

TEST(CellFormat, SpellsValuesAndTicksAlike) {
  const CellFormat amounts = CellFormat::of(ColumnKind::currency, 0);
  char text[CellFormat::most_bytes];
  for (const std::int64_t cents : {-123456, -100, -5, 0, 7, 100, 99999}) {
    const std::string spelled(text, amounts.spell_ticks(text, cents));
    EXPECT_EQ(spelled, amounts.spell(static_cast<double>(cents) / 100));
    const auto magnitude = static_cast<std::uint64_t>(cents < 0 ? -cents : cents);
    EXPECT_EQ(spelled, amounts.whole_part(cents < 0, magnitude / 100) +
                           amounts.fraction_part(magnitude % 100));
  }
  EXPECT_EQ(amounts.spell(-12.5), "$-12.50");
  EXPECT_EQ(amounts.spell(-0.001), "$0.00");
  EXPECT_EQ(CellFormat::of(ColumnKind::continuous, 0).spell(-7), "-7");
  EXPECT_EQ(CellFormat::of(ColumnKind::continuous, 41).spell(0.5), "0.5");
  EXPECT_EQ(CellFormat{.form = CellForm::time}.spell(381), "06:21");
  EXPECT_EQ(CellFormat{.form = CellForm::date}.spell(11017), "2000-03-01");
}

TEST(CellFormat, RoundsForAxes) {
  EXPECT_EQ(CellFormat::of_cell("$5").spell_for_axis(1234567), "$1,234,567");
  EXPECT_EQ(CellFormat::of_cell("5").spell_for_axis(-99999.4), "-99999");
  EXPECT_EQ(CellFormat::of_cell("06:21").spell_for_axis(381.2), "06:21");
  EXPECT_EQ(CellFormat::of_cell("2000-03-01").spell_for_axis(11017), "2000-03-01");
}

TEST(CellFormat, KnowsTheCalendar) {
  EXPECT_TRUE(is_calendar_day("2024-02-29"));
  EXPECT_FALSE(is_calendar_day("2023-02-29"));
  EXPECT_FALSE(is_calendar_day("2023-2-9"));
}

TEST(NumberInACell, ReadsNumbersTimesAndDates) {
  EXPECT_EQ(number_in("91750.0"), 91750.0);
  EXPECT_EQ(number_in("-3"), -3.0);
  EXPECT_EQ(number_in("+3.5"), 3.5);
  EXPECT_EQ(number_in("1e3"), 1000.0);
  EXPECT_EQ(number_in("$-25.10"), -25.10);
  EXPECT_EQ(number_in("-$25.10"), -25.10);
  EXPECT_EQ(number_in("06:21"), 381.0);
  EXPECT_EQ(number_in("06:21:30"), 381.5);
  EXPECT_EQ(number_in("1970-01-01"), 0.0);
  EXPECT_EQ(number_in("1969-12-31"), -1.0);
  EXPECT_EQ(number_in("2000-03-01"), 11017.0);
}

TEST(NumberInACell, RefusesTheRest) {
  for (const char* cell : {"", " ", "abc", "1 2", "12:3", "nan", "inf", "-inf", "1e400", "0x10",
                           "--1", "+-1", "1,5", "2000-3-1"}) {
    EXPECT_FALSE(number_in(cell)) << cell;
  }
}

}  // namespace
