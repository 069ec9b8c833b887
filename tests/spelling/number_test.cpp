#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include <cuvae/error.hpp>

#include "cells.hpp"
#include "spelling/new_numbers.hpp"
#include "spelling/number_forms.hpp"
#include "spelling/number_spelling.hpp"

namespace {

using namespace cuvae;
using test::Cells;
using test::spelled;

std::shared_ptr<const Spelling> learn(const Cells& cells) {
  const std::vector<CellCount> list = cells.list();
  std::shared_ptr<const Spelling> spelling = learn_numbers(list);
  if (!spelling) return nullptr;
  for (const CellCount& cell : list) {
    const std::optional<SpelledCell> parsed = spelling->parse(cell.text);
    EXPECT_TRUE(parsed) << cell.text;
    if (!parsed) continue;
    EXPECT_EQ(spelled(*spelling, parsed->number, parsed->form), cell.text);
  }
  return spelling;
}

double number_of(const Spelling& spelling, const std::string& cell) {
  const std::optional<SpelledCell> parsed = spelling.parse(cell);
  return parsed ? parsed->number : std::numeric_limits<double>::quiet_NaN();
}

// What a column of these cells makes of further numbers.
struct Expected {
  Cells cells;
  std::vector<std::pair<double, std::string>> spelled;
};

TEST(NumberSpelling, OneFormSpellsSignsSymbolsMarksAndBlanks) {
  const std::vector<Expected> columns = {
      {{"1.50", "-2.25", "13.00"}, {{7, "7.00"}, {-0.5, "-0.50"}, {-0.001, "0.00"}}},
      {{"-$3.57", "$12.00", "$0.25"}, {{-1234.5, "-$1234.50"}, {0, "$0.00"}}},
      {{"$-3.57", "$12.00"}, {{-1234.5, "$-1234.50"}}},
      {{"(12.00)", "12.50", "3.25"}, {{-7, "(7.00)"}, {7, "7.00"}, {-0.004, "0.00"}}},
      {{"($12.00)", "$12.50"}, {{-1234.5, "($1234.50)"}}},
      {{"12.00-", "12.50"}, {{-7, "7.00-"}, {7, "7.00"}}},
      {{"+8.62", "-1.25", "0.00"}, {{7, "+7.00"}, {-7, "-7.00"}, {0, "0.00"}}},
      {{"\xE2\x88\x92"
        "1.5",
        "2.5"},
       {{-7,
         "\xE2\x88\x92"
         "7.0"}}},
      {{"12,00 \xE2\x82\xAC", "-1.234,50 \xE2\x82\xAC"}, {{-1e6, "-1.000.000,00 \xE2\x82\xAC"}}},
      {{"\xC2\xA3"
        "1.50",
        "\xC2\xA3"
        "2.25"},
       {{-3,
         "-\xC2\xA3"
         "3.00"}}},
      {{"USD 12.00", "USD -3.25"}, {{-7, "USD -7.00"}}},
      {{"12.00 EUR", "-3.25 EUR"}, {{-7, "-7.00 EUR"}}},
      {{"1.5 kg", "12.0 kg"}, {{3.26, "3.3 kg"}}},
      {{"31 %", "7 %"}, {{99.6, "100 %"}}},
      {{"26.69%", "6.01%"}, {{100, "100.00%"}}},
      {{"1,234.50", "7.25"}, {{1234567.125, "1,234,567.12"}, {999.994, "999.99"}}},
      {{"24,6", "3,1"}, {{-7.25, "-7,2"}}},
      {{"1 234,5", "7,1"}, {{-1234.5, "-1 234,5"}}},
      {{"1'234.5", "7.1"}, {{1e6, "1'000'000.0"}}},
      {{"1\xC2\xA0"
        "234,5",
        "7,1"},
       {{1e6,
         "1\xC2\xA0"
         "000\xC2\xA0"
         "000,0"}}},
      {{"1\xE2\x80\xAF"
        "234,5",
        "7,1"},
       {{1e3,
         "1\xE2\x80\xAF"
         "000,0"}}},
      {{" 426 ", " 17 "}, {{-5, " -5 "}}},
      {{"$1,234.50 ", "$7.25 "}, {{-5, "-$5.00 "}}},
      {{"   7.5", "  12.5", "-100.5", "1234567.5"}, {{-1, "  -1.0"}, {99999999, "99999999.0"}}},
      {{"7.5   ", "12.5  ", "-100.5"}, {{-1, "-1.0  "}}},
      {{"$  7.50", "$ 12.50", "$100.25"}, {{1, "$  1.00"}, {12345, "$12345.00"}}},
      {{"1,234", "12", "999", "1,000,000"}, {{12345, "12,345"}}},
      {{"1234,5", "12,5", "12.345,5"}, {{1000, "1000,0"}, {10000, "10.000,0"}}},
      {{".5", "-.25", "3.75"}, {{0.125, ".12"}, {-0.5, "-.5"}}},
      {{"1.5e-05", "2.25e+03", "1e+00"}, {{12500, "1.25e+04"}}},
      {{"1.50E3", "2.25E12", "3.00E-7"}, {{12500, "1.25E4"}}},
  };
  for (const Expected& column : columns) {
    const auto spelling = learn(column.cells);
    const std::string first(column.cells.list()[0].text);
    ASSERT_TRUE(spelling) << first;
    EXPECT_EQ(spelling->forms(), 1U) << first;
    EXPECT_EQ(spelling->kind(), ColumnKind::continuous);
    for (const auto& [number, text] : column.spelled) {
      EXPECT_EQ(spelled(*spelling, number), text) << first;
    }
  }
}

TEST(NumberSpelling, DecimalsAreThoseThatANumberNeeds) {
  const auto mixed = learn({"2", "2.5", "0.0002"});
  ASSERT_TRUE(mixed);
  EXPECT_EQ(mixed->forms(), 1U);
  EXPECT_EQ(mixed->parts()[0].decimals, 4);
  EXPECT_EQ(spelled(*mixed, 3), "3");
  const auto cents = learn({"$3.57", "$12.00", "$0.0066", "$1.20"});
  ASSERT_TRUE(cents);
  EXPECT_EQ(cents->forms(), 1U);
  EXPECT_EQ(spelled(*cents, 7), "$7.00");
  EXPECT_EQ(spelled(*cents, 0.0125), "$0.0125");
  const auto bare = learn({"$12", "$12.50", "$3.25", "$100"});
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->forms(), 1U);
  EXPECT_EQ(spelled(*bare, 7.2), "$7.20");
  EXPECT_EQ(spelled(*bare, 7), "$7");
  const auto zero = learn({"0", "12.50", "5.00"});
  ASSERT_TRUE(zero);
  EXPECT_EQ(zero->forms(), 1U);
  EXPECT_EQ(spelled(*zero, 0), "0");
  EXPECT_EQ(spelled(*zero, 3), "3.00");
}

