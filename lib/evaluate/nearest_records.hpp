// Rows as records of scaled numbers, and the search for the nearest of them.
#pragma once

#include <cstddef>
#include <vector>

#include "support/shared_progress.hpp"

namespace cuvae {

// The distance of two records is the sum over columns, in their order and in float32, of
// min(|difference|, 1).
class ScaledRecords {
 public:
  static constexpr std::size_t tile_rows = 32;  // their distances to one fit registers

  ScaledRecords(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), places_(tiles() * tile_rows * columns, no_row_place) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::size_t tiles() const { return (rows_ + tile_rows - 1) / tile_rows; }

  // [columns][tile_rows]; rows that only fill the last tile are far from everything.
  const float* tile(std::size_t index) const { return &places_[index * tile_rows * columns_]; }

  float& at(std::size_t row, std::size_t column) {
    return places_[(row / tile_rows * columns_ + column) * tile_rows + row % tile_rows];
  }

  // [columns]
  std::vector<float> row(std::size_t index) const;

  // [columns][tiles * tile_rows]: column by column instead of tile by tile.
  std::vector<float> by_column() const;

 private:
  static constexpr float no_row_place = 3e30F;  // further from everything than any range

  std::size_t rows_;
  std::size_t columns_;
  std::vector<float> places_;
};

// EvaluationDevice::nearest_distances() on the CPU.
std::vector<float> nearest_distances(const ScaledRecords& queries, const ScaledRecords& references,
                                     unsigned threads, SharedProgress& progress);

// Steps of progress that it takes.
std::size_t search_steps(std::size_t queries);

}  // namespace cuvae
