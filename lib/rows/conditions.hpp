// Which generated rows are wanted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cuvae/schema.hpp>

#include "rows/row_block.hpp"

namespace cuvae {

// Conditions on the cells of rows, all of which must hold. Comparisons of coded columns are decided
// once for every label; those of value columns become bounds on the codes.
class Conditions {
 public:
  // texts: "COLUMN=CELL", "COLUMN!=CELL", "COLUMN<NUMBER" and the same with <=, > and >=, spaces
  // around the relation where no cell has them. A missing cell equals the empty one and is neither
  // less nor more than any number. Throws Error(usage): no such column, a text that is no
  // condition, a comparison with something else than the column holds (numbers, times, dates), a
  // cell that no row has, a condition that no cell of the column meets together with those before.
  Conditions(const Schema& schema, const std::vector<ColumnCoding>& codings,
             const std::vector<std::string>& texts);

  bool empty() const { return tests_.empty(); }

  // Whether a cell of this column with a code in [low, high] may meet all conditions on it; of
  // coded columns, low is the code; missing_code stands for itself.
  bool may_hold(std::uint32_t column, std::uint32_t low, std::uint32_t high) const;

  // The conditions on columns that are codes elsewhere too: of column c there as to[c]; those on
  // others are left out.
  Conditions on(const std::vector<std::optional<std::uint32_t>>& to) const;

  // Appends the places in the block of rows that meet all conditions.
  void find(const RowBlock& block, std::vector<std::uint32_t>& places) const;

 private:
  Conditions() = default;

  // Of spelled columns: numbers between the two are wanted, both included, or the others.
  struct SpelledTest {
    ColumnKind kind = ColumnKind::continuous;
    double least = 0;
    double greatest = 0;
    bool outside = false;
    bool missing = false;
  };
  struct Test {
    std::uint32_t column = 0;
    std::uint32_t width = 4;
    std::vector<bool> wanted;  // [codes]; empty for value columns
    // Value columns: a cell is wanted where its code, or the bits of its float, is in [low, high],
    // or, if `outside`, where it is not.
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    bool outside = false;
    bool missing = false;  // whether a missing cell is wanted
    std::optional<SpelledTest> spelled;
  };

  bool can_be_met(std::uint32_t column, const ColumnSchema& schema) const;
  static bool holds(const Test& test, const RowBlock& block, std::uint32_t row);

  std::vector<Test> tests_;
};

// The number of a column, as `what` ("`balance`") wants it. Throws Error(usage).
std::uint32_t column_named(const Schema& schema, const std::string& name, const char* what);

}  // namespace cuvae
