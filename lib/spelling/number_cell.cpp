#include "spelling/number_cell.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cuvae {
namespace {

constexpr std::string_view long_minus = "\xE2\x88\x92";  // U+2212
constexpr std::size_t most_digits = 400;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_decimal_mark(char c) {
  return c == '.' || c == ',';
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

// The mark that stands at `at` with a digit behind it; "" where none does.
std::string_view mark_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  std::string_view mark;
  if (!rest.empty() && is_decimal_mark(rest[0])) mark = rest.substr(0, 1);
  for (const std::string_view one : thousands_marks) {
    if (mark.empty() && rest.starts_with(one)) mark = rest.substr(0, one.size());
  }
  if (mark.empty() || mark.size() == rest.size() || !is_digit(rest[mark.size()])) return {};
  return mark;
}

// The length of an exponent at `at`; 0 where there is none.
std::size_t exponent_at(std::string_view text, std::size_t at) {
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return 0;
  std::size_t end = at + 1;
  if (end < text.size() && (text[end] == '+' || text[end] == '-')) ++end;
  const std::size_t digits = digits_at(text, end);
  if (digits == 0) return 0;
  end += digits;
  return end < text.size() && is_letter(text[end]) ? 0 : end - at;
}

bool ends_in_point(std::string_view text, std::size_t at) {
  if (at >= text.size() || !is_decimal_mark(text[at])) return false;
  return at + 1 == text.size() || text[at + 1] == ' ';
}

bool is_blank(char c) {
  return c == ' ';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// A sign of `text` at its beginning or at its end, blanks aside, and its bytes.
struct FoundSign {
  CellSign sign = CellSign::none;
  std::size_t at = 0;
  std::size_t bytes = 0;
};

FoundSign sign_in(std::string_view text, std::size_t at, std::size_t end) {
  const std::string_view part = text.substr(at, end - at);
  if (part.starts_with(long_minus)) return {CellSign::minus, at, long_minus.size()};
  if (part.starts_with('-')) return {CellSign::minus, at, 1};
  if (part.starts_with('+')) return {CellSign::plus, at, 1};
  return {};
}

FoundSign sign_before(std::string_view before, bool& two) {
  const std::string_view text = trimmed(before);
  two = false;
  if (text.empty()) return {};
  const auto first = static_cast<std::size_t>(text.data() - before.data());
  const std::size_t end = first + text.size();
  FoundSign found = sign_in(before, first, end);
  const std::size_t last_bytes = text.ends_with(long_minus) ? long_minus.size() : 1;
  const std::size_t last = end - last_bytes;
  if (last <= first) return found;
  FoundSign at_end = sign_in(before, last, end);
  if (at_end.sign == CellSign::none) return found;
  two = found.sign != CellSign::none;
  // "T-17" is a code, "USD-17" an amount.
  const std::string_view name = before.substr(first, last - first);
  if (ends_in_letter(name) && !is_currency_name(name)) return found;
  return at_end;
}

FoundSign sign_behind(std::string_view behind) {
  const std::size_t first = behind.starts_with(' ') ? 1 : 0;
  const FoundSign found = sign_in(behind, first, behind.size());
  if (found.sign != CellSign::minus) return {};
  const std::size_t next = found.at + found.bytes;
  if (next < behind.size() && is_letter_at(behind, next)) return {};  // "12-fold"
  return found;
}

std::string without(std::string_view text, std::size_t at, std::size_t bytes) {
  std::string rest(text);
  rest.erase(at, bytes);
  return rest;
}

}  // namespace

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

bool is_letter_at(std::string_view text, std::size_t at) {
  if (!is_letter(text[at])) return false;
  const auto byte = static_cast<unsigned char>(text[at]);
  // Of characters beyond U+00BF the first byte is 0xC3 or more, of signs from U+2000 on 0xE2.
  return byte < 0x80 || (byte >= 0xC3 && byte != 0xE2);
}

bool ends_in_letter(std::string_view text) {
  if (text.empty()) return false;
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
  return is_letter_at(text, at);
}

bool is_currency_name(std::string_view text) {
  constexpr std::string_view names[] = {
      "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "CNY", "HKD", "SGD", "INR",
      "KRW", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY", "RUB", "UAH", "ILS",
      "ZAR", "BRL", "MXN", "ARS", "CLP", "COP", "THB", "IDR", "MYR", "PHP", "VND", "AED",
      "SAR", "EGP", "NGN", "KES", "PKR", "BGN", "ISK", "Rs",  "Rs.", "Fr.", "kr",  "kr."};
  // U+20A0 and on, pound and yen.
  const bool symbol = text.ends_with("\xC2\xA3") || text.ends_with("\xC2\xA5") ||
                      text.ends_with('$') ||
                      (text.size() >= 3 && text.substr(text.size() - 3).starts_with("\xE2\x82"));
  return symbol || std::find(std::begin(names), std::end(names), text) != std::end(names);
}

bool take_apart(std::string_view cell, CellPieces& pieces) {
  const std::size_t digit = cell.find_first_of("0123456789");
  if (digit == std::string_view::npos || cell.size() > most_digits) return false;
  std::size_t first = digit;
  if (digit > 0 && is_decimal_mark(cell[digit - 1]) && !ends_in_letter(cell.substr(0, digit - 1))) {
    --first;
  }
  DigitRuns& runs = pieces.runs;
  runs.zero_first = cell[first] == '0';
  runs.runs = 0;
  std::size_t at = first;
  while (true) {
    if (runs.runs == DigitRuns::most) return false;
    const std::size_t digits = digits_at(cell, at);
    runs.digits[runs.runs] = static_cast<std::uint16_t>(digits);
    at += digits;
    const std::string_view mark = mark_at(cell, at);
    runs.marks[runs.runs++] = mark;
    if (mark.empty()) break;
    at += mark.size();
  }
  if (runs.digits[runs.runs - 1] > 0 && ends_in_point(cell, at) && runs.runs < DigitRuns::most) {
    runs.marks[runs.runs - 1] = cell.substr(at++, 1);
    runs.digits[runs.runs++] = 0;
  }
  const std::size_t exponent = exponent_at(cell, at);
  pieces.before = cell.substr(0, first);
  pieces.digits = cell.substr(first, at - first);
  pieces.exponent = cell.substr(at, exponent);
  pieces.behind = cell.substr(at + exponent);
  return pieces.behind.find_first_of("0123456789") == std::string_view::npos;
}

bool fits(const DigitRuns& runs, const NumberMarks& marks) {
  const std::string_view decimal(&marks.decimal, 1);
  std::size_t whole_runs = runs.runs;
  if (runs.runs > 1 && runs.marks[runs.runs - 2] == decimal) --whole_runs;
  if (whole_runs == runs.runs && runs.digits[runs.runs - 1] == 0) return false;
  for (std::size_t run = 0; run + 1 < whole_runs; ++run) {
    if (runs.marks[run] != marks.group || runs.digits[run + 1] != 3) return false;
  }
  return whole_runs < 2 || (runs.digits[0] >= 1 && runs.digits[0] <= 3 && !runs.zero_first);
}

bool find_sign(std::string_view before, std::string_view behind, SignedAround& result) {
  bool two = false;
  const FoundSign front = sign_before(before, two);
  const FoundSign back = sign_behind(behind);
  const std::size_t open = before.find('(');
  const std::size_t close = behind.find(')');
  const bool brackets = open != std::string_view::npos && close != std::string_view::npos;
  if (two || (front.sign != CellSign::none && back.sign != CellSign::none)) return false;
  if (brackets && (front.sign != CellSign::none || back.sign != CellSign::none)) return false;
  result.bare = {std::string(before), std::string(behind)};
  result.sign = CellSign::none;
  if (front.sign != CellSign::none) {
    result = {{without(before, front.at, front.bytes), std::string(behind)}, front.sign};
  } else if (back.sign != CellSign::none) {
    result = {{std::string(before), without(behind, back.at, back.bytes)}, back.sign};
  } else if (brackets) {
    result = {{without(before, open, 1), without(behind, close, 1)}, CellSign::minus};
  }
  return true;
}

bool read_number(const CellPieces& pieces, const NumberMarks& marks, NumberCell& cell) {
  if (!fits(pieces.runs, marks)) return false;
  cell = {.before = pieces.before, .behind = pieces.behind};
  const std::string_view decimal(&marks.decimal, 1);
  char text[2 * most_digits];
  char* out = text;
  const DigitRuns& runs = pieces.runs;
  std::size_t at = 0;
  for (std::size_t run = 0; run < runs.runs; ++run) {
    out = std::copy_n(pieces.digits.data() + at, runs.digits[run], out);
    at += runs.digits[run] + runs.marks[run].size();
    (cell.point ? cell.decimals : cell.whole_digits) += runs.digits[run];
    if (run + 1 == runs.runs) break;
    if (runs.marks[run] == decimal && run + 2 == runs.runs) {
      cell.point = true;
      *out++ = '.';
    } else {
      cell.grouped = true;
    }
  }
  const std::string_view mantissa(text, static_cast<std::size_t>(out - text));
  const std::string_view fraction = mantissa.substr(mantissa.size() - cell.decimals);
  const std::size_t last = fraction.find_last_not_of('0');
  cell.trailing_zeros = static_cast<int>(fraction.size() - (last + 1));  // npos + 1 is 0
  const std::size_t leading = mantissa.find_first_of("123456789");
  if (leading != std::string_view::npos) {
    const std::string_view rest = mantissa.substr(leading);
    cell.significant = static_cast<int>(rest.size() - std::count(rest.begin(), rest.end(), '.'));
  }
  cell.code = cell.whole_digits > 1 && mantissa[0] == '0';
  if (!pieces.exponent.empty()) {
    cell.has_exponent = true;
    cell.exponent_letter = pieces.exponent[0];
    cell.exponent_plus = pieces.exponent[1] == '+';
    cell.exponent_minus = pieces.exponent[1] == '-';
    const bool sign = cell.exponent_plus || cell.exponent_minus;
    cell.exponent_digits = static_cast<int>(pieces.exponent.size()) - (sign ? 2 : 1);
    *out++ = 'e';
    const std::string_view power = pieces.exponent.substr(cell.exponent_plus ? 2 : 1);
    out = std::copy(power.begin(), power.end(), out);
  }
  const auto parsed = std::from_chars(text, out, cell.value);
  if (parsed.ec != std::errc() || parsed.ptr != out || !std::isfinite(cell.value)) return false;
  // Beyond 2^53 not every whole number is a double: its last digits would be invented.
  constexpr double most_exact = 9007199254740992.0;
  return cell.decimals > 0 || cell.has_exponent || cell.value <= most_exact;
}

}  // namespace cuvae
