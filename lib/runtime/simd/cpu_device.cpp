#include "runtime/simd/cpu_device.hpp"

#include "runtime/simd/simd_level.hpp"
#include "support/cpu_name.hpp"
#include "support/threads.hpp"

namespace cuvae {

DeviceInfo cpu_device(unsigned threads) {
  const unsigned count = thread_count(threads);
  DeviceInfo info;
  info.id = "cpu";
  info.name = cpu_name();
  info.details = to_string(choose_simd_level()) + ", " + std::to_string(count) +
                 (count == 1 ? " thread" : " threads");
  return info;
}

}  // namespace cuvae
