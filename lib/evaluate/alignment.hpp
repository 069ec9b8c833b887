// Two or three tables brought to one form: the real table decides how each column is compared, the
// cells of the others are mapped to it by spelling or by number.
#pragma once

#include <cmath>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <cuvae/table.hpp>

#include "support/shared_progress.hpp"
#include "text/cell_format.hpp"

namespace cuvae {

inline constexpr std::size_t histogram_bins = 50;  // of a numeric column
inline constexpr std::size_t pair_bins = 10;       // of a numeric column in a table of pairs

// Index of a number among equal bins of [low, high]; numbers outside go to the end bins.
class Bins {
 public:
  Bins(double low, double high, std::size_t count);
  std::size_t operator()(double number) const;
  double edge(std::size_t index) const;

 private:
  double low_;
  double width_;
  double last_;
};

// How a column is compared.
struct Basis {
  std::string name;
  ColumnKind kind = ColumnKind::label;
  bool numeric = false;
  CellFormat format;                         // of its cells
  std::shared_ptr<const Spelling> spelling;  // of its cells, where the format does not say it
  double low = 0;                            // range of the real numbers, 0 where there is none
  double high = 0;
  std::vector<std::string> labels;  // not numeric: real labels in their order, then those that only
                                    // other tables have
  std::size_t real_labels = 0;      // how many of them are the real table's
};

// One column of one table, aligned to its basis.
struct AlignedColumn {
  const Column* source = nullptr;
  std::vector<double> label_numbers;  // numeric and coded: [source labels], NaN for the missing one
  CodeVector mapped;  // numeric: bin among pair_bins of each row, pair_bins for missing cells; not
                      // numeric: basis labels, empty where the source's codes are these already
  std::vector<std::uint64_t> category_counts;  // rows of each category
  std::vector<std::uint64_t> bin_counts;       // numeric: [histogram_bins]
  double mean = 0;                             // numeric: of the present numbers
  double spread = 0;                           // numeric: their range
  std::uint64_t present = 0;                   // cells that are not missing

  // [rows] what tables of pairs count: bins or basis labels.
  const CodeVector& categories() const { return mapped.size() != 0 ? mapped : source->codes; }

  // Numeric: the numbers of rows [first, first + count), NaN where missing.
  void numbers(std::size_t first, std::size_t count, double* out) const;
};

// Calls f(number, rows that have it) for all present cells.
template <class F>
void for_each_number(const AlignedColumn& column, F&& f) {
  if (is_coded(column.source->kind)) {
    for (std::size_t code = 0; code < column.label_numbers.size(); ++code) {
      const std::uint64_t count = column.source->counts[code];
      const double number = column.label_numbers[code];
      if (count > 0 && !std::isnan(number)) f(number, count);
    }
  } else {
    for (const double number : column.source->values) {
      if (!std::isnan(number)) f(number, std::uint64_t{1});
    }
  }
}

struct AlignedTable {
  std::uint64_t rows = 0;
  std::vector<AlignedColumn> columns;  // in the real table's order
};

struct Alignment {
  std::vector<Basis> bases;          // of the real table's columns that are no keys
  std::vector<AlignedTable> tables;  // in the order given, the real one first
  std::deque<Column> converted;      // columns of other tables that could not be taken as they are
};

class EvaluationDevice;

// Aligns tables[1 ...] to tables[0], the real one. The tables must outlive the result. Throws
// Error(data) where columns differ or a cell of a numeric column is no number.
Alignment align(const std::vector<const Table*>& tables, EvaluationDevice& device, unsigned threads,
                SharedProgress& progress);

// EvaluationDevice::bin_values() on the CPU.
void bin_values(const Basis& basis, AlignedColumn& column);

// A number as the column spells it, rounded to what people read on an axis.
std::string spell_for_axis(const Basis& basis, double number);

// Columns that are compared: all of the real table's that are no keys.
std::size_t compared_columns(const Table& real);

// Steps of progress that align() takes.
std::size_t align_steps(const std::vector<const Table*>& tables);

}  // namespace cuvae
