// Tests' data to the device and back.
#pragma once

#include <vector>

#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae {

template <class T>
cuda::DeviceArray<T> to_device(const std::vector<T>& data, const cuda::Stream& stream) {
  // An empty vector still gets an address.
  cuda::DeviceArray<T> array(data.size() + 1, stream.get(), {}, "a test");
  CUVAE_CUDA(cudaMemcpyAsync(array.get(), data.data(), data.size() * sizeof(T),
                             cudaMemcpyHostToDevice, stream.get()));
  stream.synchronize();  // of the vector, which may be a temporary one
  return array;
}

template <class T>
std::vector<T> to_host(const T* array, std::size_t count, const cuda::Stream& stream) {
  std::vector<T> data(count);
  CUVAE_CUDA(
      cudaMemcpyAsync(data.data(), array, count * sizeof(T), cudaMemcpyDeviceToHost, stream.get()));
  stream.synchronize();
  return data;
}

// Room for results, filled with a value that no result has by chance.
template <class T>
cuda::DeviceArray<T> room_for(std::size_t count, const cuda::Stream& stream) {
  cuda::DeviceArray<T> array(count + 1, stream.get(), {}, "a test");
  CUVAE_CUDA(cudaMemsetAsync(array.get(), 0x5A, array.size() * sizeof(T), stream.get()));
  return array;
}

}  // namespace cuvae
