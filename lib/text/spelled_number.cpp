#include "text/spelled_number.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <fmt/format.h>

namespace cuvae {
namespace {

// Whether the cell looks like the pattern, where '0' stands for any digit.
bool matches(std::string_view cell, std::string_view pattern) {
  if (cell.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const bool fits = pattern[i] == '0' ? cell[i] >= '0' && cell[i] <= '9' : cell[i] == pattern[i];
    if (!fits) return false;
  }
  return true;
}

int digits(std::string_view cell, std::size_t first, std::size_t count) {
  int number = 0;
  for (const char digit : cell.substr(first, count)) number = number * 10 + (digit - '0');
  return number;
}

double minutes(std::string_view time) {
  const double seconds = time.size() == 8 ? digits(time, 6, 2) : 0;
  return digits(time, 0, 2) * 60 + digits(time, 3, 2) + seconds / 60;
}

double days(std::string_view date) {
  namespace chrono = std::chrono;
  const chrono::year_month_day day(chrono::year(digits(date, 0, 4)),
                                   chrono::month(static_cast<unsigned>(digits(date, 5, 2))),
                                   chrono::day(static_cast<unsigned>(digits(date, 8, 2))));
  return static_cast<double>(chrono::sys_days(day).time_since_epoch().count());
}

bool is_time(std::string_view cell) {
  return matches(cell, "00:00") || matches(cell, "00:00:00");
}

bool is_date(std::string_view cell) {
  return matches(cell, "0000-00-00");
}

std::string spell_date(double number) {
  namespace chrono = std::chrono;
  const chrono::year_month_day day(chrono::sys_days(chrono::days(std::lround(number))));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string spell_time(double number) {
  const long minutes_of_day = std::lround(number);
  return fmt::format("{:02}:{:02}", minutes_of_day / 60, minutes_of_day % 60);
}

std::string spell_plain(double number) {
  const double size = std::abs(number);
  if (size >= 1e7 || (size != 0 && size < 1e-3)) return fmt::format("{:.3g}", number);
  if (size < 100) return fmt::format("{:.3g}", number);
  std::string digits = fmt::format("{:.0f}", size);
  if (digits.size() > 5) {  // zip codes and years read better without separators
    for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  }
  return fmt::format("{}{}", number < 0 ? "-" : "", digits);
}

}  // namespace

Spelling spelling_of(std::string_view cell) {
  return is_time(cell)                              ? Spelling::time
         : is_date(cell)                            ? Spelling::date
         : cell.find('$') != std::string_view::npos ? Spelling::currency
                                                    : Spelling::number;
}

std::string spell_for_axis(double number, Spelling spelling) {
  constexpr double most_days = 3e6;
  switch (spelling) {
    case Spelling::time:
      return number >= 0 && number < most_days ? spell_time(number) : spell_plain(number);
    case Spelling::date:
      return std::abs(number) < most_days ? spell_date(number) : spell_plain(number);
    case Spelling::currency:
      return fmt::format("${}", spell_plain(number));
    case Spelling::number:
      break;
  }
  return spell_plain(number);
}

std::optional<double> spelled_number(std::string_view cell) {
  if (is_time(cell)) return minutes(cell);
  if (is_date(cell)) return days(cell);
  std::string text;
  text.reserve(cell.size());
  for (const char character : cell) {
    if (character != '$') text += character;
  }
  std::string_view rest = text;
  if (rest.starts_with('+') && !rest.starts_with("+-")) rest.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc() || end != rest.data() + rest.size() || !std::isfinite(number)) return {};
  return number;
}

}  // namespace cuvae
