// An allocator hook that counts device memory that is out, and may refuse.
#pragma once

#include <cstddef>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>
#include <limits>
#include <map>

#include <cuvae/cuda.hpp>

namespace cuvae {

struct CountingAllocator {
  std::map<void*, std::size_t> out;
  std::size_t most_bytes = 0;                                  // that were out at a time
  std::size_t left = std::numeric_limits<std::size_t>::max();  // allocations before it refuses

  CudaAllocator hook() {
    return {[](std::size_t bytes, CudaStream stream, void* context) -> void* {
              return static_cast<CountingAllocator*>(context)->allocate(bytes, stream);
            },
            [](void* memory, std::size_t, CudaStream stream, void* context) {
              static_cast<CountingAllocator*>(context)->out.erase(memory);
              EXPECT_EQ(cudaFreeAsync(memory, stream), cudaSuccess);
            },
            this};
  }

 private:
  void* allocate(std::size_t bytes, CudaStream stream) {
    void* memory = nullptr;
    if (left == 0 || cudaMallocAsync(&memory, bytes, stream) != cudaSuccess) return nullptr;
    --left;
    out[memory] = bytes;
    std::size_t sum = 0;
    for (const auto& [address, size] : out) sum += size;
    most_bytes = sum > most_bytes ? sum : most_bytes;
    return memory;
  }
};

}  // namespace cuvae
