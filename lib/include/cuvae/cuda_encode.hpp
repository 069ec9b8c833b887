/// @file
/// Encoding on the device: columns that were uploaded as they are in a Table become the float32
/// matrix that training reads, with the bits of encode(). Only where the library was built with its
/// CUDA half. This header needs no CUDA header.
///
/// Nothing here waits, allocates or uses another stream than the caller's; every call can be
/// captured in a CUDA graph. The caller's pointers must stay valid until the work is done. The
/// calls work on the current device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <cuvae/cuda.hpp>
#include <cuvae/schema.hpp>

namespace cuvae {

/// One column in device memory on its way into the matrix.
struct CudaEncoding {
  const void* cells = nullptr;  ///< device memory, [rows], aligned to the width of a cell

  /// Bytes of a cell: 1, 2 or 4 for codes of a coded column, 8 for the float64 of a value column.
  std::uint32_t width = 0;

  /// Coded: device memory, the number of each code, as encoded_labels() gives them. Every cell must
  /// be the index of one.
  const float* of_code = nullptr;

  double minimum = 0;  ///< value columns: as in ColumnSchema
  double maximum = 0;  ///< value columns: as in ColumnSchema
  double mean = 0;     ///< value columns: stands in for NaN
};

/// The encoded number of each label of a coded column, [labels]: what its codes are looked up in.
/// For a table with other labels than the schema's, look its codes up in a rearranged copy.
std::vector<float> encoded_labels(const ColumnSchema& schema);

/// What `unencodable` holds where every value could be encoded.
inline constexpr std::uint64_t every_cell_encoded = std::numeric_limits<std::uint64_t>::max();

/// Writes rows [0, rows) of the columns to a matrix: label numbers are looked up, values are
/// (value - minimum) / (maximum - minimum) in float64, rounded once to float32, as encode() has
/// them.
///
/// @param columns      one for each column of the matrix, in order; read before the call returns
/// @param rows         up to 2^31
/// @param out          device memory, float32 [rows, stride], aligned to 4 bytes; only the first
///                     `columns` floats of each row are written
/// @param stride       floats from a row to the next, at least the number of columns
/// @param unencodable  device memory, one number, or null: becomes row * columns + column of the
///                     first cell whose encoded number is not finite (encode() throws there), else
///                     every_cell_encoded
/// @throws Error       usage: a width, range or stride that does not fit; runtime: CUDA refused the
///                     launch
void cuda_encode(std::span<const CudaEncoding> columns, std::uint64_t rows, float* out,
                 std::uint32_t stride, std::uint64_t* unencodable, CudaStream stream);

}  // namespace cuvae
