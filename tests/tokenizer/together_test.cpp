// Which columns are joined.
#include <gtest/gtest.h>
#include <random>

#include <cuvae/error.hpp>
#include <cuvae/tokenizer.hpp>

#include "tables.hpp"

namespace cuvae {
namespace {

using Groups = std::vector<std::vector<std::uint32_t>>;

Groups joined(const Table& table, TokenizerOptions options = {}) {
  Monitor quiet;
  Groups groups;
  for (const Source& source : tokenize(table, options, quiet).tokenizer.sources) {
    if (source.columns.size() > 1) groups.push_back(source.columns);
  }
  return groups;
}

Table table_of(std::vector<Column> columns) {
  Table table;
  table.rows = columns[0].codes.size();
  table.columns = std::move(columns);
  return table;
}

std::vector<std::uint32_t> draws(std::uint32_t rows, std::uint32_t below, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> codes(rows);
  for (std::uint32_t& code : codes) code = static_cast<std::uint32_t>(random() % below);
  return codes;
}

template <class F>
std::vector<std::uint32_t> mapped(const std::vector<std::uint32_t>& codes, F&& f) {
  std::vector<std::uint32_t> result;
  for (std::size_t i = 0; i < codes.size(); ++i) result.push_back(f(codes[i]));
  return result;
}

TEST(Together, AColumnThatAnotherDeterminesJoinsIt) {
  const auto shops = draws(5000, 60, 1);
  const auto towns = mapped(shops, [](auto shop) { return shop % 7; });
  EXPECT_EQ(joined(table_of({test::label_column("shop", shops, 60),
                             test::label_column("other", draws(5000, 9, 2), 9),
                             test::label_column("town", towns, 7)})),
            (Groups{{0, 2}}));
}

TEST(Together, IndependentColumnsStayApart) {
  EXPECT_EQ(joined(table_of({test::label_column("a", draws(5000, 60, 3), 60),
                             test::label_column("b", draws(5000, 9, 4), 9),
                             test::label_column("c", draws(5000, 30, 5), 30)})),
            Groups{});
}

// Nearly every row has a key of its own: it determines everything, but only by chance.
TEST(Together, AKeyOfEveryRowJoinsNothing) {
  EXPECT_EQ(joined(table_of({test::label_column("key", draws(3000, 3000, 6), 3000),
                             test::label_column("b", draws(3000, 12, 7), 12)})),
            Groups{});
}

TEST(Together, TwoColumnsThatDetermineAThirdJoinIt) {
  // 40 chains with branches in up to 3 of 30 towns each; chain and town tell the branch.
  std::mt19937_64 random(8);
  std::vector<std::uint32_t> chains, towns, branches;
  for (int row = 0; row < 20'000; ++row) {
    const auto chain = static_cast<std::uint32_t>(random() % 40);
    const auto town = static_cast<std::uint32_t>((chain * 7 + (random() % 3) * (chain % 4)) % 30);
    chains.push_back(chain);
    towns.push_back(town);
    branches.push_back((chain * 31 + town * 17) % 97);
  }
  const Groups groups = joined(
      table_of({test::label_column("chain", chains, 40), test::label_column("town", towns, 30),
                test::label_column("branch", branches, 97),
                test::label_column("x", draws(20'000, 20, 9), 20)}));
  EXPECT_EQ(groups, (Groups{{0, 1, 2}}));
}

TEST(Together, ByHand) {
  const Table table = test::mixed_table(1000, 30, 10);
  TokenizerOptions options;
  options.find_together = false;
  options.together = {{"few", "amount"}};
  EXPECT_EQ(joined(table, options), (Groups{{2, 3}}));
}

TEST(Together, ByHandNamesMustBeKnownAndOnce) {
  const Table table = test::mixed_table(100, 5, 11);
  TokenizerOptions options;
  options.together = {{"few", "fewer"}};
  EXPECT_THROW(joined(table, options), Error);
  options.together = {{"few", "shop"}, {"town", "few"}};
  EXPECT_THROW(joined(table, options), Error);
}

// Few rows have a person in common, which determines a zip code, and that one its state.
TEST(Together, WhatIsOfItsOwnInNearlyEveryRowIsJoinedInPart) {
  constexpr std::uint32_t people = 4'000;
  const auto person = draws(5000, people, 21);
  const auto zip = mapped(person, [](auto one) { return one * 7 % 90; });
  const Table table =
      table_of({test::label_column("person", person, people), test::label_column("zip", zip, 90),
                test::label_column("state", mapped(zip, [](auto z) { return z % 4; }), 4)});
  EXPECT_EQ(joined(table), (Groups{{1, 2}}));
  TokenizerOptions options;
  options.together = {{"person", "zip", "state"}};
  EXPECT_EQ(joined(table, options), (Groups{{0, 1, 2}}));
}

TEST(Together, TellsWhatIsJoinedInPart) {
  class Notes : public Monitor {
   public:
    std::vector<std::string> notes;
    void note(std::string_view text) override { notes.emplace_back(text); }
  };
  const auto person = draws(5000, 4'000, 22);
  Table table =
      table_of({test::label_column("person", person, 4'000),
                test::label_column("zip", mapped(person, [](auto one) { return one % 3; }), 3)});
  Notes notes;
  tokenize(table, {}, notes);
  ASSERT_EQ(notes.notes.size(), 1U);
  EXPECT_NE(notes.notes[0].find("columns 'person', 'zip' depend on each other"), std::string::npos)
      << notes.notes[0];
}

}  // namespace
}  // namespace cuvae
