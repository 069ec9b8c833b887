// Who does the matrix products of the unfused training step.
#pragma once

#include <cstddef>
#include <cuda_runtime_api.h>
#include <memory>

#include "measure/unfused/product.hpp"

namespace cuvae::unfused {

// Where a product's matrices are, all in device memory.
struct Matrices {
  const float* a = nullptr;
  const float* b = nullptr;
  float* d = nullptr;
  float* bias = nullptr;  // read or, for bias_gradient, written
};

class Multiplier {
 public:
  Multiplier() = default;
  virtual ~Multiplier() = default;
  Multiplier(const Multiplier&) = delete;
  Multiplier& operator=(const Multiplier&) = delete;

  // Chooses how to do a product; it may wait. Must come before multiply(), which then only
  // enqueues. Throws Error where the product can't be done.
  virtual void prepare(const Product& product) = 0;
  virtual void multiply(const Product& product, const Matrices& matrices, cudaStream_t stream) = 0;
};

// One thread for each number of D, the sums in order: slow, and runs wherever CUDA does.
std::shared_ptr<Multiplier> make_plain_multiplier();

// NVIDIA's cuBLASLt in full float32, on the current device. Throws Error(device) where it is not
// there or can't start. `workspace_bytes` of device memory are its own.
std::shared_ptr<Multiplier> make_cublaslt_multiplier(std::size_t workspace_bytes = std::size_t{32}
                                                                                   << 20);

// Whether this build can call cuBLASLt.
bool has_cublaslt();

}  // namespace cuvae::unfused
