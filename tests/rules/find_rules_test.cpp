#include "rules/find_rules.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include <cuvae/error.hpp>

#include "rules/column_numbers.hpp"
#include "tables.hpp"

namespace cuvae {
namespace {

using namespace test;
using Texts = std::vector<std::string>;

constexpr std::size_t rows = 3'000;

TEST(FindRules, FindsEqualColumns) {
  Draws draws(1);
  const Units values = draws.many(rows, 0, 100'000);
  std::vector<std::string> ids;
  for (std::size_t row = 0; row < rows; ++row) ids.push_back("id" + std::to_string(row));
  std::shuffle(ids.begin(), ids.end(), std::mt19937_64(1));
  Table table =
      table_of({coded_column("id", ColumnKind::label, ids), value_column("v", values, 2),
                coded_column("id again", ColumnKind::label, ids), value_column("w", values, 2)});
  EXPECT_EQ(found_in(table), (Texts{"\"id again\" = id", "w = v"}));
}

TEST(FindRules, MapsLabelsThatStandForEachOther) {
  Draws draws(2);
  std::vector<std::string> codes, names;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto person = draws.between(0, 4'000);
    codes.push_back("c" + std::to_string(person));
    names.push_back("n" + std::to_string(person * 7 % 4'001));
  }
  Table table = table_of({coded_column("code", ColumnKind::label, codes),
                          coded_column("name", ColumnKind::label, names)});
  const FoundRules found = find_rules(table);
  ASSERT_EQ(found.rules.size(), 1U);
  const Rule& rule = found.rules[0];
  for (std::size_t row = 0; row < rows; ++row) {
    ASSERT_EQ(table.columns[1].codes[row], rule.labels[table.columns[0].codes[row]]);
  }
}

TEST(FindRules, DoesNotMapLabelsThatAreUniqueByThemselves) {
  std::vector<std::string> ids, names;
  for (std::size_t row = 0; row < rows; ++row) {
    ids.push_back("id" + std::to_string(row));
    names.push_back("name" + std::to_string(row * 7 % rows));
  }
  Table table = table_of(
      {coded_column("id", ColumnKind::label, ids), coded_column("name", ColumnKind::label, names)});
  EXPECT_EQ(found_in(table), Texts{});
}

TEST(FindRules, LeavesLabelsThatRepeatToTheTokenizer) {
  Draws draws(3);
  const Units shops = draws.many(rows, 0, 99);
  Table table = table_of({ordinal_column("shop", shops), ordinal_column("copy", shops),
                          ordinal_column("zip", each(shops, [](auto x) { return 3 * x + 1; }))});
  EXPECT_EQ(found_in(table), Texts{});
}

TEST(FindRules, FindsUnitsAndRates) {
  Draws draws(4);
  const Units net = draws.many(rows, 100, 500'000);
  Table table =
      table_of({value_column("net", net, 2), value_column("cents", net, 0),
                value_column("tax", each(net, [](auto x) { return (19 * x + 50) / 100; }), 2),
                value_column("unrelated", draws.many(rows, 0, 90'000), 2)});
  EXPECT_EQ(found_in(table), (Texts{"cents = 100 * net", "tax = 0.19 * net"}));
}

TEST(FindRules, TakesTheColumnThatHoldsNumbersWhereTheOtherHoldsLabels) {
  Draws draws(5);
  const Units cents = draws.many(rows, 100, 9'999);
  for (const bool cents_first : {true, false}) {
    Table table = table_of({ordinal_column("cents", cents), value_column("amount", cents, 2)});
    if (!cents_first) std::swap(table.columns[0], table.columns[1]);
    EXPECT_EQ(found_in(table), Texts{"amount = 0.01 * cents"});
  }
}

TEST(FindRules, FindsTemperaturesThatAreRounded) {
  Draws draws(6);
  const Units celsius = draws.many(rows, -170, 400);
  const auto fahrenheit = each(celsius, [](auto x) { return (18 * x + 3200) / 10; });
  Table table = table_of({value_column("c", celsius, 1), value_column("f", fahrenheit, 1)});
  EXPECT_EQ(found_in(table), Texts{"f = 1.8 * c + 32"});
}

TEST(FindRules, FindsSumsWithMissingCells) {
  Draws draws(7);
  const Units a = draws.many(rows, 0, 10'000);
  const Units b = draws.many(rows, -500, 5'000);
  const Units d = draws.many(rows, 0, 300);
  std::vector<bool> without(rows);
  for (std::size_t row = 0; row < rows; ++row) without[row] = draws.between(0, 4) == 0;
  const Units c = each(a, b, std::plus<>());
  Table table = table_of(
      {value_column("a", a, 2), value_column("b", b, 2, without), value_column("d", d, 2),
       value_column("c", c, 2, without),
       value_column("all", each(each(a, d, std::plus<>()), draws.many(rows, 0, 0), std::plus<>()),
                    2)});
  EXPECT_EQ(found_in(table), (Texts{"c = a + b", "all = a + d"}));
}

TEST(FindRules, EnforcesNoSumWhoseMissingCellsDiffer) {
  Draws draws(8);
  const Units a = draws.many(rows, 0, 10'000);
  const Units b = draws.many(rows, 0, 5'000);
  std::vector<bool> without(rows);
  for (std::size_t row = 0; row < rows; ++row) without[row] = draws.between(0, 9) == 0;
  Table table = table_of({value_column("a", a, 2), value_column("b", b, 2),
                          value_column("c", each(a, b, std::plus<>()), 2, without)});
  for (const std::string& rule : found_in(table)) {
    EXPECT_EQ(rule.find('='), rule.find("<=") + 1) << rule;
  }
}

TEST(FindRules, FindsSumsOfThreeAndSharesOfAWhole) {
  Draws draws(9);
  const Units a = draws.many(rows, 0, 10'000);
  const Units b = draws.many(rows, 0, 5'000);
  const Units c = draws.many(rows, 0, 4'000);
  const Units sum = each(each(a, b, std::plus<>()), c, std::plus<>());
  Table table = table_of({value_column("a", a, 2), value_column("b", b, 2), value_column("c", c, 2),
                          value_column("sum", sum, 2)});
  EXPECT_EQ(found_in(table), Texts{"sum = a + b + c"});
  const Units p = draws.many(rows, 0, 400);
  const Units q = draws.many(rows, 0, 600);
  Table shares =
      table_of({value_column("p", p, 1), value_column("q", q, 1),
                value_column("r", each(p, q, [](auto x, auto y) { return 1'000 - x - y; }), 1)});
  EXPECT_EQ(found_in(shares), Texts{"r = -p - q + 100"});
}

TEST(FindRules, DoesNotComputeAColumnTwice) {
  Draws draws(10);
  const Units net = draws.many(rows, 100, 10'000);
  const Units tax = draws.many(rows, 10, 5'000);
  const Units shipping = draws.many(rows, 1, 4'000);
  const Units gross = each(net, tax, std::plus<>());
  const Units total = each(gross, shipping, std::plus<>());
  Table table = table_of({value_column("net", net, 2), value_column("tax", tax, 2),
                          value_column("shipping", shipping, 2), value_column("gross", gross, 2),
                          value_column("total", total, 2)});
  EXPECT_EQ(found_in(table), (Texts{"gross = net + tax", "total = shipping + gross"}));
}

TEST(FindRules, FindsProductsAsTheyAreRounded) {
  Draws draws(11);
  const Units quantity = draws.many(rows, 1, 9);
  const Units weight = draws.many(rows, 1, 9'999);
  const Units price = draws.many(rows, 100, 9'999);
  const auto half_even = [](std::int64_t x, std::int64_t y) {
    const std::int64_t product = x * y;
    const std::int64_t rest = product % 1'000;
    const std::int64_t floor = product / 1'000;
    return floor + (rest > 500 || (rest == 500 && floor % 2 == 1) ? 1 : 0);
  };
  Table table = table_of({ordinal_column("qty", quantity), value_column("kilograms", weight, 3),
                          value_column("price", price, 2),
                          value_column("total", each(quantity, price, std::multiplies<>()), 2),
                          value_column("weighed", each(weight, price, half_even), 2)});
  FoundRules found = find_rules(table);
  EXPECT_EQ(texts(found, table), (Texts{"total = qty * price", "weighed = kilograms * price"}));
  EXPECT_EQ(found.rules[1].rounding, Rule::Rounding::half_even);
}

TEST(FindRules, FindsBoundsAndChainsOfThem) {
  Draws draws(12);
  const Units low = draws.many(rows, 0, 10'000);
  const Units middle = each(low, draws.many(rows, 0, 500), std::plus<>());
  const Units high = each(middle, draws.many(rows, 0, 700), std::plus<>());
  Table table = table_of({value_column("high", high, 2), value_column("low", low, 2),
                          value_column("middle", middle, 2)});
  EXPECT_EQ(found_in(table), (Texts{"low <= middle", "middle <= high"}));
}

TEST(FindRules, FindsTheBoundsOfSeveralColumns) {
  Draws draws(13);
  const Units low = draws.many(rows, 5'000, 20'000);
  const Units open = each(low, draws.many(rows, 0, 300), std::plus<>());
  const Units close = each(low, draws.many(rows, 0, 300), std::plus<>());
  const Units top = each(open, close, [](auto x, auto y) { return std::max(x, y); });
  const Units high = each(top, draws.many(rows, 0, 300), std::plus<>());
  Table table = table_of({value_column("open", open, 2), value_column("high", high, 2),
                          value_column("low", low, 2), value_column("close", close, 2)});
  const Texts found = found_in(table);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], "low <= open");
  EXPECT_EQ(found[1], "low <= close");
  EXPECT_TRUE(found[2] == "open <= high, close <= high" ||
              found[2] == "close <= high, open <= high");
}

TEST(FindRules, FindsNoBoundsThatOnlyRangesMake) {
  Draws draws(14);
  Table table = table_of({value_column("age", draws.many(rows, 180, 990), 1),
                          value_column("salary", draws.many(rows, 9'000, 90'000), 1),
                          value_column("other", draws.many(rows, 900, 30'000), 1)});
  EXPECT_EQ(found_in(table), Texts{});
}

TEST(FindRules, FindsBoundsWhereSomeLowsAreMissing) {
  Draws draws(15);
  const Units low = draws.many(rows, 0, 10'000);
  const Units high = each(low, draws.many(rows, 0, 500), std::plus<>());
  std::vector<bool> without(rows), open(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    without[row] = draws.between(0, 9) == 0;
    open[row] = draws.between(0, 3) == 0;
  }
  Table table =
      table_of({value_column("low", low, 2, without), value_column("high", high, 2, open)});
  const FoundRules found = find_rules(table);
  ASSERT_EQ(texts(found, table), Texts{"low <= high"});
  const Rule& rule = found.rules[0];
  for (std::size_t row = 0; row < rows; ++row) {
    const double target = table.columns[1].values[row];
    const std::array<double, 1> source{table.columns[0].values[row]};
    const double part = part_of(rule, target, source);
    ASSERT_EQ(std::isnan(part), open[row]);
    if (!open[row]) {
      ASSERT_EQ(target_of(rule, part, source), target);
    }
  }
}

TEST(FindRules, TellsWhatNearlyHolds) {
  Draws draws(16);
  const Units low = draws.many(rows, 0, 10'000);
  Units high = each(low, draws.many(rows, 0, 500), std::plus<>());
  Units wrong = high;
  Table table = table_of({value_column("low", low, 2), value_column("high", high, 2)});
  // A row that the search does not look at first, so that only the check of all rows sees it.
  FoundRules found;
  std::size_t broken = 0;
  for (; broken < rows && found.notes.empty(); ++broken) {
    wrong = high;
    wrong[broken] = low[broken] - 1;
    table.columns[1] = value_column("high", wrong, 2);
    found = find_rules(table);
    EXPECT_TRUE(found.rules.empty());
  }
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_NE(found.notes[0].find("low <= high holds in all but 1 of 3000 rows (the first is row " +
                                std::to_string(broken)),
            std::string::npos)
      << found.notes[0];
}

TEST(FindRules, GivesTheSameForAnyNumberOfThreads) {
  Draws draws(17);
  std::vector<Column> columns;
  Units last = draws.many(rows, 0, 10'000);
  for (int i = 0; i < 12; ++i) {
    columns.push_back(value_column("c" + std::to_string(i), last, 2));
    last = each(last, draws.many(rows, i % 3 == 0 ? -5 : 0, 500), std::plus<>());
  }
  Table table = table_of(std::move(columns));
  RuleOptions options;
  options.threads = 1;
  const FoundRules one = find_rules(table, options);
  options.threads = 5;
  const FoundRules five = find_rules(table, options);
  EXPECT_FALSE(one.rules.empty());
  EXPECT_EQ(one.rules, five.rules);
  EXPECT_EQ(one.notes, five.notes);
}

TEST(FindRules, FindsNothingWhenNotAsked) {
  Draws draws(18);
  const Units values = draws.many(rows, 0, 100'000);
  Table table = table_of({value_column("v", values, 2), value_column("w", values, 2)});
  EXPECT_EQ(found_in(table, {}, false), Texts{});
  EXPECT_EQ(found_in(table, {"v = w"}, false), Texts{"v = w"});
}

TEST(FindRules, TakesStatedRulesFirst) {
  Draws draws(19);
  const Units a = draws.many(rows, 0, 3);
  const Units b = draws.many(rows, 0, 5);
  Table table = table_of({value_column("a", a, 0), value_column("b", b, 0),
                          value_column("c", each(a, b, std::minus<>()), 0),
                          value_column("d", each(a, [](auto x) { return x + 3; }), 0)});
  EXPECT_EQ(found_in(table, {"c = a - b", "a <= d"}), (Texts{"c = a - b", "a <= d"}));
  EXPECT_EQ(found_in(table, {"d = a + 3"}), (Texts{"d = a + 3"}));
}

void expect_fault(Table& table, const Texts& stated, ErrorKind kind, std::string_view part) {
  try {
    found_in(table, stated);
    ADD_FAILURE() << stated.front() << " was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(FindRules, SaysWhatIsWrongWithStatedRules) {
  Table table = table_of({value_column("a", {1, 2, 3, 4}, 0), value_column("b", {2, 3, 2, 3}, 0),
                          coded_column("t", ColumnKind::label, {"x", "y", "x", "z"}),
                          value_column("c", {1, 2, 3, 4}, 0)});
  expect_fault(table, {"a <= b"}, ErrorKind::data, "does not hold in 2 of 4 rows, first in row 3");
  expect_fault(table, {"a <= z"}, ErrorKind::usage, "'z', and there is no such column");
  expect_fault(table, {"a <= t"}, ErrorKind::usage, "'t', whose cells are no numbers");
  expect_fault(table, {"a = a"}, ErrorKind::usage, "from itself");
  expect_fault(table, {"a = c", "c = a"}, ErrorKind::usage, "leave one of them out");
  expect_fault(table, {"a = c", "a <= c"}, ErrorKind::usage, "leave one of them out");
  expect_fault(table, {"a = 3"}, ErrorKind::usage, "from no other");
}

TEST(ColumnNumbers, ReadsLabelsOfOneNature) {
  const LabelNumbers dates = label_numbers({"1970-01-02", "2024-02-29", ""});
  EXPECT_EQ(dates.nature, Nature::instant);
  EXPECT_EQ(dates.numbers[0], 1);
  EXPECT_EQ(dates.numbers[1], 19'782);
  EXPECT_TRUE(std::isnan(dates.numbers[2]));
  EXPECT_EQ(label_numbers({"06:21", "23:59"}).numbers, (std::vector<double>{381, 1'439}));
  EXPECT_EQ(label_numbers({"00:01:07"}).numbers, std::vector<double>{67});
  EXPECT_EQ(label_numbers({"7", "-12"}).numbers, (std::vector<double>{7, -12}));
  EXPECT_EQ(label_numbers({"7", "06:21"}).nature, Nature::none);
  EXPECT_EQ(label_numbers({"06:21", "06:21:00"}).nature, Nature::none);
  EXPECT_EQ(label_numbers({"x"}).nature, Nature::none);
  EXPECT_EQ(label_numbers({""}).nature, Nature::none);
}

}  // namespace
}  // namespace cuvae
