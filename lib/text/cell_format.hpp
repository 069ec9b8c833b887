// How the cells of a column spell numbers: the one place that knows where a symbol and a sign
// stand, how many decimals are written, and what times and dates look like. The CSV reader and
// writer have faster ways for the usual cells and take their rules from here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <cuvae/schema.hpp>

#include "text/number.hpp"

namespace cuvae {

enum class CellForm : std::uint8_t {
  number,
  time,  // HH:MM or HH:MM:SS, as minutes
  date,  // YYYY-MM-DD, as days since 1970-01-01
};

struct CellFormat {
  static constexpr int shortest = -1;  // decimals: as few digits as read back to the same double

  CellForm form = CellForm::number;
  // What stands around the number, a sign included. Of literals, or of what outlives the format.
  std::string_view before{};
  std::string_view behind{};
  int decimals = 0;    // digits behind the point that are written, or `shortest`
  bool fixed = false;  // they are the same for all columns of the kind

  // Of value columns. The other kinds keep their cells' spelling; theirs is a plain number's.
  static CellFormat of(ColumnKind kind, int decimals);
  static CellFormat of(const ColumnSchema& column) { return of(column.kind, column.decimals); }
  static CellFormat of(const Column& column) { return of(column.kind, column.decimals); }

  // Whether a single cell is a time, a date or neither.
  static CellForm form_of(std::string_view cell);

  // What a single cell looks like; its decimals are not looked at.
  static CellFormat of_cell(std::string_view cell);

  bool has_symbols() const { return !before.empty() || !behind.empty(); }

  // The number that a cell of this format stands for. A minus sign may stand before the symbol or
  // behind it.
  NumberForm parse(std::string_view cell, double& value) const;

  // Digits behind the point of a cell that parse() takes; -1 where there is an exponent.
  int decimals_in(std::string_view cell) const;

  // The longest text that the functions below give.
  static constexpr std::size_t most_bytes = 400;

  // "$-25.00", "91.5", "06:21": the cell of a value; never -0.00. The one that takes a place gives
  // one past the last character.
  std::string spell(double value) const;
  char* spell(char* out, double value) const;

  // The cell of a value that is counted in units of the last decimal, -2500 for "$-25.00".
  char* spell_ticks(char* out, std::int64_t ticks) const;

  // The two parts of such a cell, for tables of parts: "$-25." with the point where decimals
  // follow, and those, "00". Only the first where there are none.
  char* spell_whole_part(char* out, bool negative, std::uint64_t whole) const;
  char* spell_fraction_part(char* out, std::uint64_t fraction) const;
  std::string whole_part(bool negative, std::uint64_t whole) const;
  std::string fraction_part(std::uint64_t fraction) const;

  // For the axis of a chart: rounded to what people read there.
  std::string spell_for_axis(double value) const;
};

// The number that a cell stands for, whatever its format, with symbols wherever they stand; nothing
// where it is none or not finite.
std::optional<double> number_in(std::string_view cell);

// Whether a text of the form of a date is a day of the calendar.
bool is_calendar_day(std::string_view date);

}  // namespace cuvae
