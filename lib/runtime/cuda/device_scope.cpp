#include "runtime/cuda/device_scope.hpp"

#include "runtime/cuda/check.hpp"

namespace cuvae::cuda {
namespace {

// Of CUDA's driver interface: cuDevicePrimaryCtxGetState.
using GetContextState = int (*)(int device, unsigned* flags, int* active);

// From the runtime, so that programs need not be linked to the driver. Null where there is none.
GetContextState find_context_state() {
  void* found = nullptr;
  cudaDriverEntryPointQueryResult result{};
#if CUDART_VERSION >= 12050
  constexpr unsigned since = 12000;
  const cudaError_t status = cudaGetDriverEntryPointByVersion("cuDevicePrimaryCtxGetState", &found,
                                                              since, cudaEnableDefault, &result);
#else
  const cudaError_t status =
      cudaGetDriverEntryPoint("cuDevicePrimaryCtxGetState", &found, cudaEnableDefault, &result);
#endif
  if (status != cudaSuccess || result != cudaDriverEntryPointSuccess) {
    static_cast<void>(cudaGetLastError());
    return nullptr;
  }
  return reinterpret_cast<GetContextState>(found);
}

}  // namespace

bool has_context(int device) {
  const GetContextState state_of = find_context_state();
  unsigned flags = 0;
  int active = 0;
  // The index is that of the runtime and of the driver alike.
  return state_of != nullptr && state_of(device, &flags, &active) == 0 && active != 0;
}

DeviceScope::DeviceScope(int device) {
  CUVAE_CUDA(cudaGetDevice(&before_));
  if (before_ == device) return;
  CUVAE_CUDA(cudaSetDevice(device));
  changed_ = true;
}

DeviceScope::~DeviceScope() {
  if (!changed_ || !has_context(before_)) return;
  if (cudaSetDevice(before_) != cudaSuccess) static_cast<void>(cudaGetLastError());
}

}  // namespace cuvae::cuda
