// Rare labels and the ends of numbers are taken away, all else stays.
#include "protect/protect.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

using Texts = std::vector<std::string>;

Column labels_of(const std::string& name, const Texts& cells) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& cell : cells) ++counts[cell];
  Column column;
  column.name = name;
  for (const auto& [label, count] : counts) {
    if (label.empty()) continue;
    column.labels.push_back(label);
    column.counts.push_back(count);
  }
  if (counts.contains("")) {
    column.labels.push_back("");
    column.counts.push_back(column.missing = counts[""]);
  }
  column.codes = CodeVector(cells.size(), column.labels.size());
  column.codes.visit([&](auto codes) {
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const auto place = std::find(column.labels.begin(), column.labels.end(), cells[row]);
      codes[row] = static_cast<typename decltype(codes)::value_type>(place - column.labels.begin());
    }
  });
  return column;
}

Table table_of(std::vector<Column> columns, std::uint64_t rows) {
  Table table;
  table.rows = rows;
  table.columns = std::move(columns);
  return table;
}

Texts cells_of(const Column& column) {
  Texts cells;
  for (std::size_t row = 0; row < column.codes.size(); ++row) {
    cells.push_back(column.labels[column.codes[row]]);
  }
  return cells;
}

void expect_counts_right(const Column& column) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& cell : cells_of(column)) ++counts[cell];
  ASSERT_EQ(counts.size(), column.labels.size());
  for (std::size_t label = 0; label < column.labels.size(); ++label) {
    EXPECT_EQ(column.counts[label], counts[column.labels[label]]);
  }
  const auto end = column.labels.end() - (column.labels.back().empty() ? 1 : 0);
  EXPECT_TRUE(std::is_sorted(column.labels.begin(), end));
}

// 100 rows of two towns, 3 of one that begins alike, 2 of one that does not, 5 without.
Texts towns() {
  Texts cells;
  for (int i = 0; i < 60; ++i) cells.push_back("Northfield");
  for (int i = 0; i < 40; ++i) cells.push_back("Easton");
  for (int i = 0; i < 3; ++i) cells.push_back("Northwood");
  for (int i = 0; i < 2; ++i) cells.push_back("Xanadu");
  for (int i = 0; i < 5; ++i) cells.push_back("");
  return cells;
}

Protection protected_by(Table& table, std::uint32_t rare, bool star = false,
                        const std::string& person = "") {
  ProtectOptions options;
  options.rare = rare;
  options.star = star;
  options.person = person;
  return protect(table, options);
}

TEST(Protect, RareLabelsBecomeFrequentOnesThatBeginLikeThem) {
  Table table = table_of({labels_of("town", towns())}, 110);
  const Protection protection = protected_by(table, 5);
  const Texts cells = cells_of(table.columns[0]);
  for (int row = 100; row < 103; ++row) EXPECT_EQ(cells[row], "Northfield");
  for (int row = 103; row < 105; ++row) EXPECT_TRUE(cells[row] != "Xanadu" && !cells[row].empty());
  for (int row = 105; row < 110; ++row) EXPECT_EQ(cells[row], "");
  EXPECT_TRUE(std::equal(cells.begin(), cells.begin() + 100, towns().begin()));
  expect_counts_right(table.columns[0]);
  ASSERT_EQ(protection.columns.size(), 1U);
  EXPECT_TRUE(protection.columns[0].done);
  EXPECT_EQ(protection.columns[0].labels, 2U);
  EXPECT_EQ(protection.columns[0].rows, 5U);
}

TEST(Protect, RareLabelsBecomeStars) {
  Table table = table_of({labels_of("town", towns())}, 110);
  protected_by(table, 5, true);
  const Texts cells = cells_of(table.columns[0]);
  for (int row = 100; row < 105; ++row) EXPECT_EQ(cells[row], "*");
  expect_counts_right(table.columns[0]);
  // A second time, the stars stay although they are few.
  protected_by(table, 10, true);
  EXPECT_EQ(cells_of(table.columns[0]), cells);
}

