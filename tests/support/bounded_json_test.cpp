#include "support/bounded_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

namespace cuvae::test {
namespace {

constexpr JsonBounds tight{3, 9, 1000};

TEST(BoundedJson, GivesWhatTheParserGives) {
  const std::string text = R"({"a":[1,-2,3.5,"text",null,true],"b":{"c":{}}})";
  EXPECT_EQ(parse_bounded(text, tight), nlohmann::json::parse(text));
}

TEST(BoundedJson, MalformedTextIsTheParsersError) {
  for (const char* text : {"", "{", "[1,]", "{} {}", "nul"}) {
    EXPECT_THROW(parse_bounded(text, tight), nlohmann::json::parse_error) << text;
  }
}

TEST(BoundedJson, DeepTextsAreRefused) {
  EXPECT_NO_THROW(parse_bounded("[[[1]]]", tight));
  EXPECT_THROW(parse_bounded("[[[[1]]]]", tight), Error);
  EXPECT_THROW(parse_bounded(R"({"a":{"a":{"a":{}}}})", tight), Error);
  EXPECT_THROW(parse_bounded(std::string(1'000'000, '['), tight), Error);
}

TEST(BoundedJson, TextsOfManySmallValuesAreRefused) {
  const auto list = [](const std::string& part, std::size_t count) {
    std::string text = "[" + part;
    for (std::size_t i = 1; i < count; ++i) text += "," + part;
    return text + "]";
  };
  EXPECT_NO_THROW(parse_bounded(list("1234567", 10'000), tight));
  EXPECT_NO_THROW(parse_bounded(list("\"a label of some length\"", 10'000), tight));
  EXPECT_NO_THROW(parse_bounded(list("[]", 10), tight));
  EXPECT_THROW(parse_bounded(list("[]", 10'000), tight), Error);
  EXPECT_THROW(parse_bounded(list("{}", 10'000), tight), Error);
  EXPECT_THROW(parse_bounded(list("\"\"", 10'000), tight), Error);
  EXPECT_THROW(parse_bounded(list("{\"a\":1}", 10'000), tight), Error);
}

}  // namespace
}  // namespace cuvae::test
