#include "spelling/recognize.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cells.hpp"

namespace {

using namespace cuvae;
using test::Cells;
using test::spelled;

RecognizeOptions of(std::uint64_t rows, const std::string& name = "",
                    std::optional<ColumnKind> kind = {}) {
  RecognizeOptions options;
  options.rows = rows;
  options.name = name;
  options.kind = kind;
  return options;
}

Cells amounts(int count) {
  Cells cells({});
  for (int i = 0; i < count; ++i) cells.add(fmt::format("{:.2f}", 10 + i * 0.37));
  return cells;
}

TEST(Recognize, NumbersWithMarkersAreNumbers) {
  Cells cells = amounts(100);
  cells.add("N/A", 7);
  cells.add("?", 2);
  const Recognition found = recognize(cells.list(), of(120));
  ASSERT_TRUE(found.spelling);
  EXPECT_EQ(found.spelling->kind(), ColumnKind::continuous);
  EXPECT_EQ(found.markers, (std::vector<std::string>{"N/A", "?"}));
  EXPECT_EQ(found.reason,
            "all 100 cells with a value are numbers as '1234.50' (20 are missing: 'N/A', '?')");
  EXPECT_TRUE(found.notes.empty());
}

TEST(Recognize, AgesBesideNoneAreWholeNumbers) {
  Cells cells({"None", "31", "44", "31", "7"});
  const Recognition found = recognize(cells.list(), of(5));
  ASSERT_TRUE(found.spelling);
  EXPECT_EQ(spelled(*found.spelling, 50.4), "50");
  EXPECT_EQ(found.markers, std::vector<std::string>{"None"});
}

TEST(Recognize, CountriesKeepNamibia) {
  const Recognition found = recognize(Cells({"NA", "DE", "US", "None"}).list(), of(4));
  EXPECT_FALSE(found.spelling);
  EXPECT_TRUE(found.markers.empty());
  EXPECT_EQ(found.reason, "");
}

TEST(Recognize, OnlyMarkersAreLabels) {
  EXPECT_FALSE(recognize(Cells({"-", "?"}).list(), of(2)).spelling);
}

TEST(Recognize, MarkersAreNotSoughtWhereTheCallerSaysNo) {
  Cells cells = amounts(100);
  cells.add("NA", 5);
  RecognizeOptions options = of(105);
  options.markers.find = false;
  options.name = "income";
  const Recognition found = recognize(cells.list(), options);
  EXPECT_FALSE(found.spelling);
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_EQ(found.notes[0],
            "column 'income' is taken as labels: 100 of 105 cells are numbers, but 'NA' (5 rows) "
            "are not; correct these cells, or name them with `missing` to take them as missing");
  options.markers.also = {"NA"};
  EXPECT_TRUE(recognize(cells.list(), options).spelling);
}

TEST(Recognize, OddCellsAreNamed) {
  Cells cells = amounts(1000);
  cells.add("abc", 12);
  for (const char* odd : {"x", "y", "z"}) cells.add(odd);
  const Recognition labels = recognize(cells.list(), of(1015, "pay"));
  EXPECT_FALSE(labels.spelling);
  ASSERT_EQ(labels.notes.size(), 1U);
  EXPECT_NE(labels.notes[0].find("1,000 of 1,015 cells are numbers, but 'abc' (12 rows), 'x' (1 "
                                 "row), 'y' (1 row) and 1 more are not"),
            std::string::npos)
      << labels.notes[0];
  const Recognition forced = recognize(cells.list(), of(1015, "pay", ColumnKind::continuous));
  EXPECT_FALSE(forced.spelling);
  ASSERT_EQ(forced.notes.size(), 1U);
  EXPECT_TRUE(forced.notes[0].starts_with("'abc' (12 rows)")) << forced.notes[0];
  // Texts with a few numbers among them are nothing to speak of.
  cells.add("text", 5000);
  EXPECT_TRUE(recognize(cells.list(), of(6015)).notes.empty());
}

TEST(Recognize, TheCallersLabelIsNotLookedAt) {
  const RecognizeOptions options = of(100, "", ColumnKind::label);
  EXPECT_FALSE(recognize(amounts(100).list(), options).spelling);
}

TEST(Recognize, TheResultDoesNotDependOnTheOrder) {
  Cells cells = amounts(300);
  cells.add("$17.5", 3);
  cells.add("(3.25)", 3);
  cells.add("-", 3);
  std::vector<CellCount> list = cells.list();
  const Recognition one = recognize(list, of(309));
  std::reverse(list.begin(), list.end());
  std::swap(list[3], list[200]);
  const Recognition other = recognize(list, of(309));
  ASSERT_TRUE(one.spelling && other.spelling);
  for (const CellCount& cell : list) {
    const auto a = one.spelling->parse(cell.text);
    const auto b = other.spelling->parse(cell.text);
    ASSERT_EQ(a.has_value(), b.has_value());
    EXPECT_EQ(a.value_or(SpelledCell{}).form, b.value_or(SpelledCell{}).form);
  }
  EXPECT_EQ(one.reason, other.reason);
}

TEST(Recognize, SentinelsAreOfferedNotTaken) {
  Cells cells({});
  for (int i = 0; i < 100; ++i) cells.add(std::to_string(20 + i % 60));
  cells.add("-999", 312);
  EXPECT_EQ(sentinel_note(cells.list(), "age"),
            "column 'age' has -999 in 312 rows, far from all others; `missing` -999 would take "
            "them as missing");
  cells.add("NA", 4);
  const Recognition found = recognize(cells.list(), of(416, "age"));
  ASSERT_TRUE(found.spelling);
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_EQ(found.markers, std::vector<std::string>{"NA"});
  Cells near({});
  for (int i = 0; i < 100; ++i) near.add(std::to_string(i), 20);
  EXPECT_EQ(sentinel_note(near.list(), "x"), "");  // 99 is one of many
  Cells once({});
  for (int i = 0; i < 100; ++i) once.add(std::to_string(i));
  once.add("99999");
  EXPECT_EQ(sentinel_note(once.list(), "x"), "");
}

TEST(Recognize, AmbiguousMarksAreTold) {
  const Recognition found = recognize(Cells({"1,234", "12,345"}).list(), of(2, "n"));
  ASSERT_TRUE(found.spelling);
  ASSERT_EQ(found.notes.size(), 1U);
  EXPECT_TRUE(found.notes[0].starts_with("column 'n' has numbers such as 1,234")) << found.notes[0];
}

}  // namespace
