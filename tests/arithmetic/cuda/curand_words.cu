#include <curand_kernel.h>

#include "curand_words.cuh"

namespace cuvae {
namespace {

constexpr std::uint32_t threads = 128;

__device__ PhiloxCounter words_of(uint4 words) {
  return {{words.x, words.y, words.z, words.w}};
}

__global__ void curand_kernel(const CurandPlace* places, std::uint32_t count, CurandWords* words) {
  const std::uint32_t i = blockIdx.x * threads + threadIdx.x;
  if (i >= count) return;
  const CurandPlace place = places[i];
  const auto low = [](std::uint64_t number) { return static_cast<unsigned>(number); };
  const auto high = [](std::uint64_t number) { return static_cast<unsigned>(number >> 32); };
  const std::uint64_t block = place.offset / 4;
  words[i].function = words_of(curand_Philox4x32_10(
      make_uint4(low(block), high(block), low(place.subsequence), high(place.subsequence)),
      make_uint2(low(place.seed), high(place.seed))));

  curandStatePhilox4_32_10_t state;
  curand_init(place.seed, 0, 0, &state);
  skipahead_sequence(place.subsequence, &state);
  skipahead(place.offset, &state);
  words[i].skipped = words_of(curand4(&state));

  curand_init(place.seed, place.subsequence, place.offset, &state);
  words[i].init = words_of(curand4(&state));
  words[i].next = words_of(curand4(&state));

  curand_init(place.seed, place.subsequence, place.offset, &state);
  const float4 normals = curand_normal4(&state);
  words[i].normals[0] = normals.x;
  words[i].normals[1] = normals.y;
  words[i].normals[2] = normals.z;
  words[i].normals[3] = normals.w;
}

}  // namespace

cudaError_t launch_curand(const CurandPlace* places, std::uint32_t count, CurandWords* words,
                          cudaStream_t stream) {
  curand_kernel<<<(count + threads - 1) / threads, threads, 0, stream>>>(places, count, words);
  return cudaGetLastError();
}

}  // namespace cuvae
