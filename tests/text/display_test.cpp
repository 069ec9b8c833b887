#include "text/display.hpp"

#include <gtest/gtest.h>

#include "text/separators.hpp"
#include "text/utf8.hpp"

namespace {

using namespace cuvae;

TEST(Display, SeparatesThousands) {
  EXPECT_EQ(with_separators(0), "0");
  EXPECT_EQ(with_separators(999), "999");
  EXPECT_EQ(with_separators(1'000), "1,000");
  EXPECT_EQ(with_separators(24'386'900), "24,386,900");
  EXPECT_EQ(with_separators(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
}

TEST(Display, EscapesWhatDrivesATerminal) {
  EXPECT_EQ(printable("Zürich 東京"), "Zürich 東京");
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(printable("a\nb", true), "a\nb");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");             // a control sequence in one character
  EXPECT_EQ(printable("\u202Eevil"), "\\xe2\\x80\\xaeevil");  // right to left override
}

TEST(Display, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(printable("\xe6\x9d"), "\\xe6\\x9d");           // cut short
}

TEST(Display, MessagesShowWholeCharacters) {
  EXPECT_EQ(in_quotes("a\nb"), "'a b'");
  std::string many = "x";
  while (many.size() < 120) many += "\u00FC";
  const std::string text = in_quotes(many);
  EXPECT_TRUE(is_utf8(text));
  EXPECT_TRUE(text.ends_with("\u00FC\u2026'")) << text;
}

TEST(Display, TheTerminalAndTheReportDistrustTheSameCharacters) {
  const std::string replaced = "\uFFFD";
  for (char32_t code = 1; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 0x101) {
    std::string character;
    append_utf8(character, code);
    const bool is_break = code == '\n' || code == '\r' || code == '\t';
    const bool trusted = !is_break && displayed(character, 1) == character;
    EXPECT_EQ(printable(character) == character, trusted || character == replaced)
        << static_cast<std::uint32_t>(code);
  }
}

}  // namespace
