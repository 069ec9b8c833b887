// The Gregorian calendar, counted in days since 1970-01-01.
#pragma once

#include <cstdint>

namespace cuvae {

struct CalendarDay {
  int year = 1970;
  int month = 1;  // 1 ... 12
  int day = 1;    // 1 ... 31
};

// A place in time as it is written, whatever the time zone.
struct Moment {
  std::int64_t days = 0;         // since 1970-01-01; 0 of times of day
  std::int64_t nanoseconds = 0;  // since midnight; times of day may go beyond 24 hours
};

inline constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
inline constexpr std::int64_t seconds_a_day = 86'400;
inline constexpr std::int64_t nanoseconds_a_day = seconds_a_day * nanoseconds_a_second;

// Times of day without a date go on up to here.
inline constexpr std::int64_t most_hours = 10'000;

constexpr std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}

constexpr std::int64_t floor_modulo(std::int64_t number, std::int64_t by) {
  return number % by + (number % by < 0 ? by : 0);
}

constexpr bool is_leap_year(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_of_month(int year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Years are counted from March, so that the leap day is a year's last; 400 of them repeat.
constexpr std::int64_t day_number(CalendarDay date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_from_march = (date.month + 9) % 12;
  const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

constexpr CalendarDay calendar_day(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = floor_divide(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), static_cast<int>(month),
          static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1)};
}

// Weeks begin on a Monday; week 0 is that of 1970-01-01.
constexpr std::int64_t week_number(std::int64_t days) {
  return floor_divide(days + 3, 7);
}

// 0: Monday.
constexpr int weekday(std::int64_t days) {
  return static_cast<int>(floor_modulo(days + 3, 7));
}

// What four digits can write.
inline constexpr std::int64_t first_day = day_number({1, 1, 1});
inline constexpr std::int64_t last_day = day_number({9999, 12, 31});

}  // namespace cuvae
