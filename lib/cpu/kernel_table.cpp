#include "cpu/kernel_table.hpp"

namespace cuvae {

namespace scalar {
extern const CpuKernels kernels;
}
#if defined(__x86_64__)
namespace avx2 {
extern const CpuKernels kernels;
}
namespace avx512 {
extern const CpuKernels kernels;
}
#endif

const CpuKernels& cpu_kernels(SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::avx512) return avx512::kernels;
  if (level == SimdLevel::avx2) return avx2::kernels;
#else
  static_cast<void>(level);
#endif
  return scalar::kernels;
}

}  // namespace cuvae