TEST(NumberSpelling, DigitsOfDoublesComeBackAsTheyAre) {
  const auto longest = learn({"52.301268414422886", "52.36051891070473", "52.3"});
  ASSERT_TRUE(longest);
  EXPECT_EQ(longest->parts()[0].decimals, -1);
  EXPECT_EQ(spelled(*longest, 0.1), "0.1");
  const auto noisy = learn({"0.7000000000000001", "2.1", "7.0", "1.2000000000000002"});
  ASSERT_TRUE(noisy);
  EXPECT_EQ(noisy->forms(), 1U);
  EXPECT_EQ(spelled(*noisy, 8), "8.0");
  EXPECT_EQ(spelled(*noisy, 0.1 + 0.2), "0.30000000000000004");
  const auto tiny = learn({"1e-05", "0.0002", "1.5e+16", "123456.25", "2.0"});
  ASSERT_TRUE(tiny);
  EXPECT_EQ(tiny->forms(), 1U);
  EXPECT_EQ(spelled(*tiny, 0.5), "0.5");
  EXPECT_EQ(spelled(*tiny, 2e-7), "2e-07");
  // No double has these digits.
  EXPECT_FALSE(learn({"0.12345678901234567890", "0.5"}));
  EXPECT_FALSE(learn({"9007199254740993.5", "0.5"}));
  EXPECT_FALSE(learn({"36893488147419103232 kg", "0.5 kg"}));
}

// Numbers beyond what the tokenizer keeps one by one.
constexpr int many = 5000;

