/// @file
/// The encoded table: float32 rows in [0, 1], the form that training reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <cuvae/monitor.hpp>
#include <cuvae/schema.hpp>
#include <cuvae/storage.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

/// float32 [rows, columns], row after row, each row padded with zeros to `stride` floats (a
/// multiple of 16), the first aligned to 64 bytes. Owns its memory (host, in a Storage).
class Matrix {
 public:
  Matrix() = default;

  /// Zeroed. @throws Error runtime: not enough memory or space, saying how much was asked
  Matrix(std::uint64_t rows, std::uint32_t columns, const Storage& storage = {})
      : columns_(columns), rows_(rows, (columns + 15) / 16 * 16, storage, "the encoded table") {}

  std::uint64_t rows() const { return rows_.rows(); }
  std::uint32_t columns() const { return columns_; }
  std::uint32_t stride() const { return rows_.stride(); }
  const float* row(std::uint64_t index) const { return rows_.row(index); }
  float* row(std::uint64_t index) { return rows_.row(index); }

 private:
  std::uint32_t columns_ = 0;
  RowArray<float> rows_;
};

/// How to encode.
struct EncodeOptions {
  unsigned threads = 0;  ///< 0: all hardware threads; the result is the same for any number
};

/// Encodes every cell by the schema: each float is the float64 result of the reference, rounded
/// once. The table's columns must be the schema's, in order. The matrix lies where the table does.
/// @param monitor  stage "encode", in rows
/// @throws Error   data: a null or infinite value, naming column and row
Matrix encode(const Table& table, const Schema& schema, const EncodeOptions& options = {},
              Monitor& monitor = silent_monitor());

}  // namespace cuvae
