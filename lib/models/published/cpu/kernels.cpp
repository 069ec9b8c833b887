#include "models/published/cpu/kernels.hpp"

namespace cuvae {

namespace scalar {
extern const PublishedKernels published_table;
}
#if defined(__x86_64__)
namespace avx2 {
extern const PublishedKernels published_table;
}
namespace avx512 {
extern const PublishedKernels published_table;
}
#endif

const PublishedKernels& published_kernels(SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::avx512) return avx512::published_table;
  if (level == SimdLevel::avx2) return avx2::published_table;
#else
  static_cast<void>(level);
#endif
  return scalar::published_table;
}

}  // namespace cuvae
