/// @file
/// Generated rows as typed columns, handed to whatever wants them: a table in memory, a file of
/// another format, a program's own structures.
///
/// Cells lie as Apache Arrow lays them out (bitmap of present cells, dictionary indices, 64-byte
/// aligned and padded buffers that are shared and never written again), so that handing them on
/// costs nothing. Nothing here needs Arrow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/generate.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

/// Memory that copies share: a copy keeps it alive and costs a reference count. It starts at a
/// multiple of 64 bytes; bytes from size() to the next multiple of 64 are there and zero.
class SharedBuffer {
 public:
  static constexpr std::size_t alignment_bytes = 64;

  /// No memory: data() is null.
  SharedBuffer() = default;

  /// `bytes` bytes, not set. @throws Error runtime: not enough memory
  explicit SharedBuffer(std::size_t bytes);

  std::size_t size() const { return bytes_; }  ///< in bytes
  bool empty() const { return bytes_ == 0; }

  const std::byte* data() const { return memory_.get(); }
  /// As an array of T.
  template <class T>
  const T* as() const {
    return reinterpret_cast<const T*>(memory_.get());
  }

  /// For whoever fills it, before it is shared.
  template <class T>
  T* to_fill() {
    return reinterpret_cast<T*>(memory_.get());
  }

  /// Keeps the memory alive as long as it lives: what a release callback holds on to.
  std::shared_ptr<const void> owner() const { return memory_; }

 private:
  std::shared_ptr<std::byte> memory_;
  std::size_t bytes_ = 0;
};

/// The distinct cells of a column, shared by all of its batches. Text i is
/// bytes[offsets[i] ... offsets[i + 1]), as in an Arrow string array; it need not be UTF-8 where
/// the training table's was not.
class LabelDictionary {
 public:
  LabelDictionary() = default;

  /// @throws Error data: together they have 2^31 bytes or more
  explicit LabelDictionary(const std::vector<std::string>& labels);

  std::uint32_t size() const { return size_; }
  std::string_view operator[](std::uint32_t index) const;

  const SharedBuffer& offsets() const { return offsets_; }  ///< int32 [size() + 1]
  const SharedBuffer& bytes() const { return bytes_; }

 private:
  std::uint32_t size_ = 0;
  SharedBuffer offsets_;
  SharedBuffer bytes_;
};

/// What one cell of a column is in memory.
enum class CellType {
  /// int32 index into RowColumn::labels. Always 32 bits, whatever the number of labels: every
  /// consumer takes that, and none has to know three widths.
  dictionary,
  integer,  ///< int64: whole numbers
  decimal,  ///< int64: the number times 10^decimals, so cents for amounts of money; exact
  real,     ///< float64: the number that reading the CSV file gives, to the bit
  text,  ///< int32 [rows + 1] offsets into ColumnCells::bytes, as in an Arrow string array: keys,
         ///< dates and times
};

/// What a column holds, the same for all batches.
struct RowColumn {
  std::string name;
  ColumnKind kind = ColumnKind::label;  ///< as in the training table
  CellType type = CellType::dictionary;
  int decimals = 0;             ///< decimal: digits behind the point. real: digits that
                                ///< CSV writes, -1: as many as the number needs, or as the
                                ///< cell's form has where there is a spelling
  bool may_be_missing = false;  ///< false: no cell of any batch is missing
  std::shared_ptr<const LabelDictionary> labels;  ///< dictionary: not null
  std::shared_ptr<const Spelling> spelling;       ///< as in Column; null where the kind says it all
  std::vector<std::string> markers;               ///< as in Column
};

/// The cells of one column in one batch.
struct ColumnCells {
  SharedBuffer values;        ///< [rows] as RowColumn::type says; zero where a cell is missing
  SharedBuffer bytes;         ///< text: the characters of all cells
  SharedBuffer forms;         ///< uint32 [rows] as Column::forms; empty without a spelling
  SharedBuffer present;       ///< bit i % 8 of byte i / 8: cell i is there. Empty: all of them are
  std::uint64_t missing = 0;  ///< cells that are not

