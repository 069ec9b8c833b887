#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>

#include <cuvae/cuda_evaluate.hpp>
#include <cuvae/error.hpp>

#include "evaluate/cuda/sort_and_count.hpp"
#include "kernels/evaluate/evaluate.cuh"
#include "runtime/cuda/check.hpp"

namespace cuvae {
namespace {

using cuda::Counter;
static_assert(sizeof(Counter) == sizeof(std::uint64_t));

constexpr std::uint64_t most_rows = (std::uint64_t{1} << 31U) - 1;
constexpr std::uint64_t most_cells = std::uint64_t{1} << 31U;
constexpr std::uint32_t most_columns = 1024;
constexpr std::size_t alignment = 256;

std::uint32_t checked_rows(std::uint64_t rows) {
  if (rows <= most_rows) return static_cast<std::uint32_t>(rows);
  throw Error(ErrorKind::usage, fmt::format("{} rows; the GPU compares tables of up to {}: compare "
                                            "parts of it, or use the CPU",
                                            rows, most_rows));
}

void check_codes(const CudaCodes& codes) {
  const bool width = codes.width == 1 || codes.width == 2 || codes.width == 4;
  if (width && codes.count > 0) return;
  throw Error(ErrorKind::usage, fmt::format("codes of {} bytes below {}; they have 1, 2 or 4 "
                                            "bytes, and there is at least one",
                                            codes.width, codes.count));
}

// As Bins of evaluate/alignment.hpp has it.
cuda::SoftBins soft_bins(const CudaBins& bins) {
  const double width =
      bins.high > bins.low ? (bins.high - bins.low) / static_cast<double>(bins.count) : 1.0;
  const bool fits =
      bins.count >= 1 && bins.count <= 255 && std::isfinite(bins.low) && std::isfinite(bins.high);
  if (!fits || !std::isfinite(width) || width <= 0) {
    throw Error(ErrorKind::usage, fmt::format("{} bins of {} to {}; there are 1 to 255, of a "
                                              "finite range that floats can divide",
                                              bins.count, bins.low, bins.high));
  }
  return {soft::bits_of(bins.low), soft_divisor(soft::bits_of(width)), bins.count};
}

// Hands out parts of the caller's temporary memory; without memory it only measures.
class Parts {
 public:
  explicit Parts(void* memory = nullptr) : memory_(static_cast<std::byte*>(memory)) {}
  template <class T>
  T* take(std::size_t count) {
    std::byte* const part = memory_ == nullptr ? nullptr : memory_ + bytes_;
    bytes_ += (count * sizeof(T) + alignment - 1) / alignment * alignment;
    return reinterpret_cast<T*>(part);
  }
  std::size_t bytes() const { return bytes_; }

 private:
  std::byte* memory_;
  std::size_t bytes_ = 0;
};

void check_workspace(const void* workspace, std::size_t bytes, std::size_t needed) {
  if (bytes >= needed && workspace != nullptr &&
      reinterpret_cast<std::uintptr_t>(workspace) % alignment == 0) {
    return;
  }
  throw Error(ErrorKind::usage,
              fmt::format("temporary memory of {} bytes where {} are needed, aligned to {}", bytes,
                          needed, alignment));
}

struct KsParts {
  Parts parts;
  cuda::KsState* state;
  std::uint64_t* keys;  // of one column, then of the other
  std::uint64_t* a;
  std::uint64_t* b;
  cuda::Scratch sorting;

  KsParts(std::uint32_t a_rows, std::uint32_t b_rows, void* memory = nullptr)
      : parts(memory),
        state(parts.take<cuda::KsState>(1)),
        keys(parts.take<std::uint64_t>(std::max(a_rows, b_rows))),
        a(parts.take<std::uint64_t>(a_rows)),
        b(parts.take<std::uint64_t>(b_rows)) {
    sorting.bytes = cuda::sort_bytes(std::max(a_rows, b_rows));
    sorting.memory = parts.take<std::byte>(sorting.bytes);
  }
};

struct PairParts {
  Parts parts;
  std::uint64_t* keys;
  std::uint64_t* sorted;
  cuda::Scratch scratch;  // of sorting, then of counting

