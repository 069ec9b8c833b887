// What makes rows on a device: the networks' kernels, as RowPrefetcher sees them.
#pragma once

#include <span>

#include "kernels/published/generate.cuh"

namespace cuvae::cuda {

// Its members only enqueue, for the device that it was made on; any number of threads may call them
// at a time.
class RowDecoder {
 public:
  virtual ~RowDecoder() = default;
  virtual void codes(RowRange range, std::span<const CodeColumn> columns,
                     cudaStream_t stream) const = 0;
  virtual void floats(RowRange range, float* out, std::uint32_t stride,
                      cudaStream_t stream) const = 0;
};

}  // namespace cuvae::cuda
