#include "models/published/cuda/decoder.hpp"

#include <fmt/format.h>

#include <cuvae/error.hpp>

namespace cuvae::cuda {

void check_generation_limits(const PublishedShape& shape) {
  const auto check_width = [](const char* what, std::uint32_t value, std::uint32_t limit) {
    if (value >= 1 && value <= limit) return;
    throw Error(ErrorKind::usage,
                fmt::format("{} of the network is {}; the GPU takes 1 to {}: choose `device` cpu "
                            "or a smaller network",
                            what, value, limit));
  };
  check_width("the number of columns", shape.columns, max_columns);
  check_width("a hidden width", shape.hidden[0], max_hidden);
  check_width("a hidden width", shape.hidden[1], max_hidden);
  check_width("the number of latents", shape.latent, max_latent);
}

PublishedDecoder::PublishedDecoder(const PublishedNetwork& network, int device,
                                   const CudaAllocator& allocator) {
  check_generation_limits(network.shape);
  if (network.parameters.size() != parameter_count(network.shape)) {
    throw Error(ErrorKind::usage,
                fmt::format("the network has {} parameters instead of {}",
                            network.parameters.size(), parameter_count(network.shape)));
  }
  decoder_.shape = network.shape;
  decoder_.published = is_published(network.shape);
  packed_ = pack_decoder(network.shape, network.parameters);
  CUVAE_CUDA(prepare_generation(network.shape, device, &resident_blocks_));
  if (decoder_.published) {
    decoder_.parameters = packed_.data();
    return;
  }
  memory_ = DeviceArray<float>(packed_.size(), stream_.get(), allocator, "the decoder");
  CUVAE_CUDA(cudaMemcpyAsync(memory_.get(), packed_.data(), packed_.size() * sizeof(float),
                             cudaMemcpyHostToDevice, stream_.get()));
  stream_.synchronize();
  decoder_.parameters = memory_.get();
}

void PublishedDecoder::codes(RowRange range, std::span<const CodeColumn> columns,
                             cudaStream_t stream) const {
  CUVAE_CUDA(launch_codes(decoder_, resident_blocks_, range, columns, stream));
}

void PublishedDecoder::floats(RowRange range, float* out, std::uint32_t stride,
                              cudaStream_t stream) const {
  CUVAE_CUDA(launch_floats(decoder_, resident_blocks_, range, out, stride, stream));
}

std::unique_ptr<ScaledRowGenerator> make_cuda_published_generator(
    int device, const PublishedNetwork& network, const std::vector<ColumnCoding>& codings,
    std::uint64_t seed, unsigned workers, std::uint32_t block_rows, std::uint64_t first_row,
    std::uint64_t total_rows, WorkAhead ahead, const CudaAllocator& allocator) {
  if (codings.size() != network.shape.columns) {
    throw Error(ErrorKind::usage, "there must be one coding for each column of the network");
  }
  const DeviceScope scope(device);
  return std::make_unique<RowPrefetcher>(
      device, std::make_unique<PublishedDecoder>(network, device, allocator), codings, seed,
      workers, block_rows, first_row, total_rows, ahead, allocator);
}

}  // namespace cuvae::cuda