  bool is_present(std::uint32_t row) const {
    return present.empty() || (present.as<std::uint8_t>()[row / 8] >> (row % 8) & 1) != 0;
  }
};

/// Some rows, in a row.
struct RowBatch {
  /// How many rows of the same call came before. Without conditions this is row
  /// GenerateOptions::first_row + first_row of the endless table.
  std::uint64_t first_row = 0;
  std::uint32_t rows = 0;
  std::vector<ColumnCells> columns;  ///< in the schema's order
};

/// A cell as CSV spells it, without the quotes that some need; "" or its marker where it is
/// missing.
std::string cell_text(const RowColumn& column, const ColumnCells& cells, std::uint32_t row);

/// Takes generated rows. Derive from it for a new place or format.
///
/// **Order and threads.** begin() comes first, then the batches in the order of their rows, then
/// finish(). The calls never overlap and each sees all that those before it did, but batches may
/// come from different threads. While one is taken, other threads make the next ones; a slow sink
/// slows generation down and does not fill memory.
///
/// **Ownership.** Buffers belong to whoever holds a batch or a copy of it: keep them as long as you
/// like, on any thread, without copying. Nobody writes to them again. The sink itself belongs to
/// the caller.
///
/// **Failing and cancelling.** What a sink throws ends generation and comes out of the function
/// that was called. After that, or when the monitor is cancelled, or when generating fails, no
/// further call comes, finish() neither: a sink that writes a file makes it appear in finish().
class RowSink {
 public:
  virtual ~RowSink() = default;

  /// Rows of every batch but the last, which may have fewer: 1 to 2^20. Asked once, before begin().
  virtual std::uint32_t batch_rows() const { return 65'536; }

  /// @param columns  what every batch holds, in this order; stays valid until finish()
  /// @param rows     how many there will be in all
  virtual void begin(const std::vector<RowColumn>& columns, std::uint64_t rows) = 0;

  virtual void batch(RowBatch batch) = 0;

  virtual void finish() {}
};

/// Keeps all batches.
class MemorySink : public RowSink {
 public:
  explicit MemorySink(std::uint32_t batch_rows = 65'536) : batch_rows_(batch_rows) {}

  std::uint32_t batch_rows() const override { return batch_rows_; }
  void begin(const std::vector<RowColumn>& columns, std::uint64_t rows) override;
  void batch(RowBatch batch) override;

  const std::vector<RowColumn>& columns() const { return columns_; }
  const std::vector<RowBatch>& batches() const { return batches_; }
  std::uint64_t rows() const;  ///< so far

 private:
  std::uint32_t batch_rows_;
  std::vector<RowColumn> columns_;
  std::vector<RowBatch> batches_;
};

/// Hands rows to a sink: cell by cell the rows that generate_csv() writes for the same options, of
/// any recipe, on any device, at any number of threads. Batches have RowSink::batch_rows() rows,
/// with conditions too. options.header says nothing here.
///
/// @param monitor  stage "generate", in rows
/// @return         GenerateResult::bytes is 0
/// @throws Error   as generate_csv(), but for files; usage: batch_rows() is out of range; what the
///                 sink throws
GenerateResult generate_rows(const Model& model, const GenerateOptions& options, RowSink& sink,
                             const DeviceChoice& device = {}, Monitor& monitor = silent_monitor());

/// The same rows as a table: what read_csv() makes of the file that generate_csv() writes, without
/// the file, for evaluate() and others that take tables. Columns have the kinds that they have in
/// the training table; labels are those that occur.
///
/// @param monitor  stage "generate", in rows
/// @throws Error   as generate_csv(), but for files; usage: no rows are asked for; runtime: not
///                 enough memory
Table generate_columns(const Model& model, const GenerateOptions& options,
                       const DeviceChoice& device = {}, Monitor& monitor = silent_monitor(),
                       const Storage& storage = {});

}  // namespace cuvae
