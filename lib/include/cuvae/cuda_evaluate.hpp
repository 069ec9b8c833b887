/// @file
/// Evaluation on the device: what comparing two tables counts, sorts and searches, for columns that
/// are in device memory. Counts are exact, distances have the bits that the CPU's evaluation gets.
/// Only where the library was built with its CUDA half. This header needs no CUDA header.
///
/// Nothing here waits, allocates or uses another stream than the caller's; every call can be
/// captured in a CUDA graph. Results stay in device memory. Where a call needs temporary memory,
/// the caller brings it, of the size that the function of the same name ending in `_bytes` tells:
/// device memory, aligned to 256 bytes, whose contents don't matter. The caller's pointers must
/// stay valid until the work is done. The calls work on the current device and throw Error(usage)
/// for arguments that don't fit and Error(runtime) where CUDA refuses a launch. A table has up to
/// 2^31 - 1 rows here.
#pragma once

#include <cstddef>
#include <cstdint>

#include <cuvae/cuda.hpp>

namespace cuvae {

/// A column of codes in device memory: [rows] unsigned integers below `count`.
struct CudaCodes {
  const void* cells = nullptr;  ///< aligned to `width`
  std::uint32_t width = 1;      ///< bytes of a cell: 1, 2 or 4
  std::uint32_t count = 0;      ///< every cell is below it
};

/// Rows of each code.
/// @param counts  [codes.count], all of it is written
void cuda_count_codes(const CudaCodes& codes, std::uint64_t rows, std::uint64_t* counts,
                      CudaStream stream);

/// Equal bins of a range, as evaluate() has them: bin floor((number - low) / width), numbers
/// outside go to the end bins, width = (high - low) / count, or 1 for an empty range.
struct CudaBins {
  double low = 0;
  double high = 0;
  std::uint32_t count = 50;  ///< 1 to 255
};

/// Rows of each bin of a column of float64.
/// @param counts  [bins.count + 1], all of it is written; the last one counts NaN, which is missing
void cuda_histogram(const double* values, std::uint64_t rows, const CudaBins& bins,
                    std::uint64_t* counts, CudaStream stream);

/// The bin of each row of a column of float64, bins.count for NaN: a column of codes for
/// cuda_pair_table().
/// @param out  [rows]
void cuda_bin(const double* values, std::uint64_t rows, const CudaBins& bins, std::uint8_t* out,
              CudaStream stream);

/// The Kolmogorov-Smirnov distance of the numbers of two columns of float64, NaN left out; 0 where
/// neither has any, 1 where one has none.
/// @param workspace  cuda_ks_distance_bytes(a_rows, b_rows)
/// @param distance   one number
void cuda_ks_distance(const double* a, std::uint64_t a_rows, const double* b, std::uint64_t b_rows,
                      void* workspace, std::size_t workspace_bytes, double* distance,
                      CudaStream stream);

/// Bytes of the workspace of cuda_ks_distance().
std::size_t cuda_ks_distance_bytes(std::uint64_t a_rows, std::uint64_t b_rows);

/// Rows of each combination of the codes of two columns.
/// @param counts  [a.count, b.count], up to 2^31 of them; all of it is written
void cuda_pair_table(const CudaCodes& a, const CudaCodes& b, std::uint64_t rows,
                     std::uint32_t* counts, CudaStream stream);

/// The combinations that occur, for columns of so many codes that a whole table would not fit:
/// a's code * b.count + b's code, ascending, and the rows of each.
/// @param keys       [rows]
/// @param counts     [rows]
/// @param number     one number: how many combinations there are
/// @param workspace  cuda_sparse_pair_table_bytes(rows)
void cuda_sparse_pair_table(const CudaCodes& a, const CudaCodes& b, std::uint64_t rows,
                            std::uint64_t* keys, std::uint32_t* counts, std::uint32_t* number,
                            void* workspace, std::size_t workspace_bytes, CudaStream stream);

/// Bytes of the workspace of cuda_sparse_pair_table().
std::size_t cuda_sparse_pair_table_bytes(std::uint64_t rows);

/// Rows as points, column by column: the place of row r in column c is places[c * stride + r].
struct CudaPoints {
  const float* places = nullptr;  ///< aligned to 16 bytes
  std::uint32_t rows = 0;
  std::uint32_t stride = 0;  ///< at least `rows`, a multiple of 4; what lies behind the last row
                             ///< may be anything
};

/// The distance of each query to the nearest reference: the sum over columns, in their order and in
/// float32, of min(|difference|, 1).
/// @param columns    of both, 1 to 1,024
/// @param distances  [queries.rows], columns + 1 where there is no reference
void cuda_nearest_distances(const CudaPoints& queries, const CudaPoints& references,
                            std::uint32_t columns, float* distances, CudaStream stream);

}  // namespace cuvae
