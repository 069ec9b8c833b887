// A network's decoder on a device.
#pragma once

#include <memory>
#include <vector>

#include <cuvae/train.hpp>

#include "models/cuda/row_decoder.hpp"
#include "models/cuda/row_prefetcher.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

// Throws Error(usage) naming the limit that a shape exceeds.
void check_generation_limits(const PublishedShape& shape);

// Owns what the kernels of kernels/published/generate.cuh need; its members only enqueue.
class PublishedDecoder final : public RowDecoder {
 public:
  // Waits until the parameters are on the current device.
  PublishedDecoder(const PublishedNetwork& network, int device, const CudaAllocator& allocator);

  void codes(RowRange range, std::span<const CodeColumn> columns,
             cudaStream_t stream) const override;
  void floats(RowRange range, float* out, std::uint32_t stride, cudaStream_t stream) const override;

 private:
  Stream stream_;  // outlives the memory, which is given back in its order
  std::vector<float> packed_;
  DeviceArray<float> memory_;
  Decoder decoder_;
  int resident_blocks_ = 1;
};

// As Backend::generator(). The network is not needed any more afterwards.
std::unique_ptr<ScaledRowGenerator> make_cuda_published_generator(
    int device, const PublishedNetwork& network, const std::vector<ColumnCoding>& codings,
    std::uint64_t seed, unsigned workers, std::uint32_t block_rows, std::uint64_t first_row,
    std::uint64_t total_rows, WorkAhead ahead = {}, const CudaAllocator& allocator = {});

}  // namespace cuvae::cuda
