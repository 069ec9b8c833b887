#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_run_length_encode.cuh>

#include "evaluate/cuda/sort_and_count.hpp"
#include "runtime/cuda/check.hpp"

namespace cuvae::cuda {
namespace {

constexpr int key_bits = 64;

// CUB's sizes are ints here: what it compiles for these is smaller and faster than for 64 bits.
int size_of(std::uint32_t count) {
  return static_cast<int>(count);
}

}  // namespace

std::size_t sort_bytes(std::uint32_t count) {
  std::size_t bytes = 0;
  const std::uint64_t* in = nullptr;
  std::uint64_t* out = nullptr;
  CUVAE_CUDA(cub::DeviceRadixSort::SortKeys(nullptr, bytes, in, out, size_of(count), 0, key_bits));
  return bytes;
}

cudaError_t sort(const std::uint64_t* in, std::uint64_t* out, std::uint32_t count, int bits,
                 Scratch scratch, cudaStream_t stream) {
  return cub::DeviceRadixSort::SortKeys(scratch.memory, scratch.bytes, in, out, size_of(count), 0,
                                        bits, stream);
}

std::size_t count_runs_bytes(std::uint32_t count) {
  std::size_t bytes = 0;
  const std::uint64_t* in = nullptr;
  std::uint64_t* keys = nullptr;
  std::uint32_t* numbers = nullptr;
  CUVAE_CUDA(cub::DeviceRunLengthEncode::Encode(nullptr, bytes, in, keys, numbers, numbers,
                                                size_of(count)));
  return bytes;
}

cudaError_t count_runs(const std::uint64_t* sorted, std::uint64_t* keys, std::uint32_t* lengths,
                       std::uint32_t* runs, std::uint32_t count, Scratch scratch,
                       cudaStream_t stream) {
  return cub::DeviceRunLengthEncode::Encode(scratch.memory, scratch.bytes, sorted, keys, lengths,
                                            runs, size_of(count), stream);
}

}  // namespace cuvae::cuda
