// Generated rows as codes, and what the codes of a column mean.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/schema.hpp>

#include "spelling/spelling.hpp"

namespace cuvae {

// How a generated number in [0, 1] becomes a code: round-half-even(x * span), computed exactly.
// Coded columns: span = labels - 1. Value columns with a fixed number of decimals: span =
// (maximum - minimum) * 10^decimals where that is below 2^29 ("ticks"). Other value columns keep
// the float ("real"). Columns with a spelling are composed of what the network drew: their cells
// are SpelledCells ("spelled").
struct ColumnCoding {
  bool real = false;
  std::uint32_t span = 0;
  // Bytes of one cell in a RowBlock: the smallest of 1, 2, 4 that holds span; 4 for real columns,
  // 16 for spelled ones.
  std::uint32_t width = 4;
  // Then `missing_code` stands for an empty cell, and width is 4.
  bool may_be_missing = false;
  bool spelled = false;
};

inline constexpr std::uint32_t missing_code = 0xffffffffU;

// Codings of a schema's columns, [columns].
std::vector<ColumnCoding> codings_of(const Schema& schema);

// Generated rows as codes, column by column. Valid until the same worker asks for its next block.
struct RowBlock {
  std::uint64_t first_row = 0;
  std::uint32_t rows = 0;
  // [columns]; each points to `rows` cells of the coding's width: unsigned integers, floats for
  // real columns, or SpelledCells. At least 64 bytes behind the last cell may be read.
  std::vector<const void*> columns{};
  // Where rows are not consecutive, [rows] which of the endless table each is; else null.
  const std::uint64_t* row_numbers = nullptr;
};

inline const SpelledCell* spelled_cells(const RowBlock& block, std::uint32_t column) {
  return static_cast<const SpelledCell*>(block.columns[column]);
}

// A cell's code, or the bits of its float.
std::uint32_t cell_code(const RowBlock& block, std::uint32_t column, std::uint32_t width,
                        std::uint32_t row);

}  // namespace cuvae
