// Days since 1 January 1991 as dates.
#pragma once

#include <cstdint>

namespace cuvae::simulate {

// The last simulated day is 28 February 2020.
inline constexpr std::int32_t simulated_days = 10'651;

struct Date {
  std::int32_t year;
  std::int32_t month;  // 1 ... 12
  std::int32_t day;    // 1 ... 31
};

inline constexpr Date first_date{1991, 1, 1};

constexpr bool is_leap(std::int32_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr std::int32_t days_of_month(std::int32_t year, std::int32_t month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

constexpr Date next(Date date) {
  if (++date.day > days_of_month(date.year, date.month)) {
    date.day = 1;
    if (++date.month > 12) {
      date.month = 1;
      ++date.year;
    }
  }
  return date;
}

}  // namespace cuvae::simulate
