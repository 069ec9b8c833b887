// Rows of the recipes of tokens, made on a device.
#pragma once

#include <memory>
#include <string>

#include <cuvae/token_network.hpp>

#include "kernels/tokens/generate.cuh"
#include "models/cuda/row_prefetcher.hpp"
#include "models/tokens/output.hpp"

namespace cuvae::cuda {

// Why the GPU can't make rows of a network, naming the limit; empty where it can.
std::string beyond_device(const TokenShape& shape, const TokenOutput& output);

// Owns what the kernel of kernels/tokens/generate.cuh needs: the parameters, and the output's
// tables.
class TokenDecoder final : public RowDecoder {
 public:
  // Waits until all is on the current device. Throws Error(usage) with beyond_device()'s text.
  // Blocks have up to `warps` warps, as many as the device has room for; tests take fewer.
  TokenDecoder(const TokenNetwork& network, const TokenOutput& output, int device,
               const CudaAllocator& allocator, std::uint32_t warps = most_token_warps);

  void codes(RowRange range, std::span<const CodeColumn> columns,
             cudaStream_t stream) const override;
  // Throws: rows of tokens have no such form.
  void floats(RowRange range, float* out, std::uint32_t stride, cudaStream_t stream) const override;

 private:
  Stream stream_;  // outlives the memory, which is given back in its order
  DeviceArray<float> parameters_;
  DeviceArray<DeviceToken> tokens_;
  DeviceArray<DeviceSource> sources_;
  DeviceArray<DeviceCell> cells_;
  DeviceArray<std::uint32_t> numbers_;
  TokenGeneration generation_{};
  std::size_t columns_;
};

// As Backend::generator(). Neither the network nor the output are needed any more afterwards.
std::unique_ptr<RowGenerator> make_cuda_token_generator(
    int device, const TokenNetwork& network, const TokenOutput& output, std::uint64_t seed,
    unsigned workers, std::uint32_t block_rows, std::uint64_t first_row, std::uint64_t total_rows,
    WorkAhead ahead = {}, const CudaAllocator& allocator = {});

}  // namespace cuvae::cuda
