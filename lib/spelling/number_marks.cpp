#include "spelling/number_marks.hpp"

#include <fmt/format.h>

namespace cuvae {

bool MarksVote::add(const CellPieces& cell) {
  const DigitRuns& runs = cell.runs;
  bool point = false;
  bool comma = false;
  for (std::size_t run = 0; run + 1 < runs.runs; ++run) {
    const std::string_view mark = runs.marks[run];
    point = point || mark == ".";
    comma = comma || mark == ",";
    if (mark == "." || mark == ",") continue;
    if (!special_.empty() && special_ != mark) return false;
    special_ = mark;
  }
  points_ = points_ || point;
  commas_ = commas_ || comma;
  if (runs.runs == 1 && cell.exponent.empty()) (runs.digits[0] <= 3 ? small_ : large_) = true;
  if (runs.runs > 1) {
    zeros_end_ = zeros_end_ || cell.digits.ends_with('0');
    if (example_.empty()) example_ = cell.digits;
  }
  point_decimal_ = point_decimal_ && fits(runs, {'.', special_.empty() ? "," : special_});
  comma_decimal_ = comma_decimal_ && fits(runs, {',', special_.empty() ? "." : special_});
  return point_decimal_ || comma_decimal_;
}

std::optional<NumberMarks> MarksVote::marks(std::string* note) const {
  if (!special_.empty()) {
    if (points_ && commas_) return {};
    if (comma_decimal_ && commas_) return NumberMarks{',', special_};
    if (!point_decimal_) return {};
    return NumberMarks{'.', special_};
  }
  const NumberMarks point{'.', commas_ ? "," : ""};
  const NumberMarks comma{',', points_ ? "." : ""};
  if (!point_decimal_) return comma;
  if (!comma_decimal_) return point;
  if (!points_ && !commas_) return NumberMarks{};
  if (points_ && commas_) return point;
  // Every cell with a mark has one, three digits behind it.
  const bool looks_grouped = small_ && !large_;
  if (commas_) {
    if (large_) return comma;
    if (!looks_grouped && note) {
      *note = fmt::format(
          "has numbers such as {}, taken as thousands, since every comma has three "
          "digits behind it; no cell says whether they are decimals",
          example_);
    }
    return point;
  }
  if (looks_grouped && zeros_end_) {
    if (note) {
      *note = fmt::format(
          "has numbers such as {}, taken as thousands, since every point has three "
          "digits behind it and smaller numbers have no point",
          example_);
    }
    return comma;
  }
  return point;
}

}  // namespace cuvae
