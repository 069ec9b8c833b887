// Text as the characters that it is made of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cuvae {

struct Utf8Character {
  char32_t code = 0;
  std::size_t bytes = 0;  // 1 to 4; 0 where the text does not begin with a whole, well-formed one
};

// The first character of a text that is not empty: no overlong forms, no surrogates, nothing beyond
// U+10FFFF.
Utf8Character first_character(std::string_view text);

bool is_utf8(std::string_view text);

void append_utf8(std::string& text, char32_t character);

}  // namespace cuvae
