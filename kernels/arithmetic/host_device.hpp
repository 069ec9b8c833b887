// The arithmetic of this folder is compiled three times: by g++ for one number at a time, by g++
// for a SIMD vector of numbers, and by nvcc for the GPU. All three give the same bits.
#pragma once

#if defined(__CUDACC__)
#define CUVAE_HOST_DEVICE __host__ __device__ __forceinline__
#else
#define CUVAE_HOST_DEVICE [[gnu::always_inline]] inline
#endif
