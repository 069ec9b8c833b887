// Which generated rows are wanted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cuvae/schema.hpp>

#include "backend.hpp"

namespace cuvae {

// Conditions on the cells of rows, all of which must hold. Comparisons of coded columns are decided
// once for every label; those of value columns become bounds on the codes.
class Conditions {
 public:
  // texts: "COLUMN=CELL", "COLUMN!=CELL", "COLUMN<NUMBER" and the same with <=, > and >=. A missing
  // cell equals the empty one and is neither less nor more than any number. Throws Error(usage): no
  // such column, a text that is no condition, a comparison with no number, a condition that no cell
  // of the column meets.
  Conditions(const Schema& schema, const std::vector<ColumnCoding>& codings,
             const std::vector<std::string>& texts);

  bool empty() const { return tests_.empty(); }

  // Appends the places in the block of rows that meet all conditions.
  void find(const RowBlock& block, std::vector<std::uint32_t>& places) const;

 private:
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
  };

  static bool holds(const Test& test, const RowBlock& block, std::uint32_t row);

  std::vector<Test> tests_;
};

// The number of a column, as `what` ("--balance") wants it. Throws Error(usage).
std::uint32_t column_named(const Schema& schema, const std::string& name, const char* what);

// A cell's code, or the bits of its float.
std::uint32_t cell_code(const RowBlock& block, std::uint32_t column, std::uint32_t width,
                        std::uint32_t row);

}  // namespace cuvae
