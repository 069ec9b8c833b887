#include "csv/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "text/utf8.hpp"

namespace cuvae {
namespace {

// 0x80 to 0x9F of Windows-1252. Its five holes are the control characters of the same number, as
// web browsers read them.
constexpr std::array<char16_t, 32> windows_1252{
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

char32_t eight_bit_character(unsigned char byte, TextEncoding encoding) {
  const bool special = encoding == TextEncoding::windows1252 && byte >= 0x80 && byte < 0xA0;
  return special ? windows_1252[byte - 0x80U] : byte;
}

std::size_t utf8_bytes(char32_t character) {
  if (character < 0x80) return 1;
  if (character < 0x800) return 2;
  return character < 0x10000 ? 3 : 4;
}

char* put_utf8(char32_t character, char* out) {
  const auto put = [&](char32_t byte) { *out++ = static_cast<char>(byte); };
  const auto follow = [&](unsigned shift) { put(0x80 | (character >> shift & 0x3FU)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0 | character >> 6U);
    follow(0);
  } else if (character < 0x10000) {
    put(0xE0 | character >> 12U);
    follow(6);
    follow(0);
  } else {
    put(0xF0 | character >> 18U);
    follow(12);
    follow(6);
    follow(0);
  }
  return out;
}

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// The first byte from `at` on that no character which begins before `at` takes.
std::size_t character_start(std::string_view whole, std::size_t at) {
  constexpr std::size_t longest = 4;
  std::size_t lead = at;
  while (lead > 0 && at - lead < longest - 1 && continues(whole[lead])) --lead;
  const std::size_t bytes = first_character(whole.substr(lead)).bytes;
  return lead < at && lead + bytes > at ? lead + bytes : at;
}

bool is_big_endian(std::string_view text) {
  if (has_utf16_mark(text)) return text[0] == '\xFE';
  // Without a mark: the names of a header hold ASCII.
  return text.size() >= 2 && text[0] == '\0' && text[1] != '\0';
}

}  // namespace

TextEncoding encoding_named(std::string_view name) {
  if (name == "auto") return TextEncoding::automatic;
  if (name == "utf-8") return TextEncoding::utf8;
  if (name == "utf-16") return TextEncoding::utf16;
  if (name == "latin-1") return TextEncoding::latin1;
  if (name == "windows-1252") return TextEncoding::windows1252;
  throw Error(ErrorKind::usage,
              fmt::format("'{}' is no encoding; there are auto, utf-8, utf-16, latin-1 and "
                          "windows-1252",
                          name));
}

BeyondAscii count_beyond_ascii(std::string_view whole, std::size_t from, std::size_t to) {
  BeyondAscii found;
  std::size_t at = from < to ? character_start(whole, from) : to;
  while (at < to) {
    std::uint64_t word = 0;
    if (at + sizeof word <= to) {
      std::memcpy(&word, whole.data() + at, sizeof word);
      if ((word & 0x8080808080808080) == 0) {
        at += sizeof word;
        continue;
      }
    }
    if (static_cast<unsigned char>(whole[at]) < 0x80) {
      ++at;
      continue;
    }
    const std::size_t bytes = first_character(whole.substr(at)).bytes;
    ++(bytes > 0 ? found.characters : found.invalid);
    at += std::max<std::size_t>(bytes, 1);
  }
  return found;
}

std::size_t utf8_size_of_eight_bit(std::string_view text, TextEncoding encoding) {
  std::size_t size = text.size();
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) size += utf8_bytes(eight_bit_character(byte, encoding)) - 1;
  }
  return size;
}

void eight_bit_to_utf8(std::string_view text, TextEncoding encoding, char* out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      *out++ = c;
    } else {
      out = put_utf8(eight_bit_character(byte, encoding), out);
    }
  }
}

bool has_utf16_mark(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

std::size_t utf16_to_utf8(std::string_view text, char* out, const std::string& name) {
  const bool big = is_big_endian(text);
  std::size_t lines = 1;
  const auto fail = [&](const char* what) {
    throw Error(ErrorKind::data,
                fmt::format("{}: line {}: {}, so it is no text in UTF-16; save it again, or say "
                            "with `encoding` what it is",
                            name, lines, what));
  };
  const auto unit_at = [&](std::size_t at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const auto second = static_cast<unsigned char>(text[at + 1]);
    return static_cast<char32_t>(big ? first << 8U | second : second << 8U | first);
  };
  std::size_t size = 0;
  std::size_t at = has_utf16_mark(text) ? 2 : 0;
  for (; at + 1 < text.size(); at += 2) {
    char32_t character = unit_at(at);
    if (character >= 0xD800 && character < 0xE000) {
      const char32_t second = at + 3 < text.size() ? unit_at(at + 2) : 0;
      const bool pair = character < 0xDC00 && second >= 0xDC00 && second < 0xE000;
      if (!pair) fail("half a character stands there");
      character = 0x10000 + ((character - 0xD800) << 10U) + (second - 0xDC00);
      at += 2;
    }
    lines += character == U'\n' ? 1 : 0;
    size += utf8_bytes(character);
    if (out != nullptr) out = put_utf8(character, out);
  }
  if (at < text.size()) fail("its last character is cut in two");
  return size;
}

}  // namespace cuvae
