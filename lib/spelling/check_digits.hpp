// Check digits of numbers that people type.
#pragma once

#include <string_view>

namespace cuvae {

enum class CheckDigits {
  luhn,  // cards, ISO/IEC 7812: every second digit from the right doubled
  gtin,  // EAN, UPC, ISBN-13: every second digit from the right times three
  iban,  // ISO 13616: the third and fourth character, remainder 97
};

// Whether a text's check digits are right; what is neither letter nor digit stands between the
// others and counts for nothing.
bool has_valid_check(std::string_view text, CheckDigits check);

// Sets the check digit at `place` (of an IBAN, both of them, at the first) so that the text is
// valid. Letters are upper case; other checks than IBAN's read digits only.
void set_check(char* text, std::size_t size, std::size_t place, CheckDigits check);

}  // namespace cuvae
