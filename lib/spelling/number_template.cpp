#include "spelling/number_template.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace cuvae {
namespace {

// The longest that to_chars gives: 309 digits, the point and 40 decimals, or 343 of the smallest.
constexpr std::size_t most_digits = 400;
constexpr std::size_t group_digits = 3;

struct Digits {
  std::string_view whole;
  std::string_view fraction;
  bool zero = false;
};

char* put(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

bool all_zeros(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

// Splits "12.340" and drops the zeros that the range does not ask for; `end` is where the text
// ends and where missing zeros go.
Digits split(char* text, char* end, const DecimalsRange& range) {
  char* const point = std::find(text, end, '.');
  char* const first = point == end ? end : point + 1;
  auto decimals = static_cast<int>(end - first);
  while (decimals > range.least && first[decimals - 1] == '0') --decimals;
  while (decimals < range.least) first[decimals++] = '0';
  Digits digits;
  digits.whole = {text, static_cast<std::size_t>(point - text)};
  digits.fraction = {first, static_cast<std::size_t>(decimals)};
  return digits;
}

// The power of ten behind the "e" of to_chars.
int power_at(const char* e, const char* end) {
  int power = 0;
  std::from_chars(e + (e[1] == '+' ? 2 : 1), end, power);
  return power;
}

char* put_rounded(char* text, double magnitude, bool exponent, const DecimalsRange& range) {
  const auto format = exponent ? std::chars_format::scientific : std::chars_format::fixed;
  if (range.most == DecimalsRange::shortest) {
    return std::to_chars(text, text + most_digits, magnitude, format).ptr;
  }
  return std::to_chars(text, text + most_digits, magnitude, format, range.most).ptr;
}

// Whether a number as it is rounded has an exponent.
bool has_exponent(double magnitude, const NumberTemplate& form) {
  if (form.exponent_below == NumberTemplate::never_below &&
      form.exponent_from == NumberTemplate::always_below) {
    return false;
  }
  if (form.exponent_below == NumberTemplate::always_below) return true;
  if (magnitude == 0) return false;
  char text[most_digits];
  const char* end = put_rounded(text, magnitude, true, form.mantissa);
  const int power = power_at(std::find<const char*>(text, end, 'e'), end);
  if (power < form.exponent_below || power >= form.exponent_from) return true;
  end = put_rounded(text, magnitude, false, form.decimals);
  return std::find<const char*>(text, end, '.') - text > form.exponent_from;
}

char* put_grouped(char* out, std::string_view whole, std::string_view mark) {
  std::size_t first = whole.size() % group_digits;
  if (first == 0) first = group_digits;
  out = put(out, whole.substr(0, first));
  for (std::size_t at = first; at < whole.size(); at += group_digits) {
    out = put(put(out, mark), whole.substr(at, group_digits));
  }
  return out;
}

char* put_exponent(char* out, int power, const NumberTemplate& form) {
  *out++ = form.exponent_letter;
  if (power < 0) *out++ = '-';
  if (power >= 0 && form.exponent_plus) *out++ = '+';
  char text[8];
  const char* const end = std::to_chars(text, text + sizeof text, std::abs(power)).ptr;
  for (auto digits = static_cast<int>(end - text); digits < form.exponent_digits; ++digits) {
    *out++ = '0';
  }
  return put(out, {text, static_cast<std::size_t>(end - text)});
}

std::size_t characters(const char* text, const char* end) {
  return static_cast<std::size_t>(std::count_if(
      text, end, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

char* pad(char* text, char* at, char* end, const Padding& padding) {
  const auto taken = static_cast<int>(characters(text, end));
  const int blanks = std::max(padding.least, padding.width - taken);
  std::memmove(at + blanks, at, static_cast<std::size_t>(end - at));
  std::memset(at, ' ', static_cast<std::size_t>(blanks));
  return end + blanks;
}

}  // namespace

char* spell_number(char* out, double number, const NumberTemplate& form, const NumberStyle& style) {
  if (std::isnan(number)) number = 0;
  const double magnitude = std::min(std::abs(number), std::numeric_limits<double>::max());
  const bool exponent = has_exponent(magnitude, form);
  const DecimalsRange& range = exponent ? form.mantissa : form.decimals;
  char text[most_digits + 64];
  char* end = put_rounded(text, magnitude, exponent, range);
  int power = 0;
  if (exponent) {
    char* const e = std::find(text, end, 'e');
    power = power_at(e, end);
    end = e;
  }
  if (range.most == 0 || std::find(text, end, '.') == end) *end++ = '.';
  Digits digits = split(text, end, range);
  digits.zero = all_zeros(digits.whole) && all_zeros(digits.fraction);
  if (!exponent && form.bare_whole && all_zeros(digits.fraction)) digits.fraction = {};
  if (!exponent && form.bare_zero && digits.zero) digits.fraction = {};

  const bool negative = std::signbit(number) && !(digits.zero && !form.minus_zero);
  const Around& around = negative ? form.negative : digits.zero ? form.zero : form.positive;
  char* const start = out;
  out = put(out, around.before);
  char* const inside = out;
  const bool grouped = form.group_from > 0 && digits.whole.size() >= 4 &&
                       digits.whole.size() >= static_cast<std::size_t>(form.group_from);
  if (!(form.bare_point && digits.whole == "0" && !digits.fraction.empty())) {
    out = grouped ? put_grouped(out, digits.whole, style.marks.group) : put(out, digits.whole);
  }
  if (!digits.fraction.empty() || form.point_at_end) *out++ = style.marks.decimal;
  out = put(out, digits.fraction);
  if (exponent) out = put_exponent(out, power, form);
  out = put(out, around.behind);
  switch (style.padding.place) {
    case Padding::Place::none:
      return out;
    case Padding::Place::start:
      return pad(start, start, out, style.padding);
    case Padding::Place::inside:
      return pad(start, inside, out, style.padding);
    case Padding::Place::end:
      return pad(start, out, out, style.padding);
  }
  return out;
}

std::size_t most_bytes_of(const NumberTemplate& form, const NumberStyle& style) {
  std::size_t around = 0;
  for (const Around* one : {&form.negative, &form.zero, &form.positive}) {
    around = std::max(around, one->before.size() + one->behind.size());
  }
  const std::size_t marks = form.group_from > 0 ? most_digits / group_digits : 0;
  return around + most_digits + marks * style.marks.group.size() +
         static_cast<std::size_t>(std::max(style.padding.width, style.padding.least)) + 64;
}

}  // namespace cuvae
