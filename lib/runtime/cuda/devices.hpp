// Which GPUs there are and whether this build can use them.
#pragma once

#include <cuvae/device.hpp>

namespace cuvae::cuda {

// The GPU with this index. Throws Error(device) with reason and remedy where it can't be used.
DeviceInfo usable_device(int index);

}  // namespace cuvae::cuda
