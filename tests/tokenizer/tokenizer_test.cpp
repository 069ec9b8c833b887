// What holds for the tokenizer of any table.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include <cuvae/error.hpp>
#include <cuvae/tokenizer.hpp>

#include "tables.hpp"
#include "tokenizer/tokenizer_json.hpp"

namespace cuvae {
namespace {

TokenizedTable coded(const Table& table, TokenizerOptions options = {}) {
  Monitor quiet;
  return tokenize(table, options, quiet);
}

// The number of the value that a cell holds.
std::uint32_t value_of(const Table& table, const Tokenizer& tokenizer, std::uint32_t column,
                       std::uint64_t row) {
  const Column& cells = table.columns[column];
  if (is_coded(cells.kind)) return cells.codes[row];
  const ValueRanges& ranges = tokenizer.ranges[column];
  if (std::isnan(cells.values[row])) return static_cast<std::uint32_t>(ranges.low.size());
  for (std::uint32_t i = 0; i < ranges.low.size(); ++i) {
    if (cells.values[row] >= ranges.low[i] && cells.values[row] <= ranges.high[i]) return i;
  }
  ADD_FAILURE() << "row " << row << " of " << cells.name << " is in no range";
  return 0;
}

// Every row's tokens lead to a leaf that holds the row's own atom.
void expect_rows_found(const Table& table, const TokenizedTable& result) {
  const Tokenizer& tokenizer = result.tokenizer;
  check_tokenizer(tokenizer, make_schema(table));
  for (const Source& source : tokenizer.sources) {
    const std::size_t width = source.columns.size();
    std::map<std::vector<std::uint32_t>, std::uint64_t> rows_of;
    for (std::uint64_t row = 0; row < table.rows; ++row) {
      std::vector<std::uint32_t> tuple;
      for (const std::uint32_t column : source.columns) {
        tuple.push_back(value_of(table, tokenizer, column, row));
      }
      ++rows_of[tuple];
      const std::uint8_t* tokens = result.data.row(row);
      const std::uint32_t group = source.first_token < 0 ? 0 : tokens[source.first_token];
      const std::uint32_t part = source.second_token < 0 ? 0 : tokens[source.second_token];
      const std::uint32_t leaf = source.group_leaves[group] + part;
      ASSERT_LT(leaf, source.group_leaves[group + 1]);
      bool found = false;
      for (std::uint32_t a = source.leaf_atoms[leaf]; a < source.leaf_atoms[leaf + 1]; ++a) {
        found |= std::equal(tuple.begin(), tuple.end(),
                            source.values.begin() + static_cast<std::ptrdiff_t>(a * width));
      }
      ASSERT_TRUE(found) << "row " << row << ", column " << source.columns[0];
    }
    ASSERT_EQ(rows_of.size(), source.atoms());
    for (std::uint32_t a = 0; a < source.atoms(); ++a) {
      const auto first = source.values.begin() + static_cast<std::ptrdiff_t>(a * width);
      const std::vector<std::uint32_t> tuple(first, first + static_cast<std::ptrdiff_t>(width));
      EXPECT_EQ(rows_of[tuple], source.edges[a + 1] - source.edges[a]);
    }
  }
}

TEST(Tokenizer, TokensLeadToTheRowsAtoms) {
  for (const std::uint32_t rows : {1U, 2U, 50U, 3000U}) {
    for (const std::uint32_t labels : {3U, 32U, 33U, 700U}) {
      const Table table = test::mixed_table(rows, labels, rows + labels);
      expect_rows_found(table, coded(table));
    }
  }
}

TEST(Tokenizer, WithoutSecondTokensAGroupIsALeaf) {
  const Table table = test::mixed_table(2000, 500, 3);
  TokenizerOptions options;
  options.second_tokens = false;
  const TokenizedTable result = coded(table, options);
  expect_rows_found(table, result);
  for (const Source& source : result.tokenizer.sources) EXPECT_EQ(source.second_token, -1);
}

TEST(Tokenizer, IsTheSameAtAnyNumberOfThreads) {
  const Table table = test::mixed_table(70'000, 300, 4);
  TokenizerOptions one;
  one.threads = 1;
  TokenizerOptions many;
  many.threads = 5;
  const TokenizedTable first = coded(table, one);
  const TokenizedTable second = coded(table, many);
  EXPECT_EQ(first.tokenizer, second.tokenizer);
  for (std::uint64_t row = 0; row < table.rows; ++row) {
    ASSERT_TRUE(std::equal(first.data.row(row), first.data.row(row) + first.data.stride(),
                           second.data.row(row)));
  }
}

TEST(Tokenizer, NumbersStandByValueAndTheMissingOneLast) {
  const Table table = test::mixed_table(3000, 40, 5);
  const Tokenizer tokenizer = coded(table).tokenizer;
  for (const Source& source : tokenizer.sources) {
    if (source.columns != std::vector<std::uint32_t>{3}) continue;
    EXPECT_TRUE(std::is_sorted(source.values.begin(), source.values.end()));
    EXPECT_EQ(source.values.back(), tokenizer.ranges[3].low.size());
    EXPECT_EQ(source.edges.back() - source.edges[source.atoms() - 1], table.columns[3].missing);
  }
}

TEST(Tokenizer, PutsColumnsFirstThatConditionsAreOn) {
  const Table table = test::mixed_table(3000, 60, 8);
  TokenizerOptions options;
  options.first = {"amount", "town", "shop"};
  const TokenizedTable result = coded(table, options);
  expect_rows_found(table, result);
  const std::vector<Source>& sources = result.tokenizer.sources;
  EXPECT_EQ(sources[0].columns, std::vector<std::uint32_t>{3});
  EXPECT_EQ(sources[0].first_token, 0);
  EXPECT_EQ(sources[1].columns, (std::vector<std::uint32_t>{0, 1}));  // go together
  EXPECT_EQ(sources[2].columns, std::vector<std::uint32_t>{2});
  EXPECT_EQ(sources[3].columns, std::vector<std::uint32_t>{4});
  options.first = {"amounts"};
  EXPECT_THROW(coded(table, options), Error);
}

TEST(Tokenizer, ManyNumbersBecomeRangesThatMeetNowhere) {
  const Table table = test::mixed_table(30'000, 40, 6);
  const ValueRanges ranges = coded(table).tokenizer.ranges[4];
  const auto [least, most] =
      std::minmax_element(table.columns[4].values.begin(), table.columns[4].values.end());
  EXPECT_GT(ranges.low.size(), 2000U);
  EXPECT_LT(ranges.low.size(), 10'000U);
  EXPECT_EQ(ranges.low.front(), *least);
  EXPECT_EQ(ranges.high.back(), *most);
  for (std::size_t i = 0; i + 1 < ranges.low.size(); ++i) {
    ASSERT_LE(ranges.low[i], ranges.high[i]);
    ASSERT_LT(ranges.high[i], ranges.low[i + 1]);
  }
}

TEST(Tokenizer, AFrequentNumberAmongManyStandsAlone) {
  Table table = test::mixed_table(30'000, 40, 7);
  for (std::size_t row = 0; row < 3000; ++row) table.columns[4].values[row] = 12.5;
  const ValueRanges ranges = coded(table).tokenizer.ranges[4];
  const auto at = std::lower_bound(ranges.low.begin(), ranges.low.end(), 12.5);
  ASSERT_NE(at, ranges.low.end());
  EXPECT_EQ(*at, 12.5);
  EXPECT_EQ(ranges.high[static_cast<std::size_t>(at - ranges.low.begin())], 12.5);
}

TEST(Tokenizer, FrequentAtomsBetweenRareOnesFitIntoTheGroups) {
  // 18 rare numbers, 17 frequent ones between them: more runs than groups.
  std::vector<double> numbers;
  for (std::uint32_t value = 0; value < 35; ++value) {
    numbers.insert(numbers.end(), value % 2 == 0 ? 1 : 50, static_cast<double>(value));
  }
  Table table;
  table.rows = numbers.size();
  table.columns.push_back(test::number_column("n", numbers, 0));
  expect_rows_found(table, coded(table));
}

TEST(Tokenizer, InfinityIsRefusedWithItsRow) {
  Table table = test::mixed_table(100, 5, 8);
  table.columns[4].values[41] = std::numeric_limits<double>::infinity();
  try {
    coded(table);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_NE(std::string(error.what()).find("row 42"), std::string::npos) << error.what();
  }
}

TEST(Tokenizer, JsonReadsBackTheSame) {
  const Tokenizer tokenizer = coded(test::mixed_table(5000, 400, 9)).tokenizer;
  EXPECT_EQ(tokenizer_from_json(to_json(tokenizer)), tokenizer);
}

TEST(Tokenizer, NumbersOfItsJsonAreCheckedBeforeTheyAreConverted) {
  const auto good = nlohmann::json::parse(to_json(coded(test::mixed_table(200, 40, 10)).tokenizer));
  for (const char* place :
       {"/rows", "/sources/0/columns/0", "/sources/0/values/0", "/sources/0/edges/1",
        "/sources/0/leaf_atoms/1", "/sources/0/group_leaves/1", "/sources/0/first_digit",
        "/sources/0/second_digit", "/digits/0/0", "/digits/0/1"}) {
    for (const char* number : {"1e300", "-1e300", "1.5", "\"1\"", "null", "18446744073709551616",
                               "-9223372036854775808", "[1]"}) {
      nlohmann::json bad = good;
      bad[nlohmann::json::json_pointer(place)] = nlohmann::json::parse(number);
      try {
        tokenizer_from_json(bad.dump());
        ADD_FAILURE() << place << " = " << number;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::data);
        EXPECT_NE(std::string(error.what()).find("whole"), std::string::npos) << error.what();
      }
    }
  }
}

TEST(Tokenizer, TooManyColumnsAreRefusedBeforeTheyAreCompared) {
  Table table;
  table.source = "wide.csv";
  table.rows = 2;
  for (std::uint32_t c = 0; c < most_tokens; ++c) {
    table.columns.push_back(test::label_column(std::to_string(c), {0, 1}, 2));
  }
  table.columns.push_back(test::label_column("constant", {1, 1}, 2));
  table.columns.push_back(test::number_column("same", {3, 3}, 0));
  EXPECT_EQ(coded(table).tokenizer.tokens.size(), most_tokens);
  table.columns.push_back(test::number_column("missing", {3, std::nan("")}, 0));
  try {
    coded(table);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_NE(std::string(error.what()).find("wide.csv: 2049 columns hold more than one value"),
              std::string::npos)
        << error.what();
  }
}

// Whatever is cut off or changed: an error, or a tokenizer that is consistent.
TEST(Tokenizer, DamagedJsonIsAnErrorOrConsistent) {
  const Table table = test::mixed_table(200, 40, 10);
  const Schema schema = make_schema(table);
  const std::string text = to_json(coded(table).tokenizer);
  const auto expect_handled = [&](const std::string& damaged) {
    try {
      check_tokenizer(tokenizer_from_json(damaged), schema);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data);
    }
  };
  for (std::size_t bytes = 0; bytes < text.size(); bytes += 7) {
    expect_handled(text.substr(0, bytes));
  }
  std::mt19937_64 random(11);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = text;
    damaged[random() % damaged.size()] = "0123456789-,[]e"[random() % 15];
    expect_handled(damaged);
  }
}

}  // namespace
}  // namespace cuvae
