// Sorting and counting runs in device memory, by CUB. Temporary memory comes from the caller;
// nothing waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_runtime_api.h>

namespace cuvae::cuda {

struct Scratch {
  void* memory = nullptr;
  std::size_t bytes = 0;
};

// Sorts by the lowest `bits` bits. `in` and `out` must not overlap.
std::size_t sort_bytes(std::uint32_t count);
cudaError_t sort(const std::uint64_t* in, std::uint64_t* out, std::uint32_t count, int bits,
                 Scratch scratch, cudaStream_t stream);

// Each run of equal keys as its key and its length; `runs` becomes their number.
std::size_t count_runs_bytes(std::uint32_t count);
cudaError_t count_runs(const std::uint64_t* sorted, std::uint64_t* keys, std::uint32_t* lengths,
                       std::uint32_t* runs, std::uint32_t count, Scratch scratch,
                       cudaStream_t stream);

}  // namespace cuvae::cuda