TEST(NumberSpelling, ManyNumbersMixFormsAsTheCellsDo) {
  Cells cells({});
  for (int i = 0; i < many; ++i) {
    const double number = 100 + i * 0.37;
    cells.add(fmt::format("{:.{}f}", number, i % 3 == 0 ? 0 : i % 3 == 1 ? 2 : 4));
  }
  const auto spelling = learn(cells);
  ASSERT_TRUE(spelling);
  EXPECT_EQ(spelling->forms(), 3U);
  std::vector<std::string> texts;
  for (std::uint32_t form = 0; form < 3; ++form) texts.push_back(spelled(*spelling, 7.25, form));
  std::sort(texts.begin(), texts.end());
  EXPECT_EQ(texts, (std::vector<std::string>{"7", "7.25", "7.2500"}));
}

TEST(NumberSpelling, ZerosThatAreLeftOutAreNoForm) {
  Cells cents({});
  for (int i = 0; i < many; ++i) cents.add(fmt::format("{}", (1000 + i) / 100.0));
  const auto one = learn(cents);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->forms(), 1U);
  EXPECT_EQ(spelled(*one, 7.2), "7.2");
  // Many have one decimal or none: that is the column's way, not chance.
  Cells halves({});
  for (int i = 0; i < many; ++i) {
    halves.add(i % 2 == 0 ? fmt::format("{}", i / 10.0)
                          : fmt::format("{:.4f}", i / 1000.0 + 0.0001));
  }
  const auto three = learn(halves);
  ASSERT_TRUE(three);
  EXPECT_EQ(three->forms(), 3U);
  EXPECT_NE(three->parse("0.4")->form, three->parse("0.0011")->form);
}

TEST(NumberSpelling, SymbolsThatSomeCellsHaveAreForms) {
  const auto spelling = learn({"$1.50", "2.75", "-$3.25", "7.00", "-2.00"});
  ASSERT_TRUE(spelling);
  EXPECT_EQ(spelling->forms(), 2U);
  EXPECT_EQ(number_of(*spelling, "-$3.25"), -3.25);
  const auto currencies = learn({"12.00 EUR", "7.50 USD", "-1.25 USD"});
  ASSERT_TRUE(currencies);
  EXPECT_EQ(currencies->forms(), 2U);
  const auto points = learn({"3", "-.25", ".5", "1."});
  ASSERT_TRUE(points);
  EXPECT_EQ(points->forms(), 2U);
}

TEST(NumberSpelling, MinusZeroIsSpelledWhereTheColumnHasIt) {
  const auto with = learn({"-0.00", "0.00", "1.25"});
  ASSERT_TRUE(with);
  EXPECT_EQ(with->forms(), 1U);
  EXPECT_EQ(spelled(*with, -0.001), "-0.00");
  const auto without = learn({"0.00", "-1.25"});
  ASSERT_TRUE(without);
  EXPECT_EQ(spelled(*without, -0.0), "0.00");
}

TEST(NumberSpelling, WhatMarksMeanIsDecidedOverTheColumn) {
  std::string note;
  const auto value = [&note](const Cells& cells, const std::string& cell) {
    note.clear();
    const auto spelling = learn_numbers(cells.list(), &note);
    return spelling ? number_of(*spelling, cell) : std::numeric_limits<double>::quiet_NaN();
  };
  EXPECT_EQ(value({"1,234", "12"}, "1,234"), 1234);
  EXPECT_EQ(note, "");
  EXPECT_EQ(value({"1,234", "12,5"}, "1,234"), 1.234);
  EXPECT_EQ(value({"1,234", "0,125"}, "1,234"), 1.234);
  EXPECT_EQ(value({"1,234", "1234"}, "1,234"), 1.234);
  EXPECT_EQ(note, "");
  EXPECT_EQ(value({"1,234", "12,345"}, "1,234"), 1234);
  EXPECT_NE(note.find("1,234"), std::string::npos);
  EXPECT_EQ(value({"1.234", "12.345"}, "1.234"), 1.234);
  EXPECT_EQ(value({"1.234.567", "12.345"}, "12.345"), 12345);
  EXPECT_EQ(value({"1.500", "12.340", "7"}, "1.500"), 1500);
  EXPECT_NE(note, "");
  EXPECT_TRUE(std::isnan(value({"1,23,456.50", "1.25"}, "1.25")));  // India's groups
  EXPECT_TRUE(std::isnan(value({"1,234.5", "1.234,5"}, "1,234.5")));
}

