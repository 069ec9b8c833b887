// Generated codes to CSV text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <cuvae/schema.hpp>

#include "csv/row_plan.hpp"
#include "rows/row_block.hpp"
#include "support/text_buffer.hpp"

namespace cuvae {

// Formats rows of one schema. Any number of threads may use one formatter at a time, each with a
// buffer and a scratch of its own.
class RowFormatter {
 public:
  class Scratch;

  // Keeps a reference to the schema.
  explicit RowFormatter(const Schema& schema);

  // With codings other than codings_of(schema) for value columns.
  RowFormatter(const Schema& schema, const std::vector<ColumnCoding>& codings);

  // Appends the block's rows.
  void format(const RowBlock& block, Scratch& scratch, TextBuffer& text) const;

  // How many rows make a chunk of text that fits a core's cache, and in any case a memory that is
  // bounded however long the longest row is.
  std::uint32_t rows_per_chunk() const;

 private:
  void fill_indices(const RowBlock& block, std::uint32_t begin, std::uint32_t rows,
                    Scratch& scratch) const;
  std::size_t exact_bytes(const Scratch& scratch, std::uint32_t rows) const;
  char* write_rows(const Scratch& scratch, std::uint32_t rows, char* out) const;
  char* write_number(const Segment& segment, std::uint32_t index, char* out) const;
  char* write_spelled(const Segment& segment, const SpelledCell& cell, char* out) const;

  const Schema& schema_;
  RowPlan plan_;
};

// What one thread needs beside its buffer.
class RowFormatter::Scratch {
 public:
  // Keeps pointers into the formatter.
  explicit Scratch(const RowFormatter& formatter);

 private:
  friend class RowFormatter;
  // A segment as the innermost loop needs it.
  struct Step {
    SegmentKind kind;
    const char* table;
    std::uint32_t* indices;  // [rows of a group]
    const Segment* segment;
    const SpelledCell* cells;  // of the block, where they are spelled
  };
  std::unique_ptr<std::uint32_t[]> indices_;
  std::vector<Step> steps_;  // [segments]
};

}  // namespace cuvae
