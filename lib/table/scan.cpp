#include "table/scan.hpp"

#include <cstdlib>
#include <string>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

struct Support {
  bool avx2 = false;
  bool avx512 = false;
  bool avx512_scan = false;  // with the byte compress that the scanner uses
};

Support support() {
  Support found;
#if defined(__x86_64__)
  __builtin_cpu_init();
  found.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
               __builtin_cpu_supports("pclmul");
  found.avx512 = found.avx2 && __builtin_cpu_supports("avx512f") &&
                 __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                 __builtin_cpu_supports("avx512dq");
  found.avx512_scan =
      found.avx512 && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
#endif
  return found;
}

}  // namespace

SimdLevel simd_level() {
  const Support found = support();
  const char* forced = std::getenv("CUVAE_SIMD");
  const std::string name = forced == nullptr ? "" : forced;
  if (name.empty()) {
    return found.avx512 ? SimdLevel::avx512 : found.avx2 ? SimdLevel::avx2 : SimdLevel::scalar;
  }
  if (name == "scalar") return SimdLevel::scalar;
  if (name != "avx2" && name != "avx512") {
    throw Error(ErrorKind::usage,
                "CUVAE_SIMD=" + name + " is unknown; set it to scalar, avx2 or avx512");
  }
  if (name == "avx2" ? !found.avx2 : !found.avx512) {
    throw Error(ErrorKind::device, "CUVAE_SIMD=" + name +
                                       " asks for instructions that this processor lacks; unset "
                                       "CUVAE_SIMD or set it to scalar");
  }
  return name == "avx2" ? SimdLevel::avx2 : SimdLevel::avx512;
}

const ScanKernels& scan_kernels(SimdLevel level) {
  if (level == SimdLevel::scalar) return scan_kernels_scalar;
  // Early AVX-512 processors lack the byte compress; there the AVX2 scanner serves.
  if (level == SimdLevel::avx512 && support().avx512_scan) return scan_kernels_avx512;
  return scan_kernels_avx2;
}

}  // namespace cuvae