TEST(NumberSpelling, CodesStayTexts) {
  const std::vector<Cells> codes = {
      {"007.1", "250.00"},
      {"1.10", "1.1", "2.0"},
      {"1.2.3", "1.2.4"},
      {"192.168.0.1", "10.0.0.12"},
      {"10E3", "12E4"},
      {"+49 123 456", "+44 987 654"},
      {"552 100 554", "732 829 320"},
      {"02134 ", "10001 "},
      {"T-17", "T-18.5"},
      {"v1.2", "v1.5"},
      {"Q1", "Q2"},
      {"#17", "#18"},
      {"1st", "2nd", "3rd"},
      {"1 star", "2 stars", "3 stars"},
      {"36 months", "60 months"},
      {"12-A", "13-A"},
      {"555-1234", "555-1235"},
      {"12:30", "13:30"},
      {"3/4", "1/2"},
      {"12 Elm Street", "5 Oak Road"},
      {"abc", "1"},
      {"inf", "1.5"},
      {"-(5.5)", "1.5"},
      {"--5.5", "1.5"},
  };
  for (const Cells& cells : codes) EXPECT_FALSE(learn(cells)) << cells.list()[0].text;
  EXPECT_FALSE(learn_numbers({}));
  Cells icd({});
  for (const char* code : {"250.00", "401.9", "530.81", "585.6", "3.10"}) icd.add(code, 100);
  EXPECT_FALSE(learn(icd));
}

TEST(NumberSpelling, ConditionsAreReadInTheColumnsFormsAndPlainly) {
  const auto dollars = learn({"$1,234.50", "($12.00)"});
  ASSERT_TRUE(dollars);
  for (const char* text : {"$1,000", "1000", "1,000.00", " 1000.0 ", "$1000"}) {
    EXPECT_EQ(dollars->number_in(text), 1000) << text;
  }
  EXPECT_EQ(dollars->number_in("($5)"), -5);
  EXPECT_EQ(dollars->number_in("-5"), -5);
  EXPECT_FALSE(dollars->number_in("five"));
  EXPECT_FALSE(dollars->number_in("5 kg"));
  const auto comma = learn({"1.234,50", "7,25"});
  ASSERT_TRUE(comma);
  EXPECT_EQ(comma->number_in("1.500"), 1500);
  EXPECT_EQ(comma->number_in("1,5"), 1.5);
  EXPECT_EQ(comma->number_in("1.5"), 1.5);
}

TEST(NumberSpelling, WholeNumbersHaveOneOfTheirOwn) {
  const auto spelling = whole_number_spelling();
  EXPECT_EQ(spelled(*spelling, -1234.6), "-1235");
  EXPECT_EQ(spelled(*spelling, -0.2), "0");
  EXPECT_EQ(number_of(*spelling, "-17"), -17);
  for (const char* other : {"+17", "017", "17.0", "-0"}) EXPECT_FALSE(spelling->parse(other));
  EXPECT_EQ(spelling->parts()[0].decimals, 0);
}

TEST(NumberSpelling, FormsAreBounded) {
  Cells cells({});
  for (int form = 0; form < 200; ++form) {
    cells.add(std::string(static_cast<std::size_t>(form % 10), ' ') + "1.5" +
              std::string(static_cast<std::size_t>(form / 10), ' '));
  }
  EXPECT_FALSE(learn(cells));
}

// Forms at random, of the kinds that learning finds.
class RandomForms {
 public:
  explicit RandomForms(std::uint64_t seed) : engine_(seed) {}

  NumberStyle style() {
    NumberStyle style;
    style.marks.decimal = chance(3) ? ',' : '.';
    if (chance(2)) style.marks.group = pick(thousands_marks);
    if (style.marks.group.empty() && chance(2))
      style.marks.group = style.marks.decimal == '.' ? "," : ".";
    if (chance(4)) {
      style.padding = {static_cast<Padding::Place>(1 + below(3)), below(20), below(2)};
      if (style.padding.place == Padding::Place::inside) style.padding = {};
    }
    return style;
  }

