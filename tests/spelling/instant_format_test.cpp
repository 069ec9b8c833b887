#include "spelling/instant_format.hpp"

#include <array>
#include <gtest/gtest.h>
#include <random>
#include <string>

#include "spelling/instant_forms.hpp"
#include "spelling/instant_shape.hpp"

namespace cuvae {
namespace {

InstantFormat compiled(std::string_view text) {
  std::string fault;
  const auto format = compile_format(text, fault);
  EXPECT_TRUE(format) << text << ": " << fault;
  return format.value_or(InstantFormat{});
}

std::string spelled(const InstantFormat& format, const Moment& moment) {
  std::string text(most_bytes_of(format), '\0');
  text.resize(static_cast<std::size_t>(spell_instant(text.data(), format, moment) - text.data()));
  return text;
}

TEST(Calendar, CountsEveryDayOnce) {
  CalendarDay expected{1600, 1, 1};
  for (std::int64_t day = day_number(expected); day <= day_number({2400, 12, 31}); ++day) {
    const CalendarDay date = calendar_day(day);
    ASSERT_EQ(date.year, expected.year);
    ASSERT_EQ(date.month, expected.month);
    ASSERT_EQ(date.day, expected.day);
    ASSERT_EQ(day_number(date), day);
    if (++expected.day > days_of_month(expected.year, expected.month)) {
      expected.day = 1;
      if (++expected.month > 12) {
        expected.month = 1;
        ++expected.year;
      }
    }
  }
  EXPECT_EQ(day_number({1970, 1, 1}), 0);
  EXPECT_EQ(weekday(0), 3);                                // a Thursday
  EXPECT_EQ(weekday(day_number({2024, 1, 1})), 0);         // a Monday
  EXPECT_EQ(week_number(day_number({1970, 1, 5})), 1);     // the next Monday
  EXPECT_EQ(week_number(day_number({1969, 12, 28})), -1);  // the Sunday before
}

TEST(InstantFormat, SpellsWhatStrftimeSays) {
  const Moment moment{day_number({2024, 3, 7}),
                      (5 * 3600 + 4 * 60 + 9) * nanoseconds_a_second + 120'000'000};
  const std::array<std::pair<std::string_view, std::string_view>, 20> cases{{
      {"%F %T", "2024-03-07 05:04:09"},
      {"%D %R", "03/07/24 05:04"},
      {"%-d.%-m.%y", "7.3.24"},
      {"%e %b %Y", " 7 Mar 2024"},
      {"%d-%^b-%y", "07-MAR-24"},
      {"%A, %B %-d, %Y", "Thursday, March 7, 2024"},
      {"%~a %d%~b%Y", "thu 07mar2024"},
      {"%Y%m%dT%H%M%S", "20240307T050409"},
      {"%I:%M %p", "05:04 AM"},
      {"%-I:%M %~p", "5:04 am"},
      {"%_I:%M %:p", " 5:04 A.M."},
      {"%H:%M:%S.%f", "05:04:09.120000"},
      {"%H:%M:%S,%3f", "05:04:09,120"},
      {"%H:%M:%S.%-9f", "05:04:09.12"},
      {"%Y-%j", "2024-067"},
      {"%s", "1709787849"},
      {"%3s", "1709787849120"},
      {"%6s", "1709787849120000"},
      {"100%% %Y", "100% 2024"},
      {"%Y-%m-%dT%H:%M:%SZ", "2024-03-07T05:04:09Z"},
  }};
  for (const auto& [text, expected] : cases) {
    const InstantFormat format = compiled(text);
    EXPECT_EQ(spelled(format, moment), expected) << text;
    EXPECT_EQ(compiled(format_text(format)), format) << text;
    EXPECT_LE(expected.size(), most_bytes_of(format));
    EXPECT_EQ(read_instant(format, expected).reading, Reading::instant) << text;
  }
}

TEST(InstantFormat, RefusesWhatDoesNotSayWhen) {
  for (const std::string_view text : {"", "%", "%Q", "%d", "%m/%d", "%H:%S", "%I:%M", "%M:%S",
                                      "%Y %Y", "%s %Y", "%9s", "%p", "%H:%M %d", "%a", "plain"}) {
    std::string fault;
    EXPECT_FALSE(compile_format(text, fault)) << text;
    EXPECT_FALSE(fault.empty()) << text;
  }
  std::string fault;
  EXPECT_FALSE(compile_format(std::string(10'000, 'x') + "%Y", fault));
}

TEST(InstantFormat, TellsDaysThatDoNotExist) {
  const InstantFormat format = compiled("%d.%m.%Y");
  const InstantReading april = read_instant(format, "31.04.2024");
  EXPECT_EQ(april.reading, Reading::impossible);
  EXPECT_EQ(april.past_month_end, 1);
  EXPECT_EQ(april.moment.days, day_number({2024, 4, 30}));
  EXPECT_EQ(read_instant(format, "30.02.2023").past_month_end, 2);
  EXPECT_EQ(read_instant(format, "29.02.2024").reading, Reading::instant);
  EXPECT_EQ(read_instant(format, "29.02.1900").reading, Reading::impossible);
  EXPECT_EQ(read_instant(format, "32.01.2024").past_month_end, 0);
  EXPECT_EQ(read_instant(format, "32.01.2024").reading, Reading::impossible);
  EXPECT_EQ(read_instant(format, "01.13.2024").reading, Reading::impossible);
  EXPECT_EQ(read_instant(format, "01-12-2024").reading, Reading::none);
  EXPECT_EQ(read_instant(format, "01.12.2024 ").reading, Reading::none);
}

// Formats put together at random.
class RandomFormat {
 public:
  explicit RandomFormat(std::uint32_t seed) : random_(seed) {}

  std::string next(bool& has_date) {
    has_date = one_in(5) != 0;
    if (!has_date) return time();
    std::string text = one_in(4) == 0 ? weekday() + date() : date();
    if (one_in(2) == 0) text += pick({"T", " ", ", ", " at "}) + time() + zone();
    return text;
  }

  // One that the format can spell, and nothing finer.
  Moment moment(const InstantFormat& format, bool has_date) {
    Moment result;
    if (has_date) {
      CalendarDay date =
          calendar_day(std::uniform_int_distribution<std::int64_t>(first_day, last_day)(random_));
      if (format.has(InstantField::short_year)) date.year = 1969 + date.year % 100;
      if (date.day > 28) date.day = days_of_month(date.year, date.month);
      result.days = day_number(date);
    }
    const bool hour = format.has(InstantField::hour) || format.has(InstantField::half_hour);
    const auto draw = [&](std::int64_t most) {
      return std::uniform_int_distribution<std::int64_t>(0, most)(random_);
    };
    std::int64_t seconds = 0;
    if (hour) seconds += draw(23) * 3600;
    if (format.has(InstantField::minute)) seconds += draw(59) * 60;
    if (format.has(InstantField::second)) seconds += draw(59);
    result.nanoseconds = seconds * nanoseconds_a_second;
    for (const InstantElement& element : format.elements) {
      if (element.field != InstantField::fraction) continue;
      std::int64_t a_digit = nanoseconds_a_second;
      for (int i = 0; i < element.digits; ++i) a_digit /= 10;
      result.nanoseconds += draw(nanoseconds_a_second / a_digit - 1) * a_digit;
    }
    return result;
  }

 private:
  std::mt19937 random_;

  unsigned one_in(unsigned count) { return static_cast<unsigned>(random_() % count); }
  std::string pick(std::initializer_list<const char*> texts) {
    return *(texts.begin() + one_in(static_cast<unsigned>(texts.size())));
  }
  std::string weekday() { return "%" + pick({"a", "A", "^a", "~A"}) + pick({", ", " "}); }
  std::string date() {
    const std::string day = "%" + pick({"d", "-d", "_d"});
    const std::string month = "%" + pick({"m", "-m"});
    const std::string name = "%" + pick({"b", "B", "^b", "~b", "^B"});
    const std::string year = "%" + pick({"Y", "Y", "y"});
    const std::string separator = pick({"/", "-", "."});
    switch (one_in(6)) {
      case 0:
        return day + separator + month + separator + year;
      case 1:
        return month + separator + day + separator + year;
      case 2:
        return "%Y" + separator + month + separator + day;
      case 3:
        return day + pick({" ", "-", ""}) + name + pick({" ", "-"}) + year;
      case 4:
        return name + " " + day + ", " + year;
      default:
        return "%Y-%j";
    }
  }
  std::string time() {
    const bool half = one_in(3) == 0;
    std::string text = "%" + (half ? pick({"I", "-I"}) : pick({"H", "-H"})) + ":%M";
    if (one_in(2) == 0) {
      text += ":%S";
      if (one_in(2) == 0) {
        text += pick({".", ","}) + "%" + pick({"", "-", "-?", "?"}) +
                std::to_string(1 + one_in(9)) + "f";
      }
    }
    if (half) text += pick({" ", ""}) + "%" + pick({"p", "~p", ":p", "~:p"});
    return text;
  }
  std::string zone() { return pick({"", "", "Z", "+01:00", " -0530", " UTC"}); }
};

TEST(InstantFormat, ReadsBackWhatItSpells) {
  constexpr int formats = 10'000;
  constexpr int moments = 100;
  RandomFormat random(7);
  for (int i = 0; i < formats; ++i) {
    bool has_date = false;
    const std::string text = random.next(has_date);
    InstantForms forms{{{.format = compiled(text)}}, has_date};
    const InstantFormat& format = forms.forms.front().format;
    ASSERT_EQ(compiled(format_text(format)), format) << text;
    for (int j = 0; j < moments; ++j) {
      const Moment moment = random.moment(format, has_date);
      const std::string cell = spelled(format, moment);
      ASSERT_LE(cell.size(), most_bytes_of(format)) << text;
      const auto found = forms.find(cell);
      ASSERT_TRUE(found) << text << ": " << cell;
      ASSERT_EQ(found->moment.days, moment.days) << text << ": " << cell;
      ASSERT_EQ(found->moment.nanoseconds, moment.nanoseconds) << text << ": " << cell;
    }
  }
}

TEST(InstantFormat, IsRecognisedInAColumn) {
  constexpr int formats = 1'000;
  RandomFormat random(11);
  for (int i = 0; i < formats; ++i) {
    bool has_date = false;
    const std::string text = random.next(has_date);
    if (text.find("%j") != std::string::npos) continue;  // a number like others
    const InstantFormat format = compiled(text);
    std::vector<std::string> cells;
    for (int j = 0; j < 200; ++j) cells.push_back(spelled(format, random.moment(format, has_date)));
    std::vector<CellCount> counts;
    for (const std::string& cell : cells) counts.push_back({cell, 1});
    std::vector<MomentCount> moments;
    std::string note;
    const auto forms = learn_forms(counts, "", moments, note);
    ASSERT_TRUE(forms) << text << ": " << cells.front();
    for (const std::string& cell : cells) ASSERT_TRUE(forms->find(cell)) << text << ": " << cell;
    EXPECT_LE(forms->forms.size(), 10U) << text;
  }
}

TEST(InstantShape, IsNoneOfWhatOnlyLooksLikeOne) {
  for (const std::string_view cell : {"1.2.3",
                                      "12",
                                      "20240131",
                                      "1.5",
                                      "10.0.0.1",
                                      "2024-01-31-07",
                                      "12:5",
                                      "3/4",
                                      "A-12-2024",
                                      "Monday",
                                      "May",
                                      "hello",
                                      "12-34",
                                      "1234-5678",
                                      "2024-W05",
                                      "+49 170 1234567",
                                      "1:2:3",
                                      "12:30-13:00",
                                      "",
                                      " ",
                                      "::",
                                      "--",
                                      "//",
                                      "2024-",
                                      "-2024-01-01",
                                      "1/2/",
                                      "AM",
                                      "5",
                                      "Jan",
                                      "3 Foo 2024",
                                      "2024-01-01T",
                                      "2024-01-01 10",
                                      "Mon,",
                                      "10:15 XM"}) {
    EXPECT_FALSE(shape_of(cell)) << cell;
  }
}

}  // namespace
}  // namespace cuvae