TEST(Protect, FewRareLabelsAreToldAndStayUnasked) {
  Table table = table_of({labels_of("town", towns())}, 110);
  const Protection protection = protect(table, {});
  EXPECT_EQ(cells_of(table.columns[0]), towns());
  ASSERT_EQ(protection.columns.size(), 1U);
  EXPECT_FALSE(protection.columns[0].done);
  ASSERT_EQ(protection.notes.size(), 1U);
  EXPECT_NE(protection.notes[0].find("`protect_rare`"), std::string::npos);
}

TEST(Protect, ColumnsOfMostlyRareLabelsAreProtectedUnasked) {
  Texts notes;
  for (int i = 0; i < 200; ++i) notes.push_back(fmt::format("note {} of somebody", i));
  for (int i = 0; i < 200; ++i) notes.push_back("none");
  Table table = table_of({labels_of("note", notes)}, 400);
  protect(table, {});
  const Texts labels = table.columns[0].labels;
  EXPECT_EQ(labels, Texts{"none"});
  Texts names(notes.begin(), notes.begin() + 200);
  Table all_rare = table_of({labels_of("note", names)}, 200);
  protect(all_rare, {});
  EXPECT_EQ(all_rare.columns[0].labels, Texts{"*"});
}

TEST(Protect, CountsPeopleNotRows) {
  Texts people;
  Texts towns_of_people;
  for (int i = 0; i < 100; ++i) {
    people.push_back(fmt::format("p{}", i / 10));
    towns_of_people.push_back(i < 10 ? "Lonely" : i < 60 ? "Shared" : "Common");
  }
  Table by_rows = table_of({labels_of("who", people), labels_of("town", towns_of_people)}, 100);
  Table by_people = by_rows;
  protected_by(by_rows, 3);
  EXPECT_EQ(cells_of(by_rows.columns[1]), towns_of_people);
  const Protection protection = protected_by(by_people, 3, false, "who");
  EXPECT_EQ(
      std::count(by_people.columns[1].labels.begin(), by_people.columns[1].labels.end(), "Lonely"),
      0);
  EXPECT_EQ(cells_of(by_people.columns[0]), people);
  EXPECT_FALSE(protection.notes.empty());
  EXPECT_THROW(protected_by(by_people, 3, false, "nobody"), Error);
}

TEST(Protect, EndsOfNumbersAreThoseThatEnoughRowsReach) {
  Column column;
  column.name = "x";
  column.kind = ColumnKind::continuous;
  for (int i = 0; i < 100; ++i) column.values.push_back(i == 50 ? std::nan("") : (i * 37) % 100);
  Table table = table_of({column}, 100);
  const auto before = table.columns[0].values;
  protect(table, {});
  EXPECT_EQ(std::count_if(before.begin(), before.end(), [](double x) { return x < 4; }), 4);
  EXPECT_EQ(table.columns[0].values[0], before[0]);
  protected_by(table, 5);
  std::multiset<double> values;
  for (const double value : table.columns[0].values) {
    if (!std::isnan(value)) values.insert(value);
  }
  EXPECT_EQ(values.size(), 99U);
  EXPECT_EQ(*values.begin(), 4);
  EXPECT_EQ(values.count(4), 5U);
  EXPECT_EQ(values.count(*values.rbegin()), 5U);
}

TEST(Protect, EndsOfOrdinalsToo) {
  Texts cells;
  for (int i = 10; i < 60; ++i) cells.push_back(std::to_string(i));
  Column column = labels_of("age", cells);
  column.kind = ColumnKind::ordinal;
  Table table = table_of({column}, 50);
  protected_by(table, 3);
  EXPECT_EQ(table.columns[0].labels.front(), "12");
  EXPECT_EQ(table.columns[0].counts.front(), 3U);
  EXPECT_EQ(table.columns[0].labels.back(), "57");
  expect_counts_right(table.columns[0]);
}

TEST(Protect, IsTheSameEachTime) {
  Table one = table_of({labels_of("town", towns())}, 110);
  Table two = one;
  protected_by(one, 50);
  protected_by(two, 50);
  EXPECT_EQ(cells_of(one.columns[0]), cells_of(two.columns[0]));
}

}  // namespace
}  // namespace cuvae
