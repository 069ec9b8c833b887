#include "models/cuda/row_prefetcher.hpp"

#include <algorithm>

#include <cuvae/error.hpp>

#include "kernels/testing/planted_defect.hpp"

namespace cuvae::cuda {
namespace {

constexpr std::size_t column_alignment = 256;
constexpr std::size_t readable_behind = 64;  // RowBlock promises it

std::size_t row_bytes(const std::vector<ColumnCoding>& codings) {
  std::size_t bytes = 0;
  for (const ColumnCoding& coding : codings) bytes += coding.width;
  return bytes;
}

std::uint32_t rows_of_piece(const std::vector<ColumnCoding>& codings, std::uint32_t block_rows,
                            std::uint64_t total_rows, std::size_t piece_bytes) {
  const std::uint64_t block_bytes = row_bytes(codings) * block_rows;
  const std::uint64_t fitting = std::max<std::uint64_t>(1, piece_bytes / block_bytes);
  const std::uint64_t needed =
      std::max<std::uint64_t>(1, (total_rows + block_rows - 1) / block_rows);
  const std::uint64_t representable = max_rows_per_launch / block_rows;
  return static_cast<std::uint32_t>(std::min({fitting, needed, representable}) * block_rows);
}

}  // namespace

BlockLayout::BlockLayout(const std::vector<ColumnCoding>& codings, std::uint32_t rows)
    : codings_(codings) {
  for (const ColumnCoding& coding : codings) {
    offsets_.push_back(bytes_);
    const std::size_t end = bytes_ + std::size_t{rows} * coding.width;
    bytes_ = (end + column_alignment - 1) / column_alignment * column_alignment;
  }
}

std::vector<CodeColumn> BlockLayout::columns(std::byte* buffer) const {
  std::vector<CodeColumn> columns;
  for (std::size_t c = 0; c < codings_.size(); ++c) {
    columns.push_back(
        {buffer + offsets_[c], codings_[c].span, codings_[c].real ? 0 : codings_[c].width});
  }
  return columns;
}

Piece::Piece(const BlockLayout& layout, const CudaAllocator& allocator)
    : layout_(layout),
      device_(layout.bytes(), stream_.get(), allocator, "a piece of generated rows"),
      host_(layout.bytes() + readable_behind, "a piece of generated rows") {
  // The gaps between columns are copied too.
  CUVAE_CUDA(cudaMemsetAsync(device_.get(), 0, device_.size(), stream_.get()));
}

Piece::~Piece() {
  static_cast<void>(cudaStreamSynchronize(stream_.get()));
}

void Piece::start(const RowDecoder& decoder, RowRange range) {
  range_ = range;
  decoder.codes(range, layout_.columns(device_.get()), stream_.get());
  CUVAE_CUDA(cudaMemcpyAsync(host_.get(), device_.get(), layout_.bytes(), cudaMemcpyDeviceToHost,
                             stream_.get()));
  copied_.record(stream_);
}

void Piece::wait() const {
  if constexpr (planted_defect != PlantedDefect::missing_stream_wait) copied_.synchronize();
}

bool Piece::holds(std::uint64_t first_row, std::uint32_t rows) const {
  const std::uint64_t offset = first_row - range_.first;  // huge for a row before the first
  return offset <= range_.count && rows <= range_.count - offset;
}

void Piece::show(std::uint64_t first_row, std::uint32_t rows, RowBlock& block) const {
  const auto offset = static_cast<std::uint32_t>(first_row - range_.first);
  block.first_row = first_row;
  block.rows = rows;
  block.columns.clear();
  for (std::size_t c = 0; c < layout_.column_count(); ++c) {
    block.columns.push_back(layout_.cell(host_.get(), c, offset));
  }
}

RowPrefetcher::FloatBuffers::FloatBuffers(std::size_t count, const CudaAllocator& allocator)
    : device(count, stream.get(), allocator, "generated rows as floats"),
      host(count, "generated rows as floats") {}

RowPrefetcher::FloatBuffers::~FloatBuffers() {
  static_cast<void>(cudaStreamSynchronize(stream.get()));
}

RowPrefetcher::RowPrefetcher(int device, std::unique_ptr<RowDecoder> decoder,
                             const std::vector<ColumnCoding>& codings, std::uint64_t seed,
                             unsigned workers, std::uint32_t block_rows, std::uint64_t first_row,
                             std::uint64_t total_rows, WorkAhead ahead,
                             const CudaAllocator& allocator)
    : device_(device),
      allocator_(allocator),
      codings_(codings),
      seed_(seed),
      block_rows_(std::max(block_rows, 1U)),
      piece_rows_(rows_of_piece(codings, block_rows_, total_rows, ahead.piece_bytes)),
      pieces_(std::max(ahead.pieces, 1U)),
      origin_row_(first_row),
      total_rows_(total_rows),
      decoder_(std::move(decoder)),
      workers_(workers) {}

RowPrefetcher::~RowPrefetcher() {
  int before = 0;
  static_cast<void>(cudaGetDevice(&before));
  static_cast<void>(cudaSetDevice(device_));
  slots_.clear();
  workers_.clear();
  decoder_.reset();
  static_cast<void>(cudaSetDevice(before));
}

void RowPrefetcher::check_block(unsigned worker, std::uint32_t rows) const {
  if (worker < workers_.size() && rows <= block_rows_) return;
  throw Error(ErrorKind::usage, "more workers or rows in a block than the generator was made for");
}

const RowBlock& RowPrefetcher::codes(unsigned worker, std::uint64_t first_row, std::uint32_t rows) {
  check_block(worker, rows);
  const DeviceScope scope(device_);
  Worker& mine = workers_[worker];
  release(mine);
  mine.reading = acquire(first_row, rows);
  if (mine.reading != nullptr) {
    mine.reading->piece.wait();
    mine.reading->piece.show(first_row, rows, mine.block);
    return mine.block;
  }
  if (!mine.own) mine.own = std::make_unique<Piece>(BlockLayout(codings_, block_rows_), allocator_);
  mine.own->start(*decoder_, {seed_, first_row, rows});
  mine.own->wait();
  mine.own->show(first_row, rows, mine.block);
  return mine.block;
}

void RowPrefetcher::floats(unsigned worker, std::uint64_t first_row, std::uint32_t rows, float* out,
                           std::uint32_t stride) {
  check_block(worker, rows);
  const DeviceScope scope(device_);
  Worker& mine = workers_[worker];
  const std::size_t columns = codings_.size();
  if (!mine.floats) {
    mine.floats = std::make_unique<FloatBuffers>(block_rows_ * columns, allocator_);
  }
  const FloatBuffers& buffers = *mine.floats;
  decoder_->floats({seed_, first_row, rows}, buffers.device.get(),
                   static_cast<std::uint32_t>(columns), buffers.stream.get());
  CUVAE_CUDA(cudaMemcpyAsync(buffers.host.get(), buffers.device.get(),
                             rows * columns * sizeof(float), cudaMemcpyDeviceToHost,
                             buffers.stream.get()));
  buffers.stream.synchronize();
  for (std::uint32_t r = 0; r < rows; ++r) {
    std::copy_n(buffers.host.get() + r * columns, columns, out + std::size_t{r} * stride);
  }
}

void RowPrefetcher::release(Worker& worker) {
  if (worker.reading == nullptr) return;
  const std::lock_guard lock(mutex_);
  Slot& slot = *worker.reading;
  worker.reading = nullptr;
  --slot.readers;
  if (slot.readers == 0 && slot.rows_left == 0 && next_row_ < total_rows_) start_next(slot);
}

RowPrefetcher::Slot* RowPrefetcher::acquire(std::uint64_t first_row, std::uint32_t rows) {
  const std::lock_guard lock(mutex_);
  while (slots_.size() < pieces_ && next_row_ < total_rows_) {
    slots_.push_back(std::make_unique<Slot>(BlockLayout(codings_, piece_rows_), allocator_));
    start_next(*slots_.back());
  }
  const std::uint64_t asked = first_row - origin_row_;  // huge for a row before the first
  Slot* slot = holder(first_row, rows);
  while (slot == nullptr && asked >= next_row_ && asked < total_rows_) {
    Slot* const free = oldest_unread();
    if (free == nullptr) break;
    // Pieces that nobody asked for are left out.
    next_row_ = std::max(next_row_, asked - asked % piece_rows_);
    start_next(*free);
    slot = holder(first_row, rows);
  }
  if (slot == nullptr) return nullptr;
  ++slot->readers;
  slot->rows_left -= std::min(slot->rows_left, rows);
  return slot;
}

RowPrefetcher::Slot* RowPrefetcher::holder(std::uint64_t first_row, std::uint32_t rows) {
  for (const std::unique_ptr<Slot>& slot : slots_) {
    if (slot->piece.holds(first_row, rows)) return slot.get();
  }
  return nullptr;
}

RowPrefetcher::Slot* RowPrefetcher::oldest_unread() {
  Slot* oldest = nullptr;
  for (const std::unique_ptr<Slot>& slot : slots_) {
    if (slot->readers != 0) continue;
    if (oldest == nullptr ||
        slot->piece.range().first - origin_row_ < oldest->piece.range().first - origin_row_) {
      oldest = slot.get();
    }
  }
  return oldest;
}

void RowPrefetcher::start_next(Slot& slot) {
  const auto rows =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(piece_rows_, total_rows_ - next_row_));
  slot.piece.start(*decoder_, {seed_, origin_row_ + next_row_, rows});
  slot.rows_left = rows;
  next_row_ += rows;
}

}  // namespace cuvae::cuda