  explicit PairParts(std::uint32_t rows, void* memory = nullptr)
      : parts(memory),
        keys(parts.take<std::uint64_t>(rows)),
        sorted(parts.take<std::uint64_t>(rows)) {
    scratch.bytes = std::max(cuda::sort_bytes(rows), cuda::count_runs_bytes(rows));
    scratch.memory = parts.take<std::byte>(scratch.bytes);
  }
};

void check_points(const CudaPoints& points, const char* name) {
  const bool aligned = reinterpret_cast<std::uintptr_t>(points.places) % 16 == 0;
  if (points.stride >= points.rows && points.stride % 4 == 0 && aligned) return;
  throw Error(ErrorKind::usage,
              fmt::format("{} {} with a stride of {} at {}; the stride holds all of them and is a "
                          "multiple of 4, and the places are aligned to 16 bytes",
                          points.rows, name, points.stride, fmt::ptr(points.places)));
}

}  // namespace

void cuda_count_codes(const CudaCodes& codes, std::uint64_t rows, std::uint64_t* counts,
                      CudaStream stream) {
  check_codes(codes);
  const std::uint32_t checked = checked_rows(rows);
  CUVAE_CUDA(cudaMemsetAsync(counts, 0, sizeof(*counts) * codes.count, stream));
  CUVAE_CUDA(cuda::launch_count_codes(codes, checked, reinterpret_cast<Counter*>(counts), stream));
}

void cuda_histogram(const double* values, std::uint64_t rows, const CudaBins& bins,
                    std::uint64_t* counts, CudaStream stream) {
  const cuda::SoftBins soft = soft_bins(bins);
  const std::uint32_t checked = checked_rows(rows);
  CUVAE_CUDA(cudaMemsetAsync(counts, 0, sizeof(*counts) * (bins.count + 1), stream));
  CUVAE_CUDA(
      cuda::launch_histogram(values, checked, soft, reinterpret_cast<Counter*>(counts), stream));
}

void cuda_bin(const double* values, std::uint64_t rows, const CudaBins& bins, std::uint8_t* out,
              CudaStream stream) {
  CUVAE_CUDA(cuda::launch_bin(values, checked_rows(rows), soft_bins(bins), out, stream));
}

std::size_t cuda_ks_distance_bytes(std::uint64_t a_rows, std::uint64_t b_rows) {
  return KsParts(checked_rows(a_rows), checked_rows(b_rows)).parts.bytes();
}

void cuda_ks_distance(const double* a, std::uint64_t a_rows, const double* b, std::uint64_t b_rows,
                      void* workspace, std::size_t workspace_bytes, double* distance,
                      CudaStream stream) {
  const std::uint32_t a_count = checked_rows(a_rows);
  const std::uint32_t b_count = checked_rows(b_rows);
  const KsParts parts(a_count, b_count, workspace);
  check_workspace(workspace, workspace_bytes, parts.parts.bytes());
  constexpr int bits = 64;
  CUVAE_CUDA(cudaMemsetAsync(parts.state, 0, sizeof *parts.state, stream));
  CUVAE_CUDA(cuda::launch_sort_keys(a, a_count, 0, parts.keys, parts.state, stream));
  CUVAE_CUDA(cuda::sort(parts.keys, parts.a, a_count, bits, parts.sorting, stream));
  CUVAE_CUDA(cuda::launch_sort_keys(b, b_count, 1, parts.keys, parts.state, stream));
  CUVAE_CUDA(cuda::sort(parts.keys, parts.b, b_count, bits, parts.sorting, stream));
  CUVAE_CUDA(
      cuda::launch_ks_distance(parts.a, a_count, parts.b, b_count, parts.state, distance, stream));
}

void cuda_pair_table(const CudaCodes& a, const CudaCodes& b, std::uint64_t rows,
                     std::uint32_t* counts, CudaStream stream) {
  check_codes(a);
  check_codes(b);
  const std::uint32_t checked = checked_rows(rows);
  const std::uint64_t cells = std::uint64_t{a.count} * b.count;
  if (cells > most_cells) {
    throw Error(ErrorKind::usage,
                fmt::format("a table of {} by {} cells; cuda_sparse_pair_table counts those of "
                            "more than {}",
                            a.count, b.count, most_cells));
  }
  CUVAE_CUDA(cudaMemsetAsync(counts, 0, sizeof(*counts) * cells, stream));
  CUVAE_CUDA(cuda::launch_pair_table(a, b, checked, counts, stream));
}

std::size_t cuda_sparse_pair_table_bytes(std::uint64_t rows) {
  return PairParts(checked_rows(rows)).parts.bytes();
}

void cuda_sparse_pair_table(const CudaCodes& a, const CudaCodes& b, std::uint64_t rows,
                            std::uint64_t* keys, std::uint32_t* counts, std::uint32_t* number,
                            void* workspace, std::size_t workspace_bytes, CudaStream stream) {
  check_codes(a);
  check_codes(b);
  const std::uint32_t checked = checked_rows(rows);
  const PairParts parts(checked, workspace);
  check_workspace(workspace, workspace_bytes, parts.parts.bytes());
  if (checked == 0) {
    CUVAE_CUDA(cudaMemsetAsync(number, 0, sizeof *number, stream));
    return;
  }
  const int bits =
      std::max(1, static_cast<int>(std::bit_width(std::uint64_t{a.count} * b.count - 1)));
  CUVAE_CUDA(cuda::launch_pair_keys(a, b, checked, parts.keys, stream));
  CUVAE_CUDA(cuda::sort(parts.keys, parts.sorted, checked, bits, parts.scratch, stream));
  CUVAE_CUDA(cuda::count_runs(parts.sorted, keys, counts, number, checked, parts.scratch, stream));
}

void cuda_nearest_distances(const CudaPoints& queries, const CudaPoints& references,
                            std::uint32_t columns, float* distances, CudaStream stream) {
  check_points(queries, "queries");
  check_points(references, "references");
  if (columns < 1 || columns > most_columns) {
    throw Error(ErrorKind::usage,
                fmt::format("points of {} columns; they have 1 to {}", columns, most_columns));
  }
  checked_rows(queries.rows);
  CUVAE_CUDA(cuda::launch_nearest(queries, references, columns, distances, stream));
}

}  // namespace cuvae
