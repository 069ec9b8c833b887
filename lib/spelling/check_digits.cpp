#include "spelling/check_digits.hpp"

#include <cstddef>
#include <string>

namespace cuvae {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int value_of(char c) {  // of a digit, or of a letter, A being 10; -1 for others
  if (is_digit(c)) return c - '0';
  return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

// Sum of the weighted digits modulo 10; nothing else but separators may stand between them.
int weighted_sum(std::string_view text, CheckDigits check) {
  int sum = 0;
  bool second = false;
  for (std::size_t i = text.size(); i > 0; --i) {
    const char c = text[i - 1];
    if (!is_digit(c)) continue;
    int value = c - '0';
    if (second) value = check == CheckDigits::gtin ? 3 * value : 2 * value / 10 + 2 * value % 10;
    sum += value;
    second = !second;
  }
  return sum % 10;
}

// Remainder of an IBAN read with its first four characters last.
int remainder_97(std::string_view text) {
  std::string characters;
  for (const char c : text) {
    if (value_of(c) >= 0) characters += c;
  }
  if (characters.size() < 5) return -1;
  int remainder = 0;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const int value = value_of(characters[(i + 4) % characters.size()]);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}

}  // namespace

bool has_valid_check(std::string_view text, CheckDigits check) {
  return check == CheckDigits::iban ? remainder_97(text) == 1 : weighted_sum(text, check) == 0;
}

void set_check(char* text, std::size_t size, std::size_t place, CheckDigits check) {
  const std::string_view whole(text, size);
  if (check == CheckDigits::iban) {
    text[place] = text[place + 1] = '0';
    const int digits = 98 - remainder_97(whole);
    text[place] = static_cast<char>('0' + digits / 10);
    text[place + 1] = static_cast<char>('0' + digits % 10);
    return;
  }
  for (char digit = '0'; digit <= '9'; ++digit) {
    text[place] = digit;
    if (weighted_sum(whole, check) == 0) return;
  }
}

}  // namespace cuvae
