// Which GPUs there are and whether this build can use them.
#pragma once

#include <cuda_runtime_api.h>

#include <cuvae/device.hpp>

namespace cuvae::cuda {

// The GPU with this index. Throws Error(device) with reason and remedy where it can't be used.
DeviceInfo usable_device(int index);

// The oldest NVIDIA driver that runs what this build's CUDA made: any of the same major version.
inline constexpr int least_driver = CUDART_VERSION >= 13000 ? 580 : 525;
static_assert(CUDART_VERSION >= 12000 && CUDART_VERSION < 14000, "which driver does it need?");

}  // namespace cuvae::cuda
