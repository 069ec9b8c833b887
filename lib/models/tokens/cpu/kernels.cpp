#include "models/tokens/cpu/kernels.hpp"

namespace cuvae {

namespace scalar {
extern const TokenKernels token_table;
}
#if defined(__x86_64__)
namespace avx2 {
extern const TokenKernels token_table;
}
namespace avx512 {
extern const TokenKernels token_table;
}
#endif

const TokenKernels& token_kernels(SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::avx512) return avx512::token_table;
  if (level == SimdLevel::avx2) return avx2::token_table;
#else
  static_cast<void>(level);
#endif
  return scalar::token_table;
}

}  // namespace cuvae
