// Moving numbers between lanes: rows to columns on the way in, and the tree that adds the lanes on
// the way out. The only place with instructions that Highway 1.0 has no name for.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "cpu/vector_ops.hpp"

namespace cuvae::CUVAE_TARGET {

#if HWY_TARGET == HWY_AVX3

// [16 rows][16 columns] to [16 columns][16 rows]; row i starts at rows[i].
CUVAE_INLINE void transpose_block(const float* const* rows, float* out, std::uint32_t columns) {
  __m512 a[16], b[16];
  unroll<16>(CUVAE_LAMBDA(auto i) { a[i] = _mm512_load_ps(rows[i]); });
  unroll<8>(CUVAE_LAMBDA(auto i) {
    b[2 * i] = _mm512_unpacklo_ps(a[2 * i], a[2 * i + 1]);
    b[2 * i + 1] = _mm512_unpackhi_ps(a[2 * i], a[2 * i + 1]);
  });
  unroll<4>(CUVAE_LAMBDA(auto i) {
    unroll<2>(CUVAE_LAMBDA(auto h) {
      const __m512d low = _mm512_castps_pd(b[4 * i + h]);
      const __m512d high = _mm512_castps_pd(b[4 * i + 2 + h]);
      a[4 * i + 2 * h] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, high));
      a[4 * i + 2 * h + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, high));
    });
  });
  // a[4 i + c] now holds column c of each block of four columns, for rows 4 i ... 4 i + 3.
  unroll<4>(CUVAE_LAMBDA(auto c) {
    const __m512 even_0 = _mm512_shuffle_f32x4(a[c], a[4 + c], 0x88);
    const __m512 odd_0 = _mm512_shuffle_f32x4(a[c], a[4 + c], 0xdd);
    const __m512 even_1 = _mm512_shuffle_f32x4(a[8 + c], a[12 + c], 0x88);
    const __m512 odd_1 = _mm512_shuffle_f32x4(a[8 + c], a[12 + c], 0xdd);
    b[c] = _mm512_shuffle_f32x4(even_0, even_1, 0x88);
    b[8 + c] = _mm512_shuffle_f32x4(even_0, even_1, 0xdd);
    b[4 + c] = _mm512_shuffle_f32x4(odd_0, odd_1, 0x88);
    b[12 + c] = _mm512_shuffle_f32x4(odd_0, odd_1, 0xdd);
  });
  unroll<16>(CUVAE_LAMBDA(auto i) {
    if (i < columns) _mm512_store_ps(out + i * 16, b[i]);
  });
}

// The lane sums of 16 vectors, in the canonical tree.
CUVAE_INLINE void add_lanes(const float* in, float* out) {
  __m512 t[8], u[4], x[2];
  unroll<8>(CUVAE_LAMBDA(auto i) {
    const __m512 a = _mm512_load_ps(in + 32 * i), b = _mm512_load_ps(in + 32 * i + 16);
    t[i] = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
  });
  unroll<4>(CUVAE_LAMBDA(auto i) {
    const __m512d a = _mm512_castps_pd(t[2 * i]), b = _mm512_castps_pd(t[2 * i + 1]);
    u[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(a, b)),
                         _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)));
  });
  unroll<2>(CUVAE_LAMBDA(auto i) {
    x[i] = _mm512_add_ps(_mm512_shuffle_f32x4(u[2 * i], u[2 * i + 1], 0x88),
                         _mm512_shuffle_f32x4(u[2 * i], u[2 * i + 1], 0xdd));
  });
  _mm512_storeu_ps(out, _mm512_add_ps(_mm512_shuffle_f32x4(x[0], x[1], 0x88),
                                      _mm512_shuffle_f32x4(x[0], x[1], 0xdd)));
}

#elif HWY_TARGET == HWY_AVX2

CUVAE_INLINE void transpose_block(const float* const* rows, float* out, std::uint32_t columns) {
  __m256 a[8], b[8];
  unroll<8>(CUVAE_LAMBDA(auto i) { a[i] = _mm256_load_ps(rows[i]); });
  unroll<4>(CUVAE_LAMBDA(auto i) {
    b[2 * i] = _mm256_unpacklo_ps(a[2 * i], a[2 * i + 1]);
    b[2 * i + 1] = _mm256_unpackhi_ps(a[2 * i], a[2 * i + 1]);
  });
  unroll<2>(CUVAE_LAMBDA(auto i) {
    unroll<2>(CUVAE_LAMBDA(auto h) {
      const __m256d low = _mm256_castps_pd(b[4 * i + h]);
      const __m256d high = _mm256_castps_pd(b[4 * i + 2 + h]);
      a[4 * i + 2 * h] = _mm256_castpd_ps(_mm256_unpacklo_pd(low, high));
      a[4 * i + 2 * h + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low, high));
    });
  });
  unroll<8>(CUVAE_LAMBDA(auto i) {
    constexpr int c = i % 4;
    if (i < columns) {
      _mm256_store_ps(out + i * 8, _mm256_permute2f128_ps(a[c], a[4 + c], i < 4 ? 0x20 : 0x31));
    }
  });
}

// The lane sums of 8 vectors.
CUVAE_INLINE void add_lanes_of_8(const float* in, float* out) {
  __m256 t[4], u[2];
  unroll<4>(CUVAE_LAMBDA(auto i) {
    const __m256 a = _mm256_load_ps(in + 16 * i), b = _mm256_load_ps(in + 16 * i + 8);
    t[i] = _mm256_add_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
  });
  unroll<2>(CUVAE_LAMBDA(auto i) {
    const __m256d a = _mm256_castps_pd(t[2 * i]), b = _mm256_castps_pd(t[2 * i + 1]);
    u[i] = _mm256_add_ps(_mm256_castpd_ps(_mm256_unpacklo_pd(a, b)),
                         _mm256_castpd_ps(_mm256_unpackhi_pd(a, b)));
  });
  _mm256_storeu_ps(out, _mm256_add_ps(_mm256_permute2f128_ps(u[0], u[1], 0x20),
                                      _mm256_permute2f128_ps(u[0], u[1], 0x31)));
}

CUVAE_INLINE void add_lanes(const float* in, float* out) {
  add_lanes_of_8(in, out);
  add_lanes_of_8(in + 64, out + 8);
}

#else

CUVAE_INLINE void transpose_block(const float* const* rows, float* out, std::uint32_t) {
  out[0] = rows[0][0];
}

CUVAE_INLINE void add_lanes(const float* in, float* out) {
  for (int i = 0; i < 16; ++i) out[i] = in[i];
}

#endif

}  // namespace cuvae::CUVAE_TARGET
