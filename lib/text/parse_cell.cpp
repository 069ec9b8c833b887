#include "text/parse_cell.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>

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

// Tokens where the pattern has '0', the same byte elsewhere.
bool matches(std::string_view text, std::string_view pattern) {
  return text.size() == pattern.size() &&
         std::equal(text.begin(), text.end(), pattern.begin(),
                    [](char c, char p) { return p == '0' ? is_digit(c) : c == p; });
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

NumberForm parse_currency(std::string_view text, double& value) {
  if (!text.starts_with('$') && !text.starts_with("-$")) return NumberForm::none;
  std::string number(text);
  std::erase(number, '$');
  return parse_number(number, value);
}

int decimals_of(std::string_view text) {
  if (text.find_first_of("eE") != std::string_view::npos) return -1;
  const std::size_t point = text.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

bool is_time(std::string_view text) {
  return matches(text, "00:00") || matches(text, "00:00:00");
}

bool is_date(std::string_view text) {
  return matches(text, "0000-00-00");
}

void KindVote::add(std::string_view text, std::uint64_t count) {
  cells_ += count;
  ++distinct_;
  if (is_whole(text)) {
    whole_ += count;
    if (!is_exact_whole(text)) beyond_ += count;
  }
  double value = 0;
  const NumberForm number = parse_number(text, value);
  const NumberForm currency = parse_currency(text, value);
  if (number == NumberForm::finite) finite_ += count;
  if (currency == NumberForm::finite) currency_ += count;
  if (number == NumberForm::not_finite) infinite_ += count;
  if (currency == NumberForm::not_finite) currency_infinite_ += count;
  if (is_time(text)) times_ += count;
  if (is_date(text)) dates_ += count;
}

ColumnKind KindVote::kind() const {
  if (cells_ == 0) return ColumnKind::label;
  if (currency_ == cells_) return ColumnKind::currency;
  if (whole_ == cells_) return beyond_ == 0 ? ColumnKind::ordinal : ColumnKind::label;
  if (finite_ == cells_) return ColumnKind::continuous;
  if (times_ == cells_ || dates_ == cells_) return ColumnKind::ordinal;
  return ColumnKind::label;
}

bool KindVote::spoilt() const {
  const bool numbers = finite_ > 0 && infinite_ > 0 && finite_ + infinite_ == cells_;
  const bool amounts =
      currency_ > 0 && currency_infinite_ > 0 && currency_ + currency_infinite_ == cells_;
  return numbers || amounts;
}

void KindVote::add_numbers(ColumnKind kind, std::uint64_t cells, std::uint64_t whole) {
  cells_ += cells;
  (kind == ColumnKind::currency ? currency_ : finite_) += cells;
  whole_ += whole;
}

std::string KindVote::reason(ColumnKind kind, std::uint64_t missing) const {
  if (cells_ == 0) return "no row has a value";
  const std::string gone = missing == 0 ? "" : fmt::format(" ({} are missing)", grouped(missing));
  const std::string all = missing == 0 ? fmt::format("all {} cells", grouped(cells_))
                                       : fmt::format("all {} cells with a value", grouped(cells_));
  switch (kind) {
    case ColumnKind::currency:
      return all + " are amounts with $" + gone;
    case ColumnKind::continuous:
      return fmt::format("{} are numbers, {} of them not whole{}", all, grouped(cells_ - whole_),
                         gone);
    case ColumnKind::ordinal:
      return all +
             (whole_ == cells_   ? " are whole numbers"
              : times_ == cells_ ? " are times"
                                 : " are dates") +
             gone;
    case ColumnKind::label:
      break;
  }
  if (whole_ == cells_ && beyond_ > 0) {
    return fmt::format("{} are whole numbers, but {} lie beyond 2^53{}", all, grouped(beyond_),
                       gone);
  }
  const std::uint64_t orderly = std::max({finite_, currency_, times_, dates_});
  return fmt::format("{} distinct texts, {} of {} cells not a number, amount, time or date{}",
                     grouped(distinct_), grouped(cells_ - orderly), grouped(cells_), gone);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string shown(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string cut(text.substr(0, most));
  // Whole characters only: continuation bytes at the cut go with their first byte.
  if (text.size() > most) {
    while (!cut.empty() && (static_cast<unsigned char>(text[cut.size()]) & 0xC0) == 0x80) {
      cut.pop_back();
    }
  }
  for (char& c : cut) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return "'" + cut + (text.size() > most ? "...'" : "'");
}

}  // namespace cuvae