  NumberTemplate form(const NumberStyle& style) {
    static const std::vector<std::string> before = {"",         "",     "$",
                                                    "\xC2\xA3", "USD ", "\xE2\x82\xAC "};
    static const std::vector<std::string> behind = {"",    "", "%", " %", " kg", " \xE2\x82\xAC",
                                                    " CHF"};
    NumberTemplate form;
    form.positive = {pick(before), pick(behind)};
    form.zero = form.positive;
    form.negative = form.positive;
    switch (below(4)) {
      case 0:
        form.negative.before += "-";
        break;
      case 1:
        form.negative.before.insert(0, "-");
        break;
      case 2:
        form.negative = {"(" + form.positive.before, form.positive.behind + ")"};
        break;
      default:
        form.negative.behind.insert(0, "-");
        break;
    }
    form.decimals = range();
    form.bare_whole = chance(5);
    form.bare_zero = chance(5);
    form.minus_zero = chance(5);
    form.point_at_end = chance(8) && form.positive.behind.empty() && form.negative.behind.empty();
    form.bare_point = chance(5);
    if (!style.marks.group.empty() && chance(2)) form.group_from = 4 + below(2);
    if (chance(4)) {
      form.exponent_below = chance(2) ? -4 : NumberTemplate::always_below;
      form.exponent_from = chance(2) ? 16 : NumberTemplate::always_below;
      form.point_at_end = false;
    }
    form.mantissa = range();
    form.exponent_letter = chance(2) ? 'E' : 'e';
    form.exponent_plus = chance(2);
    form.exponent_digits = 1 + below(3);
    return form;
  }

  double number(const NumberTemplate& form) {
    const double size = std::pow(10.0, below(10) - 3);
    const double number = (static_cast<double>(engine_() >> 11) * 0x1p-53 - 0.5) * size;
    if (chance(3) && form.decimals.most >= 0) {
      const double unit = std::pow(10.0, form.decimals.most);
      return std::round(number * unit) / unit;
    }
    return number;
  }

  int below(int end) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(end)); }
  bool chance(int of) { return below(of) == 0; }

 private:
  template <class List>
  std::string pick(const List& list) {
    return std::string(list[static_cast<std::size_t>(below(static_cast<int>(list.size())))]);
  }

  DecimalsRange range() {
    DecimalsRange range{below(5), 0};
    range.most = chance(5) ? DecimalsRange::shortest : range.least + below(4);
    return range;
  }

  std::mt19937_64 engine_;
};

TEST(NumberSpelling, AMillionRandomNumbersAreReadAsTheyAreSpelled) {
  constexpr int columns = 10'000;
  constexpr int numbers = 100;
  constexpr double huge = 1e15;
  RandomForms random(20);
  for (int column = 0; column < columns; ++column) {
    const NumberStyle style = random.style();
    const NumberTemplate form = random.form(style);
    const NumberSpelling spelling(style, {form});
    for (int i = 0; i < numbers; ++i) {
      const double number = random.number(form);
      ASSERT_LT(std::abs(number), huge);
      const std::string text = spelled(spelling, number);
      ASSERT_LE(text.size(), spelling.most_bytes());
      const auto parsed = spelling.parse(text);
      ASSERT_TRUE(parsed) << "'" << text << "' " << spelling.to_json();
      ASSERT_EQ(spelled(spelling, parsed->number), text);
      const bool exact = form.decimals.most == DecimalsRange::shortest &&
                         form.mantissa.most == DecimalsRange::shortest;
      if (exact) {
        ASSERT_EQ(parsed->number, number) << text;
      }
      if (form.exponent_below == NumberTemplate::never_below &&
          form.exponent_from == NumberTemplate::always_below && form.decimals.most >= 0) {
        const double half = 0.5 * std::pow(10.0, -form.decimals.most);
        ASSERT_LE(std::abs(parsed->number - number), half * (1 + 1e-6) + 1e-12 * std::abs(number));
      }
    }
  }
}

TEST(NumberSpelling, ColumnsOfRandomFormsAreLearned) {
  constexpr int columns = 2'000;
  RandomForms random(21);
  int learned = 0;
  for (int column = 0; column < columns; ++column) {
    const NumberStyle style = random.style();
    const NumberTemplate form = random.form(style);
    const NumberSpelling real(style, {form});
    Cells cells({});
    for (int i = 0; i < 60; ++i) cells.add(spelled(real, random.number(form)));
    if (const auto spelling = learn(cells)) {
      ++learned;
      EXPECT_LE(spelling->forms(), NumberSpelling::most_forms);
      EXPECT_EQ(spelling_from_json(spelling->to_json())->to_json(), spelling->to_json());
    }
  }
  EXPECT_GT(learned, columns * 9 / 10);
}

