// Who makes the normal numbers of the unfused training step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_runtime_api.h>
#include <memory>

#include "measure/unfused/elementwise.cuh"

namespace cuvae::unfused {

class Noise {
 public:
  Noise() = default;
  virtual ~Noise() = default;
  Noise(const Noise&) = delete;
  Noise& operator=(const Noise&) = delete;

  // Standard normal numbers of a whole epoch: [rows, latent] in the order in which the epoch visits
  // the rows, with room for one number more. `table` says what that order is, in device memory.
  virtual void fill(const Table* table, std::uint32_t rows, std::uint32_t latent, float* numbers,
                    cudaStream_t stream) = 0;
};

// The numbers that the fused training draws.
std::shared_ptr<Noise> make_project_noise();

// cuRAND's Philox generator by its host interface, on the current device; other numbers than the
// fused training's. Throws Error(device) where cuRAND is not there or can't start.
std::shared_ptr<Noise> make_curand_noise(std::uint64_t seed);

}  // namespace cuvae::unfused
