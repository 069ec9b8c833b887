// Makes rows of the endless table.
#pragma once

#include <cstdint>

#include "rows/row_block.hpp"

namespace cuvae {

class RowGenerator {
 public:
  virtual ~RowGenerator() = default;
  // Rows [first_row, first_row + rows). Called from several threads at once, each with a worker
  // number of its own below the count given at creation; rows is at most `block_rows`.
  virtual const RowBlock& codes(unsigned worker, std::uint64_t first_row, std::uint32_t rows) = 0;
  // Those of them that may be wanted, in order, where the generator was told what is not; else all.
  virtual const RowBlock& candidates(unsigned worker, std::uint64_t first_row, std::uint32_t rows) {
    return codes(worker, first_row, rows);
  }
};

// Rows of a network on scaled columns, which have a form before rounding.
class ScaledRowGenerator : public RowGenerator {
 public:
  // float32 into out[row * stride + column].
  virtual void floats(unsigned worker, std::uint64_t first_row, std::uint32_t rows, float* out,
                      std::uint32_t stride) = 0;
};

}  // namespace cuvae