TEST(NumberSpelling, AnyNumberKeepsWithinItsBytes) {
  RandomForms random(22);
  const double extremes[] = {std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::max(),
                             std::numeric_limits<double>::lowest(),
                             std::numeric_limits<double>::min(),
                             std::numeric_limits<double>::denorm_min(),
                             -2.2250738585072011e-308,
                             9007199254740993.0,
                             -0.0,
                             0.5};
  for (int column = 0; column < 2'000; ++column) {
    const NumberStyle style = random.style();
    NumberTemplate form = random.form(style);
    if (random.chance(2)) form.decimals = {40, random.chance(2) ? 40 : DecimalsRange::shortest};
    const NumberSpelling spelling(style, {form});
    for (const double number : extremes) {
      std::vector<char> text(spelling.most_bytes());  // sanitizers watch its end
      const char* const end = spelling.spell(text.data(), {number, 77});
      ASSERT_LE(end - text.data(), static_cast<std::ptrdiff_t>(text.size()));
    }
  }
}

TEST(NumberSpelling, HostileJsonIsRefusedOrHarmless) {
  const auto real = learn({"$1,234.50", "($12.00)", "$3.25"});
  ASSERT_TRUE(real);
  const nlohmann::json good = real->to_json();
  const std::vector<nlohmann::json> values = {nullptr,
                                              -1,
                                              41,
                                              100000,
                                              1e300,
                                              std::uint64_t{1} << 63U,
                                              "",
                                              "\xFF",
                                              "12",
                                              std::string(1000, 'x'),
                                              true,
                                              nlohmann::json::array(),
                                              nlohmann::json::array({1, 2, 3}),
                                              nlohmann::json::array({41, 3}),
                                              nlohmann::json::array({3, 1}),
                                              nlohmann::json::array({"", 3}),
                                              nlohmann::json::object()};
  int refused = 0;
  const auto attempt = [&](const nlohmann::json& json) {
    try {
      const auto spelling = spelling_from_json(json);
      std::vector<char> text(spelling->most_bytes());
      for (const double number : {-1e308, 5e-324, 1234.5}) {
        const char* const end = spelling->spell(text.data(), {number, 0});
        ASSERT_LE(end - text.data(), static_cast<std::ptrdiff_t>(text.size()));
        spelling->parse({text.data(), static_cast<std::size_t>(end - text.data())});
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data);
      ++refused;
    }
  };
  for (const auto& item : good.items()) {
    nlohmann::json without = good;
    without.erase(item.key());
    EXPECT_THROW(spelling_from_json(without), Error) << item.key();
    for (const nlohmann::json& value : values) {
      nlohmann::json bad = good;
      bad[item.key()] = value;
      attempt(bad);
    }
  }
  for (const char* part : {"forms", "padding"}) {
    const nlohmann::json& object = good[part].is_array() ? good[part][0] : good[part];
    for (const auto& item : object.items()) {
      for (const nlohmann::json& value : values) {
        nlohmann::json bad = good;
        (bad[part].is_array() ? bad[part][0] : bad[part])[item.key()] = value;
        attempt(bad);
      }
    }
  }
  EXPECT_GT(refused, 250);
  nlohmann::json many_forms = good;
  while (many_forms["forms"].size() <= NumberSpelling::most_forms) {
    many_forms["forms"].push_back(good["forms"][0]);
  }
  EXPECT_THROW(spelling_from_json(many_forms), Error);
}

TEST(NewNumbers, ManyWholeNumbersOfTheirOwnWantNewOnes) {
  std::vector<std::string> labels;
  std::vector<std::uint64_t> once;
  for (int i = 0; i < 1000; ++i) {
    labels.push_back(std::to_string(1000 + 7 * i));
    once.push_back(1);
  }
  EXPECT_TRUE(wants_new_numbers(labels, once, 1000));
  EXPECT_TRUE(wants_new_numbers(labels, once, 3999));
  EXPECT_FALSE(wants_new_numbers(labels, once, 4000));
  EXPECT_FALSE(wants_new_numbers(labels, std::vector<std::uint64_t>(1000, 9), 9000));
  for (const char* other : {"+7", "007", "7.0", "-0"}) {
    labels[0] = other;
    EXPECT_FALSE(wants_new_numbers(labels, once, 1000)) << other;
  }
  labels[0] = "";
  once[0] = 5000;
  EXPECT_TRUE(wants_new_numbers(labels, once, 6000));
  labels.resize(101);
  once.resize(101);
  EXPECT_FALSE(wants_new_numbers(labels, once, 5100));
}

}  // namespace
