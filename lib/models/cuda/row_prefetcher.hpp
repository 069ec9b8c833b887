// Rows for the host: made and copied ahead of those who ask for them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "models/cuda/row_decoder.hpp"
#include "rows/row_generator.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

// How far and in what pieces a generator works ahead. Tests use small ones.
struct WorkAhead {
  std::size_t piece_bytes = std::size_t{8} << 20;  // at least one block all the same
  std::uint32_t pieces = 3;  // one being made, one being copied, one being read
};

// The cells of `rows` rows in one buffer, column by column, each column aligned to 256 bytes.
class BlockLayout {
 public:
  BlockLayout(const std::vector<ColumnCoding>& codings, std::uint32_t rows);

  std::size_t bytes() const { return bytes_; }
  std::size_t column_count() const { return codings_.size(); }
  std::vector<CodeColumn> columns(std::byte* buffer) const;
  const std::byte* cell(const std::byte* buffer, std::size_t column, std::uint32_t row) const {
    return buffer + offsets_[column] + std::size_t{row} * codings_[column].width;
  }

 private:
  std::vector<ColumnCoding> codings_;
  std::vector<std::size_t> offsets_;
  std::size_t bytes_ = 0;
};

// A piece of the table on its way: made and copied in a stream of its own, so that one piece's
// kernel, another's copy and the reading of a third go on at the same time.
class Piece {
 public:
  Piece(const BlockLayout& layout, const CudaAllocator& allocator);
  ~Piece();  // waits for the copy: pinned memory must not go under it
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  void start(const RowDecoder& decoder, RowRange range);
  // Waits until the rows are in host memory.
  void wait() const;
  RowRange range() const { return range_; }
  bool holds(std::uint64_t first_row, std::uint32_t rows) const;
  // Points `block` at rows that the piece holds.
  void show(std::uint64_t first_row, std::uint32_t rows, RowBlock& block) const;

 private:
  BlockLayout layout_;
  Stream stream_;
  Event copied_;
  DeviceArray<std::byte> device_;
  PinnedArray<std::byte> host_;
  RowRange range_{0, 0, 0};
};

// Pieces follow one another through a few buffers. A block that no piece holds, because it was
// asked for out of order or lies across two pieces, is made for itself: whatever is asked in
// whatever order, nobody waits for another worker, only for the GPU.
class RowPrefetcher final : public ScaledRowGenerator {
 public:
  // `decoder` was made on the device.
  RowPrefetcher(int device, std::unique_ptr<RowDecoder> decoder,
                const std::vector<ColumnCoding>& codings, std::uint64_t seed, unsigned workers,
                std::uint32_t block_rows, std::uint64_t first_row, std::uint64_t total_rows,
                WorkAhead ahead = {}, const CudaAllocator& allocator = {});
  ~RowPrefetcher() override;

  const RowBlock& codes(unsigned worker, std::uint64_t first_row, std::uint32_t rows) override;
  void floats(unsigned worker, std::uint64_t first_row, std::uint32_t rows, float* out,
              std::uint32_t stride) override;

 private:
  struct Slot {
    Slot(const BlockLayout& layout, const CudaAllocator& allocator) : piece(layout, allocator) {}
    Piece piece;
    unsigned readers = 0;
    std::uint32_t rows_left = 0;  // not asked for yet
  };
  struct FloatBuffers {
    FloatBuffers(std::size_t count, const CudaAllocator& allocator);
    ~FloatBuffers();
    FloatBuffers(const FloatBuffers&) = delete;
    FloatBuffers& operator=(const FloatBuffers&) = delete;
    Stream stream;
    DeviceArray<float> device;
    PinnedArray<float> host;
  };
  struct Worker {
    RowBlock block;
    Slot* reading = nullptr;
    std::unique_ptr<Piece> own;
    std::unique_ptr<FloatBuffers> floats;
  };

  void check_block(unsigned worker, std::uint32_t rows) const;
  void release(Worker& worker);
  // The slot whose piece holds these rows, or null where the worker must make them itself.
  Slot* acquire(std::uint64_t first_row, std::uint32_t rows);
  Slot* holder(std::uint64_t first_row, std::uint32_t rows);
  Slot* oldest_unread();
  void start_next(Slot& slot);

  int device_;
  CudaAllocator allocator_;
  std::vector<ColumnCoding> codings_;
  std::uint64_t seed_;
  std::uint32_t block_rows_;
  std::uint32_t piece_rows_;
  std::uint32_t pieces_;
  std::uint64_t origin_row_;
  std::uint64_t total_rows_;
  std::uint64_t next_row_ = 0;  // the first, from the origin, that no piece has taken on
  std::mutex mutex_;            // of the slots and next_row_
  std::unique_ptr<RowDecoder> decoder_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Worker> workers_;
};

}  // namespace cuvae::cuda
