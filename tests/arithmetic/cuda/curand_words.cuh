// What cuRAND's device engine makes of a seed and a place in its sequences. g++ reads this header
// too.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>

#include "kernels/arithmetic/philox.hpp"

namespace cuvae {

// Four words lie at offset ... offset + 3 of a subsequence.
struct CurandPlace {
  std::uint64_t seed;
  std::uint64_t subsequence;
  std::uint64_t offset;
};

// Where cuRAND has the words of a noise_counter(): the row counts blocks of four words, step,
// purpose and block are the subsequence.
inline CurandPlace curand_place(std::uint64_t seed, std::uint64_t row, std::uint32_t step,
                                Purpose purpose, std::uint32_t block) {
  const PhiloxCounter counter = noise_counter(row, step, purpose, block);
  return {seed, counter.word[2] | std::uint64_t{counter.word[3]} << 32, 4 * row};
}

// Of one place, in every way that cuRAND offers.
struct CurandWords {
  PhiloxCounter function;  // curand_Philox4x32_10 of counter and key
  PhiloxCounter init;      // curand_init with subsequence and offset, then curand4
  PhiloxCounter skipped;   // curand_init, skipahead_sequence, skipahead, then curand4
  PhiloxCounter next;      // curand4 once more
  float normals[4];        // curand_normal4
};

// places, words: [count] in device memory
cudaError_t launch_curand(const CurandPlace* places, std::uint32_t count, CurandWords* words,
                          cudaStream_t stream);

}  // namespace cuvae
