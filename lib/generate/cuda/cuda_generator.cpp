#include <fmt/format.h>

#include <cuvae/cuda.hpp>
#include <cuvae/error.hpp>

#include "kernels/arithmetic/round_code.hpp"
#include "models/file/check_model.hpp"
#include "models/published/cuda/decoder.hpp"
#include "models/tokens/cuda/decoder.hpp"
#include "rows/codings.hpp"
#include "runtime/cuda/devices.hpp"

namespace cuvae {
namespace {

static_assert(cuda_missing_cell == missing_code);

// What makes a model's rows, and what they are.
struct Making {
  std::unique_ptr<cuda::RowDecoder> decoder;
  Schema schema;
  std::vector<ColumnCoding> codings;
  bool any_span = false;  // whether the caller may choose how numbers become codes
};

Making making_of(const PublishedNetwork& network, const Schema& schema, int device,
                 const CudaAllocator& allocator) {
  return {std::make_unique<cuda::PublishedDecoder>(network, device, allocator), schema,
          codings_of(schema), true};
}

Making making_of(const TokenModel& model, const Schema& schema, int device,
                 const CudaAllocator& allocator) {
  const TokenOutput output(schema, model.tokenizer);
  return {std::make_unique<cuda::TokenDecoder>(model.network, output, device, allocator),
          output.schema(), output.codings(), false};
}

// The current device makes them.
Making making_of(const Model& model, int device, const CudaAllocator& allocator) {
  check_model(model);
  return std::visit(
      [&](const auto& network) {
        return making_of(network, network_schema(model), device, allocator);
      },
      model.network);
}

Making making_of(const PublishedNetwork& network, int device, const CudaAllocator& allocator) {
  return {std::make_unique<cuda::PublishedDecoder>(network, device, allocator), Schema{},
          std::vector<ColumnCoding>(network.shape.columns, ColumnCoding{.real = true}), true};
}

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

void check_format(const CudaColumn& column, const ColumnCoding& wanted, std::size_t index) {
  if (column.real == wanted.real && column.span == wanted.span && column.width == wanted.width) {
    return;
  }
  throw Error(ErrorKind::usage,
              fmt::format("column {} is asked for with codes up to {} in cells of {} bytes; this "
                          "model gives codes up to {} in {} bytes: take what formats() says",
                          index, column.span, column.width, wanted.span, wanted.width));
}

}  // namespace

class CudaGenerator::Implementation {
 public:
  template <class Source>
  Implementation(const Source& source, int index, const CudaAllocator& allocator) : device(index) {
    cuda::usable_device(index);
    const cuda::DeviceScope scope(index);
    making = making_of(source, index, allocator);
  }
  ~Implementation() {
    int before = 0;
    static_cast<void>(cudaGetDevice(&before));
    static_cast<void>(cudaSetDevice(device));
    making.decoder.reset();
    static_cast<void>(cudaSetDevice(before));
  }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  int device;
  Making making;
};

CudaGenerator::CudaGenerator(const Model& model, int device, const CudaAllocator& allocator)
    : implementation_(std::make_unique<Implementation>(model, device, allocator)) {}
CudaGenerator::CudaGenerator(const PublishedNetwork& network, int device,
                             const CudaAllocator& allocator)
    : implementation_(std::make_unique<Implementation>(network, device, allocator)) {}
CudaGenerator::~CudaGenerator() = default;
CudaGenerator::CudaGenerator(CudaGenerator&&) noexcept = default;
CudaGenerator& CudaGenerator::operator=(CudaGenerator&&) noexcept = default;

std::uint32_t CudaGenerator::columns() const {
  return static_cast<std::uint32_t>(implementation_->making.codings.size());
}

int CudaGenerator::device() const {
  return implementation_->device;
}

const Schema& CudaGenerator::schema() const {
  return implementation_->making.schema;
}

std::vector<CudaColumn> CudaGenerator::formats() const {
  const Making& making = implementation_->making;
  std::vector<CudaColumn> columns;
  for (std::size_t c = 0; c < making.codings.size(); ++c) {
    const ColumnCoding& coding = making.codings[c];
    CudaColumn column;
    column.span = coding.span;
    column.width = coding.width;
    column.real = coding.real;
    column.may_be_missing = coding.may_be_missing;
    const bool ticks = !coding.real && !is_coded(making.schema.columns[c].kind);
    if (const auto unit = ticks ? ticks_of(making.schema.columns[c]) : std::nullopt) {
      column.first = unit->first;
      column.decimals = unit->decimals;
    }
    columns.push_back(column);
  }
  return columns;
}

void CudaGenerator::codes(std::uint64_t seed, std::uint64_t first_row, std::uint32_t rows,
                          std::span<const CudaColumn> columns, CudaStream stream) const {
  const Making& making = implementation_->making;
  check_rows(rows);
  if (columns.size() != this->columns()) {
    throw Error(ErrorKind::usage, fmt::format("{} columns given for a network of {}",
                                              columns.size(), this->columns()));
  }
  std::vector<cuda::CodeColumn> targets;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!making.any_span) check_format(columns[c], making.codings[c], c);
    targets.push_back(checked_column(columns[c], c));
  }
  const cuda::DeviceScope scope(implementation_->device);
  making.decoder->codes({seed, first_row, rows}, targets, stream);
}

void CudaGenerator::rows(std::uint64_t seed, std::uint64_t first_row, std::uint32_t rows,
                         float* out, std::uint32_t stride, CudaStream stream) const {
  check_rows(rows);
  if (stride < columns()) {
    throw Error(ErrorKind::usage, fmt::format("a stride of {} floats is too small for {} columns",
                                              stride, columns()));
  }
  const cuda::DeviceScope scope(implementation_->device);
  implementation_->making.decoder->floats({seed, first_row, rows}, out, stride, stream);
}

}  // namespace cuvae
