// Bytes of other encodings than UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <cuvae/table.hpp>

namespace cuvae {

// What a text holds beside ASCII.
struct BeyondAscii {
  std::uint64_t characters = 0;  // of UTF-8, of two bytes or more
  std::uint64_t invalid = 0;     // bytes that belong to none

  // Bytes that are a text of eight bits a character rather than one in UTF-8 that was damaged.
  bool is_eight_bit() const { return invalid > 0 && characters * 4 < invalid; }
};

// Of the characters that begin in [from, to), a part of `whole`.
BeyondAscii count_beyond_ascii(std::string_view whole, std::size_t from, std::size_t to);

// Bytes that eight_bit_to_utf8() writes, and writes. `encoding` is latin1 or windows1252.
std::size_t utf8_size_of_eight_bit(std::string_view text, TextEncoding encoding);
void eight_bit_to_utf8(std::string_view text, TextEncoding encoding, char* out);

// Whether the text starts with a byte order mark of UTF-16.
bool has_utf16_mark(std::string_view text);

// UTF-16 to UTF-8 without the mark. With `out` null it only counts; gives the number of bytes.
// Throws Error(data), after `name`, where a character is cut in two, naming the line.
std::size_t utf16_to_utf8(std::string_view text, char* out, const std::string& name);

}  // namespace cuvae
