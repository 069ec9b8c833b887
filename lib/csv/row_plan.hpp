// What a row's text is made of: decided once from the schema, used for every row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <cuvae/schema.hpp>

#include "rows/row_block.hpp"
#include "text/cell_format.hpp"

namespace cuvae {

// A stretch of a row's text: a cell, a part of a cell or several cells. Each includes the
// separator behind it. Most are looked up in a table and copied at a fixed size, which costs the
// same for short and long texts and never asks the branch predictor.
enum class SegmentKind : std::uint8_t {
  slot8,     // table of slots: 7 characters and their number
  slot16,    // 15 characters and their number
  slot32,    // 31
  slot64,    // 63
  pool,      // table of any texts, one behind the other
  whole,     // sign and whole part of a number: index = 2 * whole + (negative ? 1 : 0)
  fraction,  // digits behind the point: index = digits as a number
  ticks,     // a whole number cell too long for the two above: index = ticks
  real,      // index = bits of the float
  spelled,   // index = place of the cell among the block's
};

struct Segment {
  SegmentKind kind = SegmentKind::pool;
  // Slots, or the pool's texts with room behind the last.
  std::vector<char> table;
  // Pool: [texts + 1] where each begins in `table`.
  std::vector<std::uint64_t> offsets;
  std::size_t longest = 0;      // bytes of the longest text
  std::uint32_t column = 0;     // numbers: of the schema
  CellFormat format{};          // numbers: how they are spelled
  std::int64_t first_tick = 0;  // ticks: of index 0
  char end = '\0';              // numbers: the separator behind; 0 where another segment follows
  bool may_be_missing = false;  // numbers: missing_code is an empty cell
  std::shared_ptr<const Spelling> spelling;  // spelled
};

// How a column's codes become indices: index(s) = or += multiplier * what the code says.
struct IndexSource {
  enum class Kind : std::uint8_t {
    constant,        // zero: the only text of its table
    code,            // the code itself
    real,            // the bits of the float
    whole_and_sign,  // of the number in ticks, as SegmentKind::whole wants it
    whole_in_table,  // of the number in ticks, counted from the lowest
    fraction,        // of the number in ticks
    place,           // of the cell in its block
  };
  Kind kind = Kind::code;
  bool add = false;  // to what another column has put there
  std::uint32_t column = 0;
  std::uint32_t width = 4;  // bytes of a code
  std::uint32_t segment = 0;
  std::uint32_t multiplier = 1;
};

// How the numbers of a column in ticks, which fit 31 bits, are split at the point.
struct TickSplit {
  std::int32_t first = 0;        // number of code 0
  std::uint32_t power = 1;       // 10^decimals
  std::uint64_t reciprocal = 0;  // magnitude / power = magnitude * reciprocal >> shift
  std::uint32_t shift = 0;
  // Where the table has whole part 0 of numbers below zero and of the others.
  std::uint32_t negative_zero = 0;
  std::uint32_t positive_zero = 0;
};

struct RowPlan {
  explicit RowPlan(const Schema& schema) : RowPlan(schema, codings_of(schema)) {}
  // Coded columns must have the codings of codings_of().
  RowPlan(const Schema& schema, const std::vector<ColumnCoding>& codings);

  std::vector<Segment> segments;
  std::vector<IndexSource> sources;
  std::vector<TickSplit> splits;  // [columns]
  std::size_t longest_row = 0;    // bytes
  double mean_row = 0;            // bytes, as far as the schema tells
};

}  // namespace cuvae
