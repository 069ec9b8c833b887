// What the codes of a generated column stand for in the column that the model was trained on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <cuvae/row_sink.hpp>
#include <cuvae/schema.hpp>

#include "rows/codings.hpp"
#include "rows/row_block.hpp"

namespace cuvae {

// The column of batches that a column of a schema becomes. Its type hangs on the schema alone, not
// on the recipe or on which cells turn up.
RowColumn row_column(const ColumnSchema& column);

// Turns codes into numbers or indices. Any number of threads may use one at a time.
class TypedColumn {
 public:
  // `column` is the model's; `spelled` and `coding` describe the codes, which may be labels where
  // the model has numbers. Keeps a reference to `column`.
  TypedColumn(const ColumnSchema& column, const ColumnSchema& spelled, const ColumnCoding& coding);

  const RowColumn& description() const { return description_; }

  // The column's part of a batch.
  ColumnCells cells(const void* codes, std::uint32_t rows) const;

  // Of value columns: the numbers that reading the CSV file gives, NaN where a cell is missing.
  void numbers(const void* codes, std::uint32_t rows, double* out) const;

 private:
  ColumnCells spelled(const SpelledCell* from, std::uint32_t rows) const;
  void fill_texts(const SpelledCell* from, std::uint32_t rows, ColumnCells& cells) const;
  template <class F>
  void for_each_code(const void* codes, std::uint32_t rows, F&& f) const;
  void read_labels(const std::vector<std::string>& labels);
  bool is_missing(std::uint32_t code) const {
    return by_label_ ? absent_[code] != 0 : code == missing_code;
  }
  double real_of(std::uint32_t code) const;
  void fill_values(const void* codes, std::uint32_t rows, ColumnCells& cells) const;
  void fill_present(const void* codes, std::uint32_t rows, ColumnCells& cells) const;

  const ColumnSchema& column_;
  RowColumn description_;
  ColumnCoding coding_;
  std::optional<Ticks> ticks_;  // value columns only
  bool by_label_ = false;       // codes are of labels: looked up in the tables below, [labels]
  std::vector<std::uint8_t> absent_;
  std::vector<std::int64_t> whole_;  // indices too
  std::vector<double> real_;
};

}  // namespace cuvae
