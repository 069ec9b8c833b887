#include "models/tokens/cuda/decoder.hpp"

#include <fmt/format.h>
#include <limits>

#include <cuvae/error.hpp>

namespace cuvae::cuda {
namespace {

constexpr std::uint64_t most_numbers = std::numeric_limits<std::uint32_t>::max();

// TokenOutput's tables as the kernel reads them.
struct HostTables {
  std::vector<DeviceSource> sources;
  std::vector<DeviceCell> cells;
  std::vector<std::uint32_t> numbers;

  // Where the numbers lie.
  template <class Number>
  std::uint32_t add(const std::vector<Number>& more) {
    const std::size_t at = numbers.size();
    if (at + more.size() > most_numbers) {
      throw Error(ErrorKind::usage,
                  "the columns have more than 2^32 distinct values; choose `device` cpu");
    }
    for (const Number number : more) numbers.push_back(static_cast<std::uint32_t>(number));
    return static_cast<std::uint32_t>(at);
  }
};

HostTables tables_of(const TokenOutput& output, std::size_t tokens) {
  HostTables tables;
  // A row's words: of the prior's component, of its tokens, of its cells.
  const auto word = [&](std::uint32_t w) { return static_cast<std::int32_t>(1 + tokens + w); };
  for (const TokenOutput::Decoding& decoding : output.decodings()) {
    const Source& source = *decoding.source;
    DeviceSource on_device{};
    on_device.first_token = source.first_token;
    on_device.second_token = source.second_token;
    on_device.word = decoding.word < 0 ? -1 : word(static_cast<std::uint32_t>(decoding.word));
    on_device.group_leaves = tables.add(source.group_leaves);
    if (decoding.word >= 0) {
      on_device.leaf_atoms = tables.add(source.leaf_atoms);
      on_device.edges = tables.add(source.edges);
    }
    on_device.first_cell = static_cast<std::uint32_t>(tables.cells.size());
    on_device.cells = static_cast<std::uint32_t>(decoding.cells.size());
    for (const TokenOutput::Cell& cell : decoding.cells) {
      const bool ranges = !cell.spans.empty();
      tables.cells.push_back({cell.column, output.codings()[cell.column].width,
                              tables.add(cell.codes), tables.add(cell.spans),
                              ranges ? word(cell.word) : -1});
    }
    tables.sources.push_back(on_device);
  }
  return tables;
}

}  // namespace

std::string beyond_device(const TokenShape& shape, const TokenOutput& output) {
  if (std::string problem = beyond_device(shape); !problem.empty()) return problem;
  if (output.codings().size() > most_token_columns) {
    return fmt::format(
        "the table has {} columns; the GPU takes up to {}: choose `device` cpu or drop columns",
        output.codings().size(), most_token_columns);
  }
  for (const TokenOutput::Decoding& decoding : output.decodings()) {
    if (decoding.source->edges.back() > most_numbers) {
      return "the model learned from more than 2^32 - 1 rows; choose `device` cpu";
    }
  }
  return {};
}

TokenDecoder::TokenDecoder(const TokenNetwork& network, const TokenOutput& output, int device,
                           const CudaAllocator& allocator, std::uint32_t warps)
    : columns_(output.codings().size()) {
  if (const std::string problem = beyond_device(network.shape, output); !problem.empty()) {
    throw Error(ErrorKind::usage, problem);
  }
  const TokenLayout layout = layout_of(network.shape);
  if (network.parameters.size() != layout.space) {
    throw Error(ErrorKind::usage, fmt::format("the network has {} parameters instead of {}",
                                              network.parameters.size(), layout.space));
  }
  const std::vector<DeviceToken> tokens = device_tokens(layout);
  const HostTables tables = tables_of(output, tokens.size());
  const DrainAtEnd drain(stream_);
  parameters_ =
      copied_to_device(network.parameters, stream_.get(), allocator, "the decoder's parameters");
  tokens_ = copied_to_device(tokens, stream_.get(), allocator, "the decoder's tokens");
  sources_ = copied_to_device(tables.sources, stream_.get(), allocator, "the table's values");
  cells_ = copied_to_device(tables.cells, stream_.get(), allocator, "the table's values");
  numbers_ = copied_to_device(tables.numbers, stream_.get(), allocator, "the table's values");
  generation_.network = device_network(layout);
  generation_.network.tokens = tokens_.get();
  generation_.parameters = parameters_.get();
  generation_.tables = {sources_.get(), static_cast<std::uint32_t>(tables.sources.size()),
                        cells_.get(), numbers_.get()};
  generation_.warps = warps;
  CUVAE_CUDA(prepare_token_generation(generation_, device));
  stream_.synchronize();
}

void TokenDecoder::codes(RowRange range, std::span<const CodeColumn> columns,
                         cudaStream_t stream) const {
  if (columns.size() != columns_) {
    throw Error(ErrorKind::usage,
                fmt::format("{} columns given for a table of {}", columns.size(), columns_));
  }
  CUVAE_CUDA(launch_token_codes(generation_, range, columns, stream));
}

void TokenDecoder::floats(RowRange, float*, std::uint32_t, cudaStream_t) const {
  throw Error(
      ErrorKind::usage,
      "rows of the recipes fast and best have no encoded form in floats; ask for their codes");
}

std::unique_ptr<RowGenerator> make_cuda_token_generator(
    int device, const TokenNetwork& network, const TokenOutput& output, std::uint64_t seed,
    unsigned workers, std::uint32_t block_rows, std::uint64_t first_row, std::uint64_t total_rows,
    WorkAhead ahead, const CudaAllocator& allocator) {
  const DeviceScope scope(device);
  return std::make_unique<RowPrefetcher>(
      device, std::make_unique<TokenDecoder>(network, output, device, allocator), output.codings(),
      seed, workers, block_rows, first_row, total_rows, ahead, allocator);
}

}  // namespace cuvae::cuda
