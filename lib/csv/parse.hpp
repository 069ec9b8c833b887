// From the bytes of a CSV file to raw columns: ids into dictionaries, or values.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <cuvae/monitor.hpp>
#include <cuvae/table.hpp>

#include "csv/column_parsers.hpp"
#include "csv/source.hpp"
#include "spelling/markers.hpp"

namespace cuvae {

// How a column's cells are parsed. A cell that doesn't fit makes the column be parsed again by a
// wider plan; `text` takes everything.
enum class Plan { small_integers, numbers, currency, text };

struct RawColumn {
  std::string name;
  std::size_t index = 0;           // among the file's columns
  std::optional<ColumnKind> kind;  // as the caller wants it
  const Column* like = nullptr;    // of the table to be like: where a cell does not fit, labels
  std::string format;              // of instants, as the caller knows it
  bool keep = false;               // not to be taken for a key
  Plan plan = Plan::text;
  IntegerForm form = IntegerForm::plain;  // of small integers
  std::uint32_t base = 0;                 // of small integers, the least that is taken
  std::uint32_t limit = 0;                // of small integers, how many are taken from there
  int id_bytes = 4;                       // 1, 2 or 4

  // What parsing yields.
  CodeVector ids;                        // [rows]; empty for numbers and currency
  LargeVector<double> values;            // [rows]; empty for the others
  std::vector<SmallIntegers> integers;   // [threads]
  std::vector<Numbers> numbers;          // [threads]
  std::vector<Dictionary> dictionaries;  // [threads]

  // [pieces]: the thread that parsed it in the pass that this column's ids come from.
  std::vector<unsigned> threads;

  std::size_t first_misfit = 0;  // offset of the first cell that did not fit; no_misfit
};

constexpr std::size_t no_misfit = std::numeric_limits<std::size_t>::max();

struct RawTable {
  char delimiter = ',';
  std::size_t file_columns = 0;  // dropped ones included
  std::vector<RowStart> starts;  // of the pieces
  std::vector<RawColumn> columns;
  MarkerOptions markers;

  std::uint64_t rows() const { return starts.back().row; }
};

// Chooses each column's plan from rows in many places of the file.
void plan_columns(const CsvSource& source, const ReadSettings& settings, RawTable& table);

// Thrown where a blank line stands among the rows of a table of several columns. The caller leaves
// such lines out and parses again.
struct BlankLine {};

// Parses all columns, some of them more than once. Throws Error(data) for ragged rows, stray
// quotes and cells that an override can't take, and BlankLine.
void parse_columns(const CsvSource& source, const ReadSettings& settings, RawTable& table,
                   Monitor& monitor);

// "cards.csv: line 812, column 4 'Zip': ..."
[[noreturn]] void fail_at_cell(const CsvSource& source, const char* cell, std::size_t column,
                               const std::string& name, const std::string& problem);

// The cell of a row, as it stands in the file, quotes included.
std::string_view raw_cell(const CsvSource& source, const RawTable& table, std::uint64_t row,
                          std::size_t column);

}  // namespace cuvae
