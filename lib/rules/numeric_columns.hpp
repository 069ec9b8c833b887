// A table's columns as rules see them: whole numbers of each one's last decimal, and a sample.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include <cuvae/table.hpp>

#include "rules/column_numbers.hpp"
#include "rules/rule.hpp"

namespace cuvae {

inline constexpr std::size_t rule_sample_rows = 512;

// Columns of fewer distinct numbers in the sample are not computed from others.
inline constexpr std::uint32_t fewest_distinct = 20;

// The rows that a search looks at first: all, or as many as a sample has.
std::vector<std::uint32_t> rule_sample(std::uint64_t rows);

// One column that counts something.
struct NumericColumn {
  std::uint32_t column = 0;
  const Column* data = nullptr;
  Nature nature = Nature::none;
  int decimals = 0;
  double unit = 1;             // times and instants: nanoseconds of one
  bool coded = false;          // an ordinal column
  bool nearly_unique = false;  // coded, and more labels than half the rows
  std::vector<std::int64_t> of_label;

  // Of the sample:
  std::vector<std::int64_t> units;  // missing_units where missing
  std::vector<double> comparable;   // numbers that can be compared within a nature, or NaN
  std::bitset<rule_sample_rows> present;
  std::uint32_t distinct = 0;
  std::uint32_t least_row = 0;  // places in the sample
  std::uint32_t middle_row = 0;
  std::uint32_t greatest_row = 0;

  // Units of rows; missing_units where missing, off_grid_units where they are not whole.
  void read(std::uint64_t begin, std::size_t count, std::int64_t* out) const;
};

// Columns without decimals of their own (exponents, more than a double counts exactly) are left
// out.
std::vector<NumericColumn> numeric_columns(const Table& table,
                                           const std::vector<std::uint32_t>& sample,
                                           unsigned threads);

// What became of a rule when every row was looked at.
struct RuleCheck {
  std::uint64_t broken = 0;                 // rows; not all of them where more than were allowed
  std::uint64_t first = ~std::uint64_t{0};  // the first such row, from 0
  std::int64_t base = 0;                    // for Rule::base
};

// Checks rules other than copies on all rows. A rule that more than `most_broken` rows break is not
// followed to the end.
std::vector<RuleCheck> check_rules(const std::vector<Rule>& rules,
                                   const std::vector<NumericColumn>& columns, std::uint64_t rows,
                                   std::uint64_t most_broken, unsigned threads);

}  // namespace cuvae
