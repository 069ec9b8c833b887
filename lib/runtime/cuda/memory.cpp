#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {
namespace {

bool device_has_pool() {
  int device = 0;
  int has_pool = 0;
  CUVAE_CUDA(cudaGetDevice(&device));
  CUVAE_CUDA(cudaDeviceGetAttribute(&has_pool, cudaDevAttrMemoryPoolsSupported, device));
  return has_pool != 0;
}

}  // namespace

DeviceBytes::DeviceBytes(std::size_t bytes, cudaStream_t stream, const CudaAllocator& allocator,
                         const char* what_for)
    : bytes_(bytes), stream_(stream), allocator_(allocator) {
  if (bytes == 0) return;
  if (allocator_.allocate != nullptr) {
    memory_ = allocator_.allocate(bytes, stream, allocator_.context);
    if (memory_ == nullptr) fail_out_of_memory("device memory", bytes, what_for);
    return;
  }
  pooled_ = device_has_pool();
  const cudaError_t status =
      pooled_ ? cudaMallocAsync(&memory_, bytes, stream) : cudaMalloc(&memory_, bytes);
  if (status == cudaErrorMemoryAllocation) fail_out_of_memory("device memory", bytes, what_for);
  CUVAE_CUDA(status);
}

DeviceBytes& DeviceBytes::operator=(DeviceBytes&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(bytes_, other.bytes_);
  std::swap(stream_, other.stream_);
  std::swap(allocator_, other.allocator_);
  std::swap(pooled_, other.pooled_);
  return *this;
}

void DeviceBytes::release() {
  if (memory_ == nullptr) return;
  if (allocator_.deallocate != nullptr) {
    allocator_.deallocate(memory_, bytes_, stream_, allocator_.context);
  } else if (pooled_) {
    static_cast<void>(cudaFreeAsync(memory_, stream_));
  } else {
    static_cast<void>(cudaFree(memory_));
  }
  memory_ = nullptr;
}

PinnedBytes::PinnedBytes(std::size_t bytes, const char* what_for) : bytes_(bytes) {
  if (bytes == 0) return;
  void* memory = nullptr;
  const cudaError_t status = cudaHostAlloc(&memory, bytes, cudaHostAllocDefault);
  if (status == cudaErrorMemoryAllocation) {
    fail_out_of_memory("pinned host memory", bytes, what_for);
  }
  CUVAE_CUDA(status);
  memory_.reset(static_cast<std::byte*>(memory));
}

}  // namespace cuvae::cuda
