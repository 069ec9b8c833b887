// Owners of device memory and of pinned host memory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <cuvae/cuda.hpp>

#include "runtime/cuda/check.hpp"

namespace cuvae::cuda {

// Untyped device memory, from the caller's allocator or CUDA's pool. It is given back in the order
// of `stream`, which must outlive it.
class DeviceBytes {
 public:
  DeviceBytes() = default;
  // what_for completes the sentence "N bytes asked for ...".
  DeviceBytes(std::size_t bytes, cudaStream_t stream, const CudaAllocator& allocator,
              const char* what_for);
  ~DeviceBytes() { release(); }
  DeviceBytes(DeviceBytes&& other) noexcept { *this = std::move(other); }
  DeviceBytes& operator=(DeviceBytes&& other) noexcept;

  void* get() const { return memory_; }
  std::size_t size() const { return bytes_; }

 private:
  void release();

  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
  cudaStream_t stream_ = nullptr;
  CudaAllocator allocator_;
  bool pooled_ = false;
};

// An array in device memory, not initialised.
template <class T>
class DeviceArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  DeviceArray() = default;
  DeviceArray(std::size_t count, cudaStream_t stream, const CudaAllocator& allocator,
              const char* what_for)
      : bytes_(count * sizeof(T), stream, allocator, what_for) {}
  T* get() const { return static_cast<T*>(bytes_.get()); }
  std::size_t size() const { return bytes_.size() / sizeof(T); }

 private:
  DeviceBytes bytes_;
};

// Enqueues a copy of `values`, which must stay until it is done.
template <class T>
DeviceArray<T> copied_to_device(const std::vector<T>& values, cudaStream_t stream,
                                const CudaAllocator& allocator, const char* what_for) {
  DeviceArray<T> array(values.size(), stream, allocator, what_for);
  if (!values.empty()) {
    CUVAE_CUDA(cudaMemcpyAsync(array.get(), values.data(), values.size() * sizeof(T),
                               cudaMemcpyHostToDevice, stream));
  }
  return array;
}

// Host memory that the GPU copies from and to while the host goes on.
class PinnedBytes {
 public:
  PinnedBytes() = default;
  PinnedBytes(std::size_t bytes, const char* what_for);
  std::byte* get() const { return memory_.get(); }
  std::size_t size() const { return bytes_; }

 private:
  struct Release {
    void operator()(std::byte* memory) const { static_cast<void>(cudaFreeHost(memory)); }
  };
  std::unique_ptr<std::byte[], Release> memory_;
  std::size_t bytes_ = 0;
};

template <class T>
class PinnedArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  PinnedArray() = default;
  PinnedArray(std::size_t count, const char* what_for) : bytes_(count * sizeof(T), what_for) {}
  T* get() const { return reinterpret_cast<T*>(bytes_.get()); }
  std::size_t size() const { return bytes_.size() / sizeof(T); }
  std::span<T> span() const { return {get(), size()}; }

 private:
  PinnedBytes bytes_;
};

}  // namespace cuvae::cuda
