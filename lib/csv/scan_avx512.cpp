#include <cstring>

#include "csv/scan.hpp"

#if defined(__x86_64__)
#if !defined(__clang__)
// GCC 12 takes the undefined vectors inside of its own intrinsics for mistakes.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

// After the includes: only what follows may use the instructions.
#if defined(__clang__)
#pragma clang attribute push(                                                                       \
    __attribute__((target(                                                                          \
        "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,popcnt,pclmul"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2")
#pragma GCC target("avx2,bmi,bmi2,popcnt,pclmul")
#endif

namespace cuvae {
namespace {

struct Block {
  __m512i bytes;

  explicit Block(const char* text) : bytes(_mm512_loadu_si512(text)) {}

  std::uint64_t equal(char c) const { return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c)); }
  std::uint64_t usual() const { return _mm512_cmpgt_epi8_mask(bytes, _mm512_setzero_si512()); }
};

std::uint64_t prefix_xor(std::uint64_t bits) {
  const __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

alignas(64) constexpr unsigned char byte_numbers[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

// The numbers of the set bits, packed by one compress, then widened sixteen at a time.
std::uint32_t* emit(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
  const __m512i packed = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(byte_numbers));
  const __m512i bases = _mm512_set1_epi32(static_cast<int>(base));
  const auto found = static_cast<unsigned>(_mm_popcnt_u64(bits));
  const auto store = [&](std::uint32_t* to, __m128i numbers) {
    _mm512_storeu_si512(to, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(numbers)));
  };
  store(out, _mm512_castsi512_si128(packed));
  if (__builtin_expect(found > 16, 0)) {
    store(out + 16, _mm512_extracti32x4_epi32(packed, 1));
    store(out + 32, _mm512_extracti32x4_epi32(packed, 2));
    store(out + 48, _mm512_extracti32x4_epi32(packed, 3));
  }
  return out + found;
}

#include "csv/scan_body.inl"

}  // namespace

const ScanKernels scan_kernels_avx512{count, index, hash};

}  // namespace cuvae

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
namespace cuvae {
const ScanKernels scan_kernels_avx512 = scan_kernels_scalar;
}
#endif
