#include <fmt/format.h>

#include <cuvae/cuda.hpp>
#include <cuvae/error.hpp>

#include "kernels/arithmetic/round_code.hpp"
#include "models/published/cuda/decoder.hpp"
#include "runtime/cuda/devices.hpp"

namespace cuvae {
namespace {

void check_rows(std::uint32_t rows) {
  if (rows <= cuda::max_rows_per_launch) return;
  throw Error(ErrorKind::usage,
              fmt::format("{} rows asked for in one call; the GPU makes up to {} at a time", rows,
                          cuda::max_rows_per_launch));
}

cuda::CodeColumn checked_column(const CudaColumn& column, std::size_t index) {
  if (column.real) return {column.cells, 0, 0};
  const bool known_width = column.width == 1 || column.width == 2 || column.width == 4;
  if (column.span >= max_span || !known_width ||
      (column.width < 4 && column.span >> (8 * column.width) != 0)) {
    throw Error(ErrorKind::usage,
                fmt::format("column {} can't hold codes up to {} in cells of {} bytes", index,
                            column.span, column.width));
  }
  return {column.cells, column.span, column.width};
}

}  // namespace

class CudaGenerator::Implementation {
 public:
  Implementation(const PublishedNetwork& network, int index, const CudaAllocator& allocator)
      : device(index) {
    cuda::usable_device(index);
    const cuda::DeviceScope scope(index);
    decoder = std::make_unique<cuda::DeviceDecoder>(network, index, allocator);
  }
  ~Implementation() {
    int before = 0;
    static_cast<void>(cudaGetDevice(&before));
    static_cast<void>(cudaSetDevice(device));
    decoder.reset();
    static_cast<void>(cudaSetDevice(before));
  }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  int device;
  std::unique_ptr<cuda::DeviceDecoder> decoder;
};

CudaGenerator::CudaGenerator(const PublishedNetwork& network, int device,
                             const CudaAllocator& allocator)
    : implementation_(std::make_unique<Implementation>(network, device, allocator)) {}
CudaGenerator::~CudaGenerator() = default;
CudaGenerator::CudaGenerator(CudaGenerator&&) noexcept = default;
CudaGenerator& CudaGenerator::operator=(CudaGenerator&&) noexcept = default;

void CudaGenerator::rows(std::uint64_t seed, std::uint64_t first_row, std::uint32_t rows,
                         float* out, std::uint32_t stride, CudaStream stream) const {
  check_rows(rows);
  if (stride < columns()) {
    throw Error(ErrorKind::usage, fmt::format("a stride of {} floats is too small for {} columns",
                                              stride, columns()));
  }
  const cuda::DeviceScope scope(implementation_->device);
  implementation_->decoder->floats({seed, first_row, rows}, out, stride, stream);
}

void CudaGenerator::codes(std::uint64_t seed, std::uint64_t first_row, std::uint32_t rows,
                          std::span<const CudaColumn> columns, CudaStream stream) const {
  check_rows(rows);
  if (columns.size() != this->columns()) {
    throw Error(ErrorKind::usage, fmt::format("{} columns given for a network of {}",
                                              columns.size(), this->columns()));
  }
  std::vector<cuda::CodeColumn> targets;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    targets.push_back(checked_column(columns[c], c));
  }
  const cuda::DeviceScope scope(implementation_->device);
  implementation_->decoder->codes({seed, first_row, rows}, targets, stream);
}

std::uint32_t CudaGenerator::columns() const {
  return implementation_->decoder->shape().columns;
}

int CudaGenerator::device() const {
  return implementation_->device;
}

}  // namespace cuvae
