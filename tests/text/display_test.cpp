#include "text/display.hpp"

#include <gtest/gtest.h>

namespace {

using namespace cuvae;

TEST(Display, MessagesShowCellsWhole) {
  EXPECT_EQ(shown("a\nb"), "'a?b'");
  const std::string umlauts = "\xC3\xBC\xC3\xBC";
  std::string many = "x";
  while (many.size() < 60) many += umlauts;
  const std::string text = shown(many);
  EXPECT_EQ(text.substr(text.size() - 4), "...'");
  EXPECT_EQ((text.size() - 5) % 2, 1U);  // no half character
}

}  // namespace
