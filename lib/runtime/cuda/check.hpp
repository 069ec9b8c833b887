// CUDA errors as exceptions.
#pragma once

#include <cstddef>
#include <cuda_runtime_api.h>

namespace cuvae::cuda {

// Throws Error with file, line, what was being done, CUDA's own text and a hint. Clears the error
// that CUDA keeps, so that the caller's next check does not meet it again.
[[noreturn]] void fail(cudaError_t status, const char* file, int line, const char* doing);

inline void check(cudaError_t status, const char* file, int line, const char* doing) {
  if (status != cudaSuccess) fail(status, file, line, doing);
}

// Throws Error(runtime): how much was asked, how much there is, what to lower.
[[noreturn]] void fail_out_of_memory(const char* kind, std::size_t bytes, const char* what_for);

}  // namespace cuvae::cuda

#define CUVAE_CUDA(expression) ::cuvae::cuda::check((expression), __FILE__, __LINE__, #expression)
