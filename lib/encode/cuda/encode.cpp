#include "kernels/encode/encode.cuh"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include <cuvae/cuda_encode.hpp>
#include <cuvae/error.hpp>

#include "runtime/cuda/check.hpp"

namespace cuvae {
namespace {

static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));

constexpr std::uint64_t most_rows = std::uint64_t{1} << 31U;

// The divisor as encode() has it.
double divisor_of(double minimum, double maximum) {
  const double span = maximum - minimum;
  return span > 0 ? span : 1.0;
}

cuda::EncodedColumn checked(const CudaEncoding& column, std::size_t index) {
  cuda::EncodedColumn made{};
  made.cells = column.cells;
  made.width = column.width;
  if (column.width == 1 || column.width == 2 || column.width == 4) {
    if (column.of_code != nullptr) {
      made.of_code = column.of_code;
      return made;
    }
    throw Error(ErrorKind::usage,
                fmt::format("column {} holds codes, but its of_code is null; give it the numbers "
                            "of encoded_labels() in device memory",
                            index));
  }
  const double divisor = divisor_of(column.minimum, column.maximum);
  if (column.width != sizeof(double) || !std::isfinite(column.minimum) || !std::isfinite(divisor)) {
    throw Error(ErrorKind::usage,
                fmt::format("column {} has cells of {} bytes and the range {} to {}; a cell has 1, "
                            "2 or 4 bytes for codes, 8 for float64, and a range is finite",
                            index, column.width, column.minimum, column.maximum));
  }
  made.minimum = soft::bits_of(column.minimum);
  made.mean = soft::bits_of(column.mean);
  made.divisor = soft_divisor(soft::bits_of(divisor));
  return made;
}

}  // namespace

std::vector<float> encoded_labels(const ColumnSchema& schema) {
  const double divisor = divisor_of(schema.minimum, schema.maximum);
  std::vector<float> numbers(schema.labels.size());
  for (std::size_t number = 0; number < numbers.size(); ++number) {
    numbers[number] = static_cast<float>((static_cast<double>(number) - schema.minimum) / divisor);
  }
  return numbers;
}

void cuda_encode(std::span<const CudaEncoding> columns, std::uint64_t rows, float* out,
                 std::uint32_t stride, std::uint64_t* unencodable, CudaStream stream) {
  if (rows > most_rows || stride < columns.size()) {
    throw Error(ErrorKind::usage,
                fmt::format("{} rows of {} columns into rows of {} floats; up to {} rows are "
                            "encoded in one call, and a row holds all columns",
                            rows, columns.size(), stride, most_rows));
  }
  std::vector<cuda::EncodedColumn> all;
  for (std::size_t c = 0; c < columns.size(); ++c) all.push_back(checked(columns[c], c));
  if (unencodable != nullptr) {
    CUVAE_CUDA(cudaMemsetAsync(unencodable, 0xFF, sizeof *unencodable, stream));
  }
  for (std::size_t first = 0; first < all.size(); first += cuda::encoded_per_launch) {
    cuda::EncodedColumns part{};
    part.count = static_cast<std::uint32_t>(
        std::min<std::size_t>(cuda::encoded_per_launch, all.size() - first));
    part.first = static_cast<std::uint32_t>(first);
    part.matrix_count = static_cast<std::uint32_t>(all.size());
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(first), part.count, part.column);
    CUVAE_CUDA(cuda::launch_encode(part, static_cast<std::uint32_t>(rows), out, stride,
                                   reinterpret_cast<unsigned long long*>(unencodable), stream));
  }
}

}  // namespace cuvae
