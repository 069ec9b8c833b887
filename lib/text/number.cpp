#include "text/number.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace cuvae {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

bool is_sign(char c) {
  return c == '+' || c == '-';
}

bool is_not_finite_name(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower == "inf" || lower == "infinity" || lower == "nan";
}

// For a number that from_chars finds out of range: is it too large rather than too small?
bool is_too_large(std::string_view digits_and_exponent) {
  const std::string_view text = digits_and_exponent;
  const std::size_t e = text.find_first_of("eE");
  const std::string_view digits = text.substr(0, e);
  long exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    const bool negative = power.front() == '-';
    if (is_sign(power.front())) power.remove_prefix(1);
    const auto parsed = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (parsed.ec != std::errc()) exponent = std::numeric_limits<int>::max();
    if (negative) exponent = -exponent;
  }
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  return static_cast<long>(point) - static_cast<long>(first) + exponent > 0;
}

}  // namespace

bool is_whole(std::string_view text) {
  const std::size_t start = !text.empty() && is_sign(text.front()) ? 1 : 0;
  const std::size_t digits = digits_at(text, start);
  if (digits == 0) return false;
  std::size_t at = start + digits;
  if (at == text.size()) return true;
  if (text[at] != '.') return false;
  for (++at; at < text.size(); ++at) {
    if (text[at] != '0') return false;
  }
  return true;
}

bool is_exact_whole(std::string_view text) {
  if (is_sign(text.front())) text.remove_prefix(1);
  text = text.substr(0, text.find('.'));
  const std::size_t first = std::min(text.find_first_not_of('0'), text.size());
  text.remove_prefix(first);
  constexpr std::string_view limit = "9007199254740992";
  return text.size() < limit.size() || (text.size() == limit.size() && text <= limit);
}

NumberForm parse_number(std::string_view text, double& value) {
  if (text.empty()) return NumberForm::none;
  const bool negative = text.front() == '-';
  if (is_sign(text.front())) text.remove_prefix(1);
  if (is_not_finite_name(text)) return NumberForm::not_finite;
  const std::size_t whole = digits_at(text, 0);
  std::size_t at = whole;
  std::size_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    fraction = digits_at(text, at + 1);
    at += 1 + fraction;
  }
  if (whole + fraction == 0) return NumberForm::none;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && is_sign(text[at])) ++at;
    const std::size_t power = digits_at(text, at);
    if (power == 0) return NumberForm::none;
    at += power;
  }
  if (at != text.size()) return NumberForm::none;
  value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) {
    if (is_too_large(text)) return NumberForm::not_finite;
    value = 0;
  }
  if (negative) value = -value;
  return NumberForm::finite;
}

int decimals_of(std::string_view text) {
  if (text.find_first_of("eE") != std::string_view::npos) return -1;
  const std::size_t point = text.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

}  // namespace cuvae
