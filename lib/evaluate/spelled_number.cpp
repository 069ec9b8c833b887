#include "evaluate/spelled_number.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

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

}  // namespace

std::optional<double> spelled_number(std::string_view cell) {
  if (matches(cell, "00:00") || matches(cell, "00:00:00")) return minutes(cell);
  if (matches(cell, "0000-00-00")) return days(cell);
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
