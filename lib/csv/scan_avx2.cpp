#include <cstring>

#include "csv/scan.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

// After the includes: only what follows may use the instructions.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,pclmul"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,popcnt,pclmul")
#endif

namespace cuvae {
namespace {

struct Block {
  __m256i low;
  __m256i high;

  explicit Block(const char* text)
      : low(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text))),
        high(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 32))) {}

  std::uint64_t equal(char c) const {
    const __m256i pattern = _mm256_set1_epi8(c);
    const auto mask = [](__m256i equal_bytes) {
      return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(equal_bytes))};
    };
    return mask(_mm256_cmpeq_epi8(low, pattern)) | mask(_mm256_cmpeq_epi8(high, pattern)) << 32;
  }

  std::uint64_t usual() const {
    const __m256i zero = _mm256_setzero_si256();
    const auto mask = [](__m256i positive) {
      return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(positive))};
    };
    return mask(_mm256_cmpgt_epi8(low, zero)) | mask(_mm256_cmpgt_epi8(high, zero)) << 32;
  }
};

std::uint64_t prefix_xor(std::uint64_t bits) {
  const __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

// Eight at a time without looking: the count is known, the surplus is overwritten later.
std::uint32_t* emit(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
  std::uint32_t* const end = out + _mm_popcnt_u64(bits);
  while (bits != 0) {
    for (int i = 0; i < 8; ++i) {
      out[i] = base + static_cast<std::uint32_t>(_tzcnt_u64(bits));
      bits = _blsr_u64(bits);
    }
    out += 8;
  }
  return end;
}

#include "csv/scan_body.inl"

}  // namespace

const ScanKernels scan_kernels_avx2{count, index, hash};

}  // namespace cuvae

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
namespace cuvae {
const ScanKernels scan_kernels_avx2 = scan_kernels_scalar;
}
#endif
