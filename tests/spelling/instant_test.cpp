#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <cuvae/error.hpp>

#include "spelling/calendar.hpp"
#include "spelling/instant_spelling.hpp"

namespace cuvae {
namespace {

using Cells = std::vector<std::string>;
using Learned = std::shared_ptr<const Spelling>;

struct Column {
  Learned spelling;
  std::string note;
};

Column learn(const Cells& cells, std::string_view format = "") {
  std::vector<CellCount> counts;
  for (const std::string& cell : cells) counts.push_back({cell, 1});
  Column column;
  column.spelling = learn_instants(counts, format, column.note);
  std::reverse(counts.begin(), counts.end());
  std::string note;
  const auto reversed = learn_instants(counts, format, note);
  EXPECT_EQ(reversed == nullptr, column.spelling == nullptr);
  EXPECT_EQ(note, column.note);
  if (reversed && column.spelling) {
    EXPECT_EQ(reversed->to_json(), column.spelling->to_json());
  }
  return column;
}

std::string spelled(const Spelling& spelling, const SpelledCell& cell) {
  std::string text(spelling.most_bytes(), '\0');
  const char* const end = spelling.spell(text.data(), cell);
  EXPECT_LE(static_cast<std::size_t>(end - text.data()), text.size());
  text.resize(static_cast<std::size_t>(end - text.data()));
  return text;
}

// Every cell comes back, from the spelling and from its JSON, and from its parts.
Column expect_all(const Cells& cells, std::string_view format = "") {
  const Column column = learn(cells, format);
  EXPECT_TRUE(column.spelling) << cells.front() << ": " << column.note;
  if (!column.spelling) return column;
  const Spelling& spelling = *column.spelling;
  EXPECT_EQ(spelling.kind(), ColumnKind::instant);
  const auto restored = instant_spelling_from_json(spelling.to_json());
  EXPECT_EQ(restored->to_json(), spelling.to_json());
  std::vector<double> parts(spelling.parts().size());
  for (const std::string& cell : cells) {
    const auto found = spelling.parse(cell);
    EXPECT_TRUE(found) << cell;
    if (!found) continue;
    EXPECT_LT(found->form, spelling.forms());
    EXPECT_EQ(spelled(spelling, *found), cell);
    EXPECT_EQ(spelled(*restored, *restored->parse(cell)), cell);
    EXPECT_EQ(found->number, std::nearbyint(found->number));
    spelling.split(found->number, parts.data());
    EXPECT_EQ(spelling.join(parts.data()), found->number) << cell;
  }
  return column;
}

double number_of(const Column& column, std::string_view cell) {
  const auto found = column.spelling->parse(cell);
  EXPECT_TRUE(found) << cell;
  return found ? found->number : std::numeric_limits<double>::quiet_NaN();
}

std::string part_names(const Column& column) {
  std::string names;
  for (const SpellingPart& part : column.spelling->parts()) {
    names += (names.empty() ? "" : ",") + part.name;
  }
  return names;
}

double day(int year, int month, int day) {
  return static_cast<double>(day_number({year, month, day}));
}

TimeUnit unit(const Column& column) {
  return instant_scale(*column.spelling)->unit;
}

TEST(Instants, AreDatesOfAnyUsualForm) {
  const std::vector<Cells> columns{
      {"2024-01-31", "2023-12-01"},
      {"31.12.2024", "01.02.2023"},
      {"7/3/2024", "12/31/2024", "11/9/2023"},
      {"2024/01/31", "2023/02/03"},
      {"3 Jan 2024", "13 May 2023"},
      {"03-JAN-24", "28-FEB-23"},
      {"Jan 3, 2024", "May 31, 2023"},
      {"January 3, 2024", "May 31, 2023"},
      {"03Jan2024", "28Feb2023"},
      {"Mon, 01 Jan 2024", "Tue, 02 Jan 2024"},
      {"monday 1 january 2024", "tuesday 2 january 2024"},
      {"2024-Jan-03", "2023-Dec-31"},
      {"2024-01", "2023-12"},
      {"Jan 2024", "Dec 2023"},
      {"3. 1. 2024", "28. 12. 2023"},
      {" 3 Jan 2024", "13 Jan 2024"},
      {" 2024-01-31", " 2024-02-01"},
  };
  for (const Cells& cells : columns) {
    const Column column = expect_all(cells);
    ASSERT_TRUE(column.spelling);
    EXPECT_EQ(unit(column), TimeUnit::day) << cells.front();
    EXPECT_EQ(column.spelling->forms(), 1U) << cells.front();
    EXPECT_FALSE(instant_scale(*column.spelling)->has_time);
  }
}

TEST(Instants, AreTimestampsOfAnyUsualForm) {
  const std::vector<Cells> columns{
      {"2024-01-31 10:15:03", "2024-02-01 23:59:59"},
      {"2024-01-31T10:15:03Z", "2024-02-01T23:59:59Z"},
      {"2024-01-31T10:15:03+01:00", "2024-02-01T23:59:59+01:00"},
      {"2024-01-31 10:15:03 -0530", "2024-02-01 23:59:59 -0530"},
      {"20240131T101503", "20240201T235959"},
      {"31/Jan/2024:10:15:03 +0000", "01/Feb/2024:23:59:59 +0000"},
      {"Wed Jan 31 10:15:03 2024", "Thu Feb  1 23:59:59 2024"},
      {"1/31/2024 1:15:03 AM", "2/1/2024 11:59:59 PM"},
      {"31.01.2024, 10:15:03", "01.02.2024, 23:59:59"},
  };
  for (const Cells& cells : columns) {
    const Column column = expect_all(cells);
    ASSERT_TRUE(column.spelling);
    EXPECT_EQ(unit(column), TimeUnit::second) << cells.front();
    EXPECT_EQ(column.spelling->forms(), 1U) << cells.front();
  }
}

TEST(Instants, CountFromMidnightOf1970AsWritten) {
  const Column column = expect_all({"1970-01-02T00:00:01+05:00", "1969-12-31T23:59:59Z"});
  EXPECT_EQ(number_of(column, "1970-01-02T00:00:01+05:00"), 86'401);
  EXPECT_EQ(number_of(column, "1969-12-31T23:59:59Z"), -1);
  EXPECT_EQ(column.spelling->forms(), 2U);
}

TEST(Instants, HaveFractionsOfSeconds) {
  const Column fixed = expect_all({"04:15:52.564", "21:32:12.150"});
  EXPECT_EQ(unit(fixed), TimeUnit::millisecond);
  EXPECT_EQ(fixed.spelling->forms(), 1U);
  EXPECT_EQ(part_names(fixed), "time,fraction");
  const Column trimmed = expect_all({"04:15:52.5", "21:32:12.125", "21:32:12"});
  EXPECT_EQ(trimmed.spelling->forms(), 1U);
  const Column python = expect_all(
      {"2024-01-01T00:00:00", "2024-01-01T00:00:01.500000", "2024-01-01T00:00:01.000001"});
  EXPECT_EQ(python.spelling->forms(), 1U);
  EXPECT_EQ(unit(python), TimeUnit::microsecond);
  const Column java = expect_all({"2024-01-01 10:00:00.0", "2024-01-01 10:00:00.25"});
  EXPECT_EQ(java.spelling->forms(), 1U);
  const Column varying = expect_all({"10:00:00.50", "10:00:00.5", "10:00:01.125"});
  EXPECT_EQ(varying.spelling->forms(), 3U);
  const Column comma = expect_all({"10:00:00,50", "10:00:00,75"});
  EXPECT_EQ(comma.spelling->forms(), 1U);
}

TEST(Instants, CountNanosecondsFromAnOrigin) {
  const Column column =
      expect_all({"2024-01-01T00:00:00.000000001Z", "2024-03-01T23:59:59.999999999Z"});
  EXPECT_EQ(unit(column), TimeUnit::nanosecond);
  EXPECT_EQ(instant_scale(*column.spelling)->origin_day, day_number({2024, 1, 1}));
  EXPECT_EQ(number_of(column, "2024-01-01T00:00:00.000000001Z"), 1);
  const Column wide = learn({"2020-01-01T00:00:00.000000001Z", "2024-03-01T23:59:59.999999999Z"});
  EXPECT_FALSE(wide.spelling);
  EXPECT_NE(wide.note, "");
}

TEST(Instants, TakeTheOrderThatACellDecides) {
  const Column month = expect_all({"03/04/2024", "03/13/2024"});
  EXPECT_EQ(number_of(month, "03/04/2024"), day(2024, 3, 4));
  EXPECT_EQ(month.note, "");
  const Column first = expect_all({"03/04/2024", "13/03/2024"});
  EXPECT_EQ(number_of(first, "03/04/2024"), day(2024, 4, 3));
  EXPECT_EQ(first.note, "");
  const Column points = expect_all({"03.04.24", "03.13.24"});
  EXPECT_EQ(number_of(points, "03.04.24"), day(2024, 3, 4));
  const Column year = expect_all({"99-04-03", "98-05-06"});
  EXPECT_EQ(number_of(year, "99-04-03"), day(1999, 4, 3));
  // With and without a time, they share the order.
  const Column shared = expect_all({"03/04/2024 10:15", "13/03/2024"});
  EXPECT_EQ(number_of(shared, "03/04/2024 10:15"), day(2024, 4, 3) * 1440 + 615);
}

TEST(Instants, SayThatNoCellDecidesTheOrder) {
  const Column slashes = expect_all({"03/04/2024", "05/06/2024"});
  EXPECT_EQ(number_of(slashes, "03/04/2024"), day(2024, 3, 4));
  EXPECT_NE(slashes.note.find("`datetime`"), std::string::npos);
  EXPECT_NE(slashes.note.find("%d/%m/%Y"), std::string::npos);
  const Column points = expect_all({"03.04.2024", "05.06.2024"});
  EXPECT_EQ(number_of(points, "03.04.2024"), day(2024, 4, 3));
  EXPECT_NE(points.note.find("%m.%d.%Y"), std::string::npos);
  const Column dashes = expect_all({"03-04-2024", "05-06-2024"});
  EXPECT_EQ(number_of(dashes, "03-04-2024"), day(2024, 4, 3));
  const Column told = expect_all({"03/04/2024", "05/06/2024"}, "%d/%m/%Y");
  EXPECT_EQ(number_of(told, "03/04/2024"), day(2024, 4, 3));
  EXPECT_EQ(told.note, "");
}

TEST(Instants, TakeTwoDigitsThatAreSpreadAsDaysForDays) {
  Cells cells;
  for (std::int64_t i = day_number({2021, 1, 1}); i < day_number({2024, 1, 1}); ++i) {
    const CalendarDay date = calendar_day(i);
    cells.push_back(fmt::format("{:02}-{:02}-{:02}", date.year % 100, date.month, date.day));
  }
  const Column column = expect_all(cells);
  EXPECT_EQ(number_of(column, "22-03-04"), day(2022, 3, 4));
  EXPECT_NE(column.note, "");
}

TEST(Instants, MixAFewForms) {
  const Column mixed = expect_all(
      {"11/05/2019", "2019-05-11", "10/21/2021", "2021-10-21", "2021-10-21 10:15", "Oct 21, 2021"});
  EXPECT_EQ(mixed.spelling->forms(), 4U);
  EXPECT_EQ(number_of(mixed, "10/21/2021"), number_of(mixed, "2021-10-21"));
  EXPECT_EQ(number_of(mixed, "Oct 21, 2021"), number_of(mixed, "2021-10-21"));
  // Leading zeros carry nothing where all cells agree, and are two forms where they do not.
  EXPECT_EQ(expect_all({"7/3/2024", "12/13/2024"}).spelling->forms(), 1U);
  EXPECT_EQ(expect_all({"7/3/2024", "07/13/2024"}).spelling->forms(), 2U);
  // Both orders, where each has cells that can be nothing else.
  const Column orders = expect_all({"13/03/2024", "14/03/2024", "03/15/2024", "01/02/2024"});
  EXPECT_EQ(orders.spelling->forms(), 2U);
  EXPECT_EQ(number_of(orders, "01/02/2024"), day(2024, 2, 1));
  EXPECT_EQ(number_of(orders, "03/15/2024"), day(2024, 3, 15));
  EXPECT_NE(orders.note, "");
}

TEST(Instants, AreNoneWhereACellIsNone) {
  EXPECT_FALSE(learn({"2024-01-31", "soon"}).spelling);
  EXPECT_FALSE(learn({"20240131", "20240201"}).spelling);
  EXPECT_FALSE(learn({"10:15", "2024-01-31"}).spelling);
  EXPECT_FALSE(learn({"2019-20", "2020-21", "2021-22", "2009-10"}).spelling);
  EXPECT_FALSE(learn({}).spelling);
  Cells many;
  for (int i = 0; i < 24; ++i) many.push_back(fmt::format("2024-01-31T10:00:00+{:02}:00", i));
  EXPECT_FALSE(learn(many).spelling);
}

TEST(Instants, AreTimesOfDay) {
  const Column half = expect_all({"5:41 PM", "12:08 PM", "12:24 AM", "11:59 AM"});
  EXPECT_EQ(number_of(half, "5:41 PM"), 17 * 60 + 41);
  EXPECT_EQ(number_of(half, "12:24 AM"), 24);
  EXPECT_EQ(number_of(half, "12:08 PM"), 12 * 60 + 8);
  EXPECT_EQ(part_names(half), "");
  expect_all({"05:33 pm", "11:00 am"});
  expect_all({"5:33 p.m.", "11:00 a.m."});
  const Column plain = expect_all({"7:05", "21:41"});
  EXPECT_EQ(unit(plain), TimeUnit::minute);
  const Column beyond = expect_all({"23:50", "25:10", "09:05", "127:00"});
  EXPECT_EQ(number_of(beyond, "25:10"), 25 * 60 + 10);
  const Column seconds = expect_all({"0:00:59", "10:20:30"});
  EXPECT_EQ(number_of(seconds, "10:20:30"), 37'230);
}

TEST(Instants, KeepDaysThatDoNotExist) {
  Cells cells;
  for (int i = 1; i <= 28; ++i) cells.push_back(fmt::format("{:02}.05.2024", i));
  cells.emplace_back("31.04.2024");
  cells.emplace_back("00.00.0000");
  const Column column = expect_all(cells);
  EXPECT_EQ(column.spelling->forms(), 3U);
  EXPECT_EQ(number_of(column, "31.04.2024"), day(2024, 4, 30));
  EXPECT_EQ(number_of(column, "00.00.0000"), day(2024, 5, 1));  // the nearest of the others
  // The form of days beyond a month's end makes days that do not exist wherever it can.
  const std::uint32_t beyond = column.spelling->parse("31.04.2024")->form;
  EXPECT_EQ(spelled(*column.spelling, {day(2023, 2, 5), beyond}), "29.02.2023");
  EXPECT_EQ(spelled(*column.spelling, {day(2024, 5, 5), beyond}), "31.05.2024");
  // Where many do not exist, the column holds something else.
  EXPECT_FALSE(learn({"31.04.2024", "30.04.2024", "31.06.2024"}).spelling);
}

TEST(Instants, TakeAFormat) {
  const Column compact = expect_all({"20240131", "20231201"}, "%Y%m%d");
  EXPECT_EQ(number_of(compact, "20240131"), day(2024, 1, 31));
  const Column zones =
      expect_all({"2024-01-31 10:00:00+0100", "2024-07-31 10:00:00+0200"}, "%Y-%m-%d %H:%M:%S%z");
  EXPECT_EQ(zones.spelling->forms(), 2U);
  const Column years = expect_all({"1999", "2003", "2024"}, "%Y");
  EXPECT_EQ(number_of(years, "2003"), day(2003, 1, 1));
  EXPECT_EQ(part_names(years), "");
  expect_all({"24/031", "24/366"}, "%y/%j");
  expect_all({"7.3.2024", "17.10.2024"}, "%d.%m.%Y");
  expect_all({"10:15:03.25", "10:15:03.5"}, "%H:%M:%S.%f");
  // Cells of another form beside those of the format.
  expect_all({"31-01-2024", "2024-02-01"}, "%d-%m-%Y");
  const Column none = learn({"2024-01-31", "2024-02-01"}, "%d.%m.%Y");
  EXPECT_FALSE(none.spelling);
  EXPECT_NE(none.note.find("no cell of the format"), std::string::npos);
  const Column wrong = learn({"2024-01-31"}, "%Q");
  EXPECT_FALSE(wrong.spelling);
  EXPECT_NE(wrong.note.find("%Q"), std::string::npos);
}

TEST(Instants, AreEpochsWhereSaidSo) {
  const Column seconds = expect_all({"1704102700", "1718112745", "-5"}, "epoch");
  EXPECT_EQ(number_of(seconds, "1704102700"), 1'704'102'700);
  EXPECT_EQ(number_of(seconds, "-5"), -5);
  const Column milliseconds = expect_all({"1706276648334", "1705691791978", "-1"}, "epoch-ms");
  EXPECT_EQ(unit(milliseconds), TimeUnit::millisecond);
  EXPECT_EQ(number_of(milliseconds, "1706276648334"), 1'706'276'648'334);
  const Column microseconds = expect_all({"1706276648334001", "1705691791978000"}, "epoch-us");
  EXPECT_EQ(unit(microseconds), TimeUnit::microsecond);
  // Whole days.
  EXPECT_EQ(unit(expect_all({"86400", "172800"}, "epoch")), TimeUnit::day);
  EXPECT_TRUE(expect_all({"1704102700.5", "1718112745.25"}, "%s.%-3f").spelling);
  EXPECT_FALSE(learn({"99999999999999999", "1"}, "epoch").spelling);
}

TEST(Instants, AreOfferedForWholeNumbers) {
  std::vector<std::string> texts;
  const auto offer = [&](auto text_of) {
    texts.clear();
    for (int i = 0; i < 40; ++i) texts.push_back(text_of(i));
    std::vector<CellCount> cells;
    for (const std::string& text : texts) cells.push_back({text, 1});
    return epoch_offer(cells);
  };
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos && text.find("`datetime`") != std::string::npos;
  };
  EXPECT_TRUE(has(offer([](int i) { return std::to_string(1'700'000'000 + i * 999); }),
                  "format epoch takes"));
  EXPECT_TRUE(has(offer([](int i) { return std::to_string(1'700'000'000'000 + i); }),
                  "format epoch-ms takes"));
  EXPECT_TRUE(has(offer([](int i) { return std::to_string(1'700'000'000'000'000 + i); }),
                  "format epoch-us takes"));
  EXPECT_TRUE(has(offer([](int i) { return std::to_string(20'240'101 + i % 28 + i / 28 * 100); }),
                  "%Y%m%d"));
  EXPECT_EQ(offer([](int i) { return std::to_string(i); }), "");
  EXPECT_EQ(offer([](int i) { return std::to_string(20'240'101 + i * 100); }), "");
  EXPECT_EQ(offer([](int i) { return std::to_string(i) + ".5"; }), "");
  const std::vector<CellCount> few{{"1700000000", 9}};
  EXPECT_EQ(epoch_offer(few), "");
}

Cells dates(int first_year, int last_year, auto keep) {
  Cells cells;
  for (std::int64_t i = day_number({first_year, 1, 1}); i <= day_number({last_year, 12, 31}); ++i) {
    const CalendarDay date = calendar_day(i);
    if (keep(date, i)) {
      cells.push_back(fmt::format("{:02}/{:02}/{:04}", date.month, date.day, date.year));
    }
  }
  return cells;
}

TEST(InstantParts, ComeBackForEveryDayOfTwoCenturies) {
  expect_all(dates(1900, 2100, [](const CalendarDay&, std::int64_t) { return true; }));
}

TEST(InstantParts, AreThoseOnWhichTheDataDwell) {
  const auto parts = [](auto keep) { return part_names(expect_all(dates(2015, 2024, keep))); };
  EXPECT_EQ(parts([](const CalendarDay&, std::int64_t i) { return weekday(i) < 5; }),
            "week,weekday");
  EXPECT_EQ(parts([](const CalendarDay&, std::int64_t i) { return weekday(i) == 2; }), "");
  EXPECT_EQ(parts([](const CalendarDay& date, std::int64_t) { return date.day == 1; }), "");
  EXPECT_EQ(parts([](const CalendarDay& date, std::int64_t) {
              return date.day == days_of_month(date.year, date.month);
            }),
            "");
  EXPECT_EQ(
      parts([](const CalendarDay& date, std::int64_t) { return date.day == 1 || date.day == 15; }),
      "month,day");
}

// Whatever the network draws, monthly data stay monthly and yearly ones yearly.
TEST(InstantParts, StayOnTheDaysOfTheData) {
  const auto expect = [](auto keep) {
    const Column column = expect_all(dates(2000, 2024, keep));
    ASSERT_EQ(column.spelling->parts().size(), 1U) << column.spelling->to_json();
    for (double part = -50; part < 3000; part += 0.7) {
      const double number = column.spelling->join(&part);
      const auto at = static_cast<std::int64_t>(number);
      EXPECT_TRUE(keep(calendar_day(at), at)) << part;
      EXPECT_TRUE(column.spelling->parse(spelled(*column.spelling, {number, 0})));
    }
  };
  expect([](const CalendarDay& date, std::int64_t) { return date.day == 1; });
  expect([](const CalendarDay& date, std::int64_t) {
    return date.day == days_of_month(date.year, date.month);
  });
  expect([](const CalendarDay& date, std::int64_t) { return date.day == 1 && date.month == 1; });
  expect([](const CalendarDay&, std::int64_t i) { return weekday(i) == 4; });
}

TEST(InstantParts, JoinToInstantsThatExist) {
  const Column column = expect_all(dates(2024, 2024, [](const CalendarDay& date, std::int64_t) {
    return date.day == 1 || date.day == 31 || (date.day == 30 && date.month == 4);
  }));
  ASSERT_EQ(part_names(column), "month,day");
  const auto join = [&](double month, double day_of_month) {
    const double parts[]{month, day_of_month};
    return column.spelling->join(parts);
  };
  EXPECT_EQ(join(2024 * 12 + 3, 31), day(2024, 4, 30));
  EXPECT_EQ(join(2024 * 12 + 3, 1e300), day(2024, 4, 30));
  EXPECT_EQ(join(-1e300, -1e300), day(2024, 1, 1));
  EXPECT_EQ(join(1e300, 1), day(2024, 12, 31));
  EXPECT_EQ(join(2024 * 12 + 3.4, 1.2), day(2024, 4, 1));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(join(nan, nan), day(2024, 1, 1));
}

TEST(Instants, KeepTheirPrecision) {
  const Column column = expect_all({"2024-01-31 10:15:00", "2024-02-01 23:30:00"});
  EXPECT_EQ(unit(column), TimeUnit::minute);
  for (double time = 0; time < 2000; ++time) {
    std::vector<double> parts(column.spelling->parts().size(), time);
    EXPECT_TRUE(
        spelled(*column.spelling, {column.spelling->join(parts.data()), 0}).ends_with(":00"));
  }
  // One instant alone is still a part.
  EXPECT_EQ(expect_all({"2024-01-31 10:15:00"}).spelling->parts().size(), 1U);
}

TEST(Instants, SpellTheNearestCellWhateverTheNumber) {
  const std::vector<Cells> columns{{"31.12.2024", "01.02.2023"},
                                   {"5:41 PM", "6:00 AM"},
                                   {"25:10", "03:04"},
                                   {"January 3, 2024", "May 31, 2023"},
                                   {"04:15:52.564", "04:15:52.565"}};
  for (const Cells& cells : columns) {
    const Column column = expect_all(cells);
    for (const double number :
         {-1e300, 1e300, -1.0, 0.4, 1e15, std::numeric_limits<double>::quiet_NaN(),
          std::numeric_limits<double>::infinity()}) {
      EXPECT_FALSE(spelled(*column.spelling, {number, 0}).empty());
      EXPECT_FALSE(spelled(*column.spelling, {number, 4'000'000'000}).empty());
    }
  }
  EXPECT_EQ(spelled(*expect_all({"31.12.2024", "01.02.2023"}).spelling, {1e300, 0}), "31.12.9999");
}

TEST(Instants, AreReadFromConditions) {
  const Column column = expect_all({"12/31/2024 10:15", "07/04/2023 23:30"});
  const auto number = [&](std::string_view text) { return column.spelling->number_in(text); };
  const double minutes = 1440;
  EXPECT_EQ(number("12/31/2024 10:15"), day(2024, 12, 31) * minutes + 615);
  EXPECT_EQ(number("7/4/2023 1:30"), day(2023, 7, 4) * minutes + 90);
  EXPECT_EQ(number("2024"), day(2024, 1, 1) * minutes);
  EXPECT_EQ(number("2024-05"), day(2024, 5, 1) * minutes);
  EXPECT_EQ(number("2024-05-01"), day(2024, 5, 1) * minutes);
  EXPECT_EQ(number("2024-05-01 12:00"), day(2024, 5, 1) * minutes + 720);
  EXPECT_EQ(number("2024-05-01T12:00:30"), day(2024, 5, 1) * minutes + 720.5);
  EXPECT_EQ(number("2024-05-01T12:00:00.000Z"), day(2024, 5, 1) * minutes + 720);
  EXPECT_FALSE(number("soon"));
  EXPECT_FALSE(number("2024-02-30"));
  EXPECT_FALSE(number(""));
  const Column times = expect_all({"5:41 PM", "6:00 AM"});
  EXPECT_EQ(times.spelling->number_in("17:41"), 17 * 60 + 41);
  EXPECT_EQ(times.spelling->number_in("17:41:30"), 17 * 60 + 41.5);
  EXPECT_FALSE(times.spelling->number_in("2024-05-01"));
}

TEST(Instants, DescribeThemselves) {
  EXPECT_EQ(expect_all({"02.01.2019", "30.11.2021"}).spelling->description(),
            "dates as 31.12.2024, 2019-01-02 to 2021-11-30");
  EXPECT_EQ(expect_all({"5:41 PM", "6:00 AM"}).spelling->description(),
            "times of day as 5:45 PM, 06:00 to 17:41");
  EXPECT_EQ(expect_all({"2024-01-01 10:00:01", "1/31/2024"}).spelling->description(),
            "dates and times as 2024-12-31 17:45:30 or 12/31/2024, 2024-01-01T10:00:01 to "
            "2024-01-31T00:00:00");
}

TEST(Instants, AreIsoForOtherSinks) {
  const auto iso = [](const Column& column, std::string_view cell) {
    std::string text(most_iso_bytes, '\0');
    char* const end =
        spell_iso(text.data(), *instant_scale(*column.spelling), number_of(column, cell));
    text.resize(static_cast<std::size_t>(end - text.data()));
    return text;
  };
  EXPECT_EQ(iso(expect_all({"31.12.2024", "1.2.2023"}), "31.12.2024"), "2024-12-31");
  EXPECT_EQ(iso(expect_all({"1/31/2024 5:00 PM", "1/1/2024 1:23 AM"}), "1/31/2024 5:00 PM"),
            "2024-01-31T17:00");
  EXPECT_EQ(iso(expect_all({"10:00:00.25", "10:00:00.75"}), "10:00:00.25"), "10:00:00.250");
  EXPECT_FALSE(expect_all({"5:41 PM", "6:00 AM"}).spelling == nullptr);
}

TEST(Instants, RefuseHostileJson) {
  const auto good = expect_all({"02.01.2019", "30.11.2021"}).spelling->to_json();
  EXPECT_NO_THROW(instant_spelling_from_json(good));
  const std::vector<std::pair<std::string, nlohmann::json>> changes{
      {"/unit", "century"},
      {"/unit", 3},
      {"/origin_day", 1e300},
      {"/origin_day", std::numeric_limits<std::int64_t>::max()},
      {"/origin_day", std::numeric_limits<std::uint64_t>::max()},
      {"/minimum", std::numeric_limits<std::int64_t>::min()},
      {"/minimum", -800'000},
      {"/minimum", nullptr},
      {"/maximum", 0},
      {"/maximum", 9'000'000},
      {"/forms", nlohmann::json::array()},
      {"/forms", nlohmann::json::array({1})},
      {"/forms", "x"},
      {"/forms", nlohmann::json(std::vector<nlohmann::json>(17, {{"format", "%Y"}}))},
      {"/forms/0/format", ""},
      {"/forms/0/format", "%z"},
      {"/forms/0/format", "%Y-%m-%d%z"},
      {"/forms/0/format", "%H:%M"},
      {"/forms/0/format", std::string(1 << 20, '%')},
      {"/forms/0/format", std::string(1 << 20, 'x') + "%Y"},
      {"/forms/0/past_month_end", -1},
      {"/forms/0/past_month_end", 1 << 30},
      {"/forms/0", {{"constant", "x"}, {"number", 17'898}}},
      {"/parts", nullptr},
      {"/parts/days", "fortnight"},
      {"/parts/days", "none"},
      {"/parts/steps", nlohmann::json::array()},
      {"/parts/steps/0", {1}},
      {"/parts/steps/0", {0, -1}},
      {"/parts/steps/0", {0, std::numeric_limits<std::int64_t>::max()}},
      {"/parts/steps/0", {std::numeric_limits<std::int64_t>::min(), 1}},
      {"/parts/steps/0", {0.5, 1}},
  };
  for (const auto& [place, value] : changes) {
    auto bad = good;
    bad[nlohmann::json::json_pointer(place)] = value;
    EXPECT_THROW(instant_spelling_from_json(bad), Error)
        << place << " " << value.dump().substr(0, 60);
  }
  for (const auto& [name, value] : good.items()) {
    auto bad = good;
    bad.erase(name);
    if (name == "is") continue;
    EXPECT_THROW(instant_spelling_from_json(bad), Error) << name;
  }
  for (const auto& bad : {nlohmann::json(), nlohmann::json(1), nlohmann::json::array()}) {
    EXPECT_THROW(instant_spelling_from_json(bad), Error);
  }
  // Odd steps are taken, and what they join to is within bounds all the same.
  auto odd = good;
  odd["/parts/steps/0"_json_pointer] = {std::int64_t{1} << 53, std::int64_t{1} << 53};
  const auto spelling = instant_spelling_from_json(odd);
  const double parts[]{1e300, -1e300, 5, 5};
  EXPECT_EQ(spelling->join(parts), day(2021, 11, 30));
}

}  // namespace
}  // namespace cuvae
