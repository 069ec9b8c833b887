#include "text/cell_format.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

#include "text/column_kinds.hpp"
#include "text/separators.hpp"

namespace cuvae {
namespace {

// More digits behind the point than this are not written one by one.
constexpr int most_decimals = 40;
constexpr int minutes_an_hour = 60;

// Digits where the pattern has '0', the same byte elsewhere.
inline bool matches(std::string_view text, std::string_view pattern) {
  return text.size() == pattern.size() &&
         std::equal(text.begin(), text.end(), pattern.begin(),
                    [](char c, char p) { return p == '0' ? c >= '0' && c <= '9' : c == p; });
}

bool is_time(std::string_view text) {
  return matches(text, "00:00") || matches(text, "00:00:00");
}

bool is_date(std::string_view text) {
  return matches(text, "0000-00-00");
}

int digits(std::string_view cell, std::size_t first, std::size_t count) {
  int number = 0;
  for (const char digit : cell.substr(first, count)) number = number * 10 + (digit - '0');
  return number;
}

double minutes_of(std::string_view time) {
  const double seconds = time.size() == 8 ? digits(time, 6, 2) : 0;
  return digits(time, 0, 2) * minutes_an_hour + digits(time, 3, 2) + seconds / 60;
}

std::chrono::year_month_day day_of(std::string_view date) {
  namespace chrono = std::chrono;
  return {chrono::year(digits(date, 0, 4)),
          chrono::month(static_cast<unsigned>(digits(date, 5, 2))),
          chrono::day(static_cast<unsigned>(digits(date, 8, 2)))};
}

double days_of(std::string_view date) {
  return static_cast<double>(std::chrono::sys_days(day_of(date)).time_since_epoch().count());
}

std::string spell_date(double number) {
  namespace chrono = std::chrono;
  const chrono::year_month_day day(chrono::sys_days(chrono::days(std::lround(number))));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string spell_time(double number) {
  const long minutes = std::lround(number);
  constexpr long two_digit_hours = 100;
  if (minutes >= 0 && minutes < two_digit_hours * minutes_an_hour) {
    std::string text = "00:00";
    const auto put_two = [&](std::size_t at, long value) {
      text[at] = static_cast<char>('0' + value / 10);
      text[at + 1] = static_cast<char>('0' + value % 10);
    };
    put_two(0, minutes / minutes_an_hour);
    put_two(3, minutes % minutes_an_hour);
    return text;
  }
  return fmt::format("{:02}:{:02}", minutes / minutes_an_hour, minutes % minutes_an_hour);
}

std::string spell_rounded(double number) {
  const double size = std::abs(number);
  if (size >= 1e7 || (size != 0 && size < 1e-3)) return fmt::format("{:.3g}", number);
  if (size < 100) return fmt::format("{:.3g}", number);
  std::string text = fmt::format("{:.0f}", size);
  if (text.size() > 5) {  // zip codes and years read better without separators
    text = with_separators(static_cast<std::uint64_t>(std::nearbyint(size)));
  }
  return fmt::format("{}{}", number < 0 ? "-" : "", text);
}

char* put(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

// `text` without any `symbol`.
void remove_all(std::string& text, std::string_view symbol) {
  if (symbol.empty()) return;
  for (std::size_t at = text.find(symbol); at != std::string::npos; at = text.find(symbol, at)) {
    text.erase(at, symbol.size());
  }
}

std::string without_symbols(std::string_view cell, const CellFormat& format) {
  std::string number(cell);
  if (format.before.size() == 1 && format.behind.empty()) {  // the usual symbol, without a search
    std::erase(number, format.before[0]);
    return number;
  }
  remove_all(number, format.before);
  remove_all(number, format.behind);
  return number;
}

bool stands_before(std::string_view symbol, std::string_view cell) {
  if (symbol.empty()) return true;
  const std::size_t at = !cell.empty() && cell[0] == '-' ? 1 : 0;
  // Most cells of other columns end the question at one byte.
  return at < cell.size() && cell[at] == symbol[0] && cell.substr(at).starts_with(symbol);
}

}  // namespace

CellFormat CellFormat::of(ColumnKind kind, int decimals) {
  CellFormat format = traits_of(kind).format;
  if (!format.fixed) format.decimals = decimals > most_decimals ? shortest : decimals;
  return format;
}

CellForm CellFormat::form_of(std::string_view cell) {
  if (is_time(cell)) return CellForm::time;
  return is_date(cell) ? CellForm::date : CellForm::number;
}

CellFormat CellFormat::of_cell(std::string_view cell) {
  const CellForm form = form_of(cell);
  if (form != CellForm::number) return {.form = form};
  const auto holds = [cell](std::string_view symbol) {
    return !symbol.empty() && cell.find(symbol) != std::string_view::npos;
  };
  for (const ColumnKindTraits& traits : column_kinds) {
    if (holds(traits.format.before) || holds(traits.format.behind)) return traits.format;
  }
  return {};
}

NumberForm CellFormat::parse(std::string_view cell, double& value) const {
  if (form == CellForm::number) {
    if (!has_symbols()) return parse_number(cell, value);
    if (!stands_before(before, cell) || !cell.ends_with(behind)) return NumberForm::none;
    return parse_number(without_symbols(cell, *this), value);
  }
  if (form_of(cell) != form) return NumberForm::none;
  value = form == CellForm::time ? minutes_of(cell) : days_of(cell);
  return NumberForm::finite;
}

int CellFormat::decimals_in(std::string_view cell) const {
  return has_symbols() ? decimals_of(without_symbols(cell, *this)) : decimals_of(cell);
}

std::string CellFormat::spell(double value) const {
  char text[most_bytes];
  return {text, spell(text, value)};
}

char* CellFormat::spell(char* out, double value) const {
  if (form == CellForm::time) return put(out, spell_time(value));
  if (form == CellForm::date) return put(out, spell_date(value));
  out = put(out, before);
  char* const last = out + most_bytes - before.size() - behind.size();
  if (decimals == shortest) return put(std::to_chars(out, last, value).ptr, behind);
  char* end = std::to_chars(out, last, value, std::chars_format::fixed, decimals).ptr;
  // Nobody writes -0.00.
  if (*out == '-' && std::all_of(out + 1, end, [](char c) { return c == '0' || c == '.'; })) {
    end = std::copy(out + 1, end, out);
  }
  return put(end, behind);
}

char* CellFormat::spell_whole_part(char* out, bool negative, std::uint64_t whole) const {
  out = put(out, before);
  if (negative) *out++ = '-';
  constexpr std::size_t most_digits = 20;
  out = std::to_chars(out, out + most_digits, whole).ptr;
  if (decimals == 0) return put(out, behind);
  *out++ = '.';
  return out;
}

char* CellFormat::spell_fraction_part(char* out, std::uint64_t fraction) const {
  for (int i = decimals - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  return put(out + decimals, behind);
}

char* CellFormat::spell_ticks(char* out, std::int64_t ticks) const {
  const std::uint64_t magnitude = ticks < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(ticks)
                                            : static_cast<std::uint64_t>(ticks);
  std::uint64_t power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  out = spell_whole_part(out, ticks < 0, magnitude / power);
  return decimals == 0 ? out : spell_fraction_part(out, magnitude % power);
}

std::string CellFormat::whole_part(bool negative, std::uint64_t whole) const {
  char text[most_bytes];
  return {text, spell_whole_part(text, negative, whole)};
}

std::string CellFormat::fraction_part(std::uint64_t fraction) const {
  char text[most_bytes];
  return {text, spell_fraction_part(text, fraction)};
}

std::string CellFormat::spell_for_axis(double value) const {
  constexpr double most_days = 3e6;
  if (form == CellForm::time && value >= 0 && value < most_days) return spell_time(value);
  if (form == CellForm::date && std::abs(value) < most_days) return spell_date(value);
  return fmt::format("{}{}{}", before, spell_rounded(value), behind);
}

std::optional<double> number_in(std::string_view cell) {
  const CellFormat format = CellFormat::of_cell(cell);
  double value = 0;
  const NumberForm form = format.form != CellForm::number
                              ? format.parse(cell, value)
                              : parse_number(without_symbols(cell, format), value);
  if (form != NumberForm::finite) return {};
  return value;
}

bool is_calendar_day(std::string_view date) {
  return is_date(date) && day_of(date).ok();
}

}  // namespace cuvae
