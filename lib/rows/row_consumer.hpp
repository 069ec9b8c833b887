// Where generated rows go: text, typed batches, a table. All of them start from the codes.
#pragma once

#include <cstdint>
#include <memory>

#include "rows/row_block.hpp"

namespace cuvae {

// Takes rows in pieces that several workers turn into its own form at the same time.
class RowConsumer {
 public:
  // One thread's part. For each piece the three calls come in this order.
  class Worker {
   public:
    virtual ~Worker() = default;
    // Turns rows into the consumer's form, at any time. The block stays as it is until complete()
    // has returned; its first_row says nothing where rows are picked by conditions.
    virtual void take(const RowBlock& block) = 0;
    // In the order of the rows, one call at a time for all workers.
    virtual void place() = 0;
    // What has to be done with a piece that knows its place, at any time.
    virtual void complete() {}
  };

  virtual ~RowConsumer() = default;
  // How many rows a piece has, at most.
  virtual std::uint32_t piece_rows() const = 0;
  // Where conditions leave few rows of a piece: whether to wait for more until piece_rows() are
  // together.
  virtual bool gathers() const = 0;
  // Before the first row and behind the last one; finish() only where nothing has failed.
  virtual void begin() {}
  virtual void finish() {}
  // Called on the thread that uses it; several may call at once.
  virtual std::unique_ptr<Worker> make_worker() = 0;
};

}  // namespace cuvae
