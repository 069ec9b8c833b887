#include "csv/scan.hpp"

namespace cuvae {
namespace {

// Early AVX-512 processors lack the byte compress that the scanner uses.
bool has_byte_compress() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
#else
  return false;
#endif
}

}  // namespace

const ScanKernels& scan_kernels(SimdLevel level) {
  if (level == SimdLevel::scalar) return scan_kernels_scalar;
  if (level == SimdLevel::avx512 && has_byte_compress()) return scan_kernels_avx512;
  return scan_kernels_avx2;
}

}  // namespace cuvae
