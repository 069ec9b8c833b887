// Which marks a column's numbers have: whether 1,234 is more than a thousand, or a little more than
// one, is said by the other cells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "spelling/number_cell.hpp"

namespace cuvae {

class MarksVote {
 public:
  // False where no marks make a number of the cell.
  bool add(const CellPieces& cell);

  // Nothing where the cells have no marks in common. `note` is set where the cells leave it open.
  std::optional<NumberMarks> marks(std::string* note) const;

 private:
  std::string special_;        // a mark that only stands between thousands
  bool point_decimal_ = true;  // so far, "." may be the decimal mark and "," between thousands
  bool comma_decimal_ = true;
  bool points_ = false;  // some cell has one
  bool commas_ = false;
  bool zeros_end_ = false;  // of a cell with a mark, the last digit is 0
  bool small_ = false;      // a whole number below 1,000 without marks
  bool large_ = false;      // one from 1,000 on without marks
  std::string example_;     // a cell with a mark
};

}  // namespace cuvae
