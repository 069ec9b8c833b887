// Launching the kernels that make rows of the endless table: Philox noise, decoder, sigmoid, exact
// codes, all in one. g++ reads this header too.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>
#include <span>
#include <vector>

#include <cuvae/published_network.hpp>

#include "kernels/arithmetic/row_range.hpp"

namespace cuvae::cuda {

inline constexpr std::uint32_t max_columns = 64;
inline constexpr std::uint32_t max_hidden = 64;
inline constexpr std::uint32_t max_latent = 16;

// A decoder ready to be launched. The published shape has a kernel of its own, compiled for its
// widths, that takes the parameters by value; for any other shape they are read from device memory.
struct Decoder {
  PublishedShape shape;
  bool published = false;
  // Decoder parameters as `pack_decoder` gives them: host memory for the published shape, device
  // memory for others. Not owned.
  const float* parameters = nullptr;
};

bool is_published(const PublishedShape& shape);

// Decoder parameters from a network's parameters. Published shape: as they are. Others: for each
// layer the biases, then the weights [inputs], each row padded with zeros to a multiple of 8.
std::vector<float> pack_decoder(const PublishedShape& shape, std::span<const float> parameters);

// Lets the kernel use the shared memory that the shape needs; to be called once on a device, not
// while a stream is captured. Tells how many blocks of the general kernel run at a time.
cudaError_t prepare_generation(const PublishedShape& shape, int device, int* resident_blocks);

// Codes, column by column. Enqueues one kernel and returns.
cudaError_t launch_codes(const Decoder& decoder, int resident_blocks, RowRange range,
                         std::span<const CodeColumn> columns, cudaStream_t stream);

// Floats [count, stride], the first `columns` of each row.
cudaError_t launch_floats(const Decoder& decoder, int resident_blocks, RowRange range, float* out,
                          std::uint32_t stride, cudaStream_t stream);

}  // namespace cuvae::cuda
