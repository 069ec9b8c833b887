// Whole numbers that may be instants: nobody but a person knows.
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "spelling/instant_format.hpp"
#include "spelling/instant_spelling.hpp"

namespace cuvae {
namespace {

// Fewer distinct ones than this are no reason to speak.
constexpr std::size_t least_distinct = 10;

constexpr std::int64_t seconds_of(int year) {
  return day_number({year, 1, 1}) * seconds_a_day;
}

std::string day_of(std::int64_t seconds) {
  const CalendarDay date = calendar_day(floor_divide(seconds, seconds_a_day));
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

bool are_compact_dates(std::span<const CellCount> cells) {
  std::string fault;
  const auto format = compile_format("%Y%m%d", fault);
  return std::all_of(cells.begin(), cells.end(), [&](const CellCount& cell) {
    return cell.text.size() == 8 && (cell.text.starts_with("19") || cell.text.starts_with("20")) &&
           read_instant(*format, cell.text).reading == Reading::instant;
  });
}

}  // namespace

std::string epoch_offer(std::span<const CellCount> cells) {
  if (cells.size() < least_distinct) return "";
  if (are_compact_dates(cells)) {
    return "looks like dates, year first; `datetime` with the format %Y%m%d takes it as such";
  }
  std::int64_t least = INT64_MAX;
  std::int64_t greatest = INT64_MIN;
  for (const CellCount& cell : cells) {
    std::int64_t number = 0;
    const char* const end = cell.text.data() + cell.text.size();
    const auto [at, fault] = std::from_chars(cell.text.data(), end, number);
    if (fault != std::errc() || at != end) return "";
    least = std::min(least, number);
    greatest = std::max(greatest, number);
  }
  struct Epoch {
    std::string_view format;
    std::string_view name;
    std::int64_t a_second;
  };
  for (const Epoch& epoch : {Epoch{"epoch", "seconds", 1}, Epoch{"epoch-ms", "milliseconds", 1'000},
                             Epoch{"epoch-us", "microseconds", 1'000'000}}) {
    if (least < seconds_of(1990) * epoch.a_second ||
        greatest >= seconds_of(2041) * epoch.a_second) {
      continue;
    }
    return fmt::format(
        "looks like {} since 1970 ({} to {}); `datetime` with the format {} takes it as dates and "
        "times",
        epoch.name, day_of(least / epoch.a_second), day_of(greatest / epoch.a_second),
        epoch.format);
  }
  return "";
}

}  // namespace cuvae
