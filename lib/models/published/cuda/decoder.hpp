// A network's decoder on a device.
#pragma once

#include <vector>

#include <cuvae/train.hpp>

#include "models/cuda/row_decoder.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

// Throws Error(usage) naming the limit that a shape exceeds.
void check_generation_limits(const PublishedShape& shape);

// Owns what the kernels of kernels/published/generate.cuh need; its members only enqueue.
class DeviceDecoder final : public RowDecoder {
 public:
  // Waits until the parameters are on the current device.
  DeviceDecoder(const PublishedNetwork& network, int device, const CudaAllocator& allocator);

  const PublishedShape& shape() const { return decoder_.shape; }
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

}  // namespace cuvae::cuda
