#include "text/display.hpp"

#include <fmt/format.h>

#include "text/utf8.hpp"

namespace cuvae {
namespace {

constexpr char32_t replacement = 0xFFFD;

// Control characters, and those that hide or reorder what stands around them.
bool misleads(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E ||
         c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB) ||
         (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || (c >= 0xE0000 && c <= 0xE0FFF);
}

std::string escaped(std::string_view bytes) {
  if (bytes == "\n") return "\\n";
  if (bytes == "\r") return "\\r";
  if (bytes == "\t") return "\\t";
  std::string text;
  for (const char byte : bytes) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  return text;
}

}  // namespace

std::string displayed(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t last = 0;  // where the last character begins
  for (std::size_t characters = 0; !text.empty(); ++characters) {
    if (characters == most) {
      out.resize(last);
      return out + "\u2026";
    }
    const auto [code, bytes] = first_character(text);
    last = out.size();
    if (code == '\n' || code == '\r' || code == '\t') {
      out += ' ';
    } else {
      append_utf8(out, bytes == 0 || misleads(code) ? replacement : code);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out;
}

std::string printable(std::string_view text, bool keep_newlines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [code, bytes] = first_character(text);
    const std::string_view taken = text.substr(0, bytes == 0 ? 1 : bytes);
    const bool kept = bytes != 0 && (!misleads(code) || (keep_newlines && code == '\n'));
    if (kept) {
      out += taken;
    } else {
      out += escaped(taken);
    }
    text.remove_prefix(taken.size());
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most_characters = 40;
  return fmt::format("'{}'", displayed(text, most_characters));
}

}  // namespace cuvae
