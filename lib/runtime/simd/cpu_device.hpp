// The processor as a device.
#pragma once

#include <cuvae/device.hpp>

namespace cuvae {

// As list_devices() shows it, with so many threads (0: all).
DeviceInfo cpu_device(unsigned threads);

}  // namespace cuvae
