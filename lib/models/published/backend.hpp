// The seam between the library and the devices. Two implementations: lib/cpu and lib/cuda. Nothing
// outside them knows which one is running.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <cuvae/matrix.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/train.hpp>

namespace cuvae {

// How a generated number in [0, 1] becomes a code: round-half-even(x * span), computed exactly.
// Coded columns: span = labels - 1. Value columns with a fixed number of decimals: span =
// (maximum - minimum) * 10^decimals where that is below 2^29 ("ticks"). Other value columns keep
// the float ("real").
struct ColumnCoding {
  bool real = false;
  std::uint32_t span = 0;
  // Bytes of one cell in a RowBlock: the smallest of 1, 2, 4 that holds span; 4 for real columns.
  std::uint32_t width = 4;
  // Then `missing_code` stands for an empty cell, and width is 4.
  bool may_be_missing = false;
};

inline constexpr std::uint32_t missing_code = 0xffffffffU;

// Codings of a schema's columns, [columns].
std::vector<ColumnCoding> codings_of(const Schema& schema);

// Generated rows as codes, column by column. Valid until the same worker asks for its next block.
struct RowBlock {
  std::uint64_t first_row = 0;
  std::uint32_t rows = 0;
  // [columns]; each points to `rows` cells of the coding's width: unsigned integers, or floats for
  // real columns. At least 64 bytes behind the last cell may be read.
  std::vector<const void*> columns;
};

// Makes rows of the endless table.
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
  // The same rows before rounding: float32 into out[row * stride + column].
  virtual void floats(unsigned worker, std::uint64_t first_row, std::uint32_t rows, float* out,
                      std::uint32_t stride) = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual DeviceInfo info() const = 0;
  // Whether this device can train and generate a network of that shape.
  virtual bool supports(const PublishedShape& shape) const = 0;
  virtual PublishedNetwork train(
      const Matrix& data, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) = 0;
  // `total_rows` from `first_row` on will be asked for, roughly in order: a device may work ahead.
  virtual std::unique_ptr<RowGenerator> generator(const PublishedNetwork& network,
                                                  const std::vector<ColumnCoding>& codings,
                                                  std::uint64_t seed, unsigned workers,
                                                  std::uint32_t block_rows, std::uint64_t first_row,
                                                  std::uint64_t total_rows) = 0;
};

std::unique_ptr<Backend> make_cpu_backend(unsigned threads);
// Only where the CUDA half is built. Throws Error(device) where there is no usable GPU.
std::unique_ptr<Backend> make_cuda_backend(int index);

// The back end that a choice comes to. Throws Error(device).
std::unique_ptr<Backend> make_backend(const DeviceChoice& choice);
// The same for a network; where the choice is automatic, one that supports its shape.
std::unique_ptr<Backend> make_backend(const DeviceChoice& choice, const PublishedShape& shape);

}  // namespace cuvae
