#include "terminal/text.hpp"

#include <gtest/gtest.h>

#include "terminal/suggest.hpp"

namespace cuvae::cli {
namespace {

TEST(Text, ScalesNumbersWithoutRoundingOverThePrefix) {
  EXPECT_EQ(with_prefix(999), "999");
  EXPECT_EQ(with_prefix(999.7), "1.00 k");
  EXPECT_EQ(with_prefix(25'130'000), "25.1 M");
  EXPECT_EQ(with_prefix(999'900), "1.00 M");
  EXPECT_EQ(bytes_text(12), "12 B");
  EXPECT_EQ(bytes_text(2'350'000'000), "2.35 GB");
}

TEST(Text, WritesDurations) {
  EXPECT_EQ(duration_text(0.1234), "0.12 s");
  EXPECT_EQ(duration_text(12.34), "12.3 s");
  EXPECT_EQ(duration_text(59.7), "1:00");
  EXPECT_EQ(duration_text(3'725), "1:02:05");
}

TEST(Text, ShortensByCharacters) {
  EXPECT_EQ(shortened("Zürich", 6), "Zürich");
  EXPECT_EQ(shortened("Zürich", 4), "Zür…");
  EXPECT_EQ(display_width(shortened("東京都千代田区", 5)), 5U);
}

TEST(Text, WrapsAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 7), "one two\nthree");
  EXPECT_EQ(wrapped("unbreakable", 3), "unbreakable");
  EXPECT_EQ(wrapped("a\nb", 10), "a\nb");
}

TEST(Text, AlignsColumns) {
  TextTable table({TextTable::Align::left, TextTable::Align::right});
  table.add({"é", "1"});
  table.add({"ab", "100"});
  EXPECT_EQ(table.text(), "é     1\nab  100\n");
}

TEST(Suggest, FindsSlipsAndNothingElse) {
  const std::vector<std::string> verbs{"run", "train", "generate", "evaluate"};
  EXPECT_EQ(closest("trian", verbs), "train");
  EXPECT_EQ(closest("gen", verbs), "run");
  EXPECT_EQ(closest("gener", verbs), "generate");
  EXPECT_EQ(closest("evalute", verbs), "evaluate");
  EXPECT_EQ(closest("frobnicate", {"run", "train"}), "");
  EXPECT_EQ(closest(std::string(100'000, 'x'), verbs), "");
}

}  // namespace
}  // namespace cuvae::cli
