// Moving numbers between lanes: rows to columns on the way in, the tree that adds the lanes on the
// way out, and weights to transposed weights. The only place with instructions that Highway 1.0 has
// no name for.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "runtime/simd/vector_ops.hpp"

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

// Lane i of the result is the sum over the lanes of vector i, in the canonical tree.
CUVAE_INLINE VectorOps::Float add_lanes(const VectorOps::Float (&in)[16]) {
  __m512 t[8], u[4], x[2];
  unroll<8>(CUVAE_LAMBDA(auto i) {
    const __m512 a = in[2 * i].raw, b = in[2 * i + 1].raw;
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
  return VectorOps::Float{_mm512_add_ps(_mm512_shuffle_f32x4(x[0], x[1], 0x88),
                                        _mm512_shuffle_f32x4(x[0], x[1], 0xdd))};
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

CUVAE_INLINE VectorOps::Float add_lanes(const VectorOps::Float (&in)[8]) {
  __m256 t[4], u[2];
  unroll<4>(CUVAE_LAMBDA(auto i) {
    const __m256 a = in[2 * i].raw, b = in[2 * i + 1].raw;
    t[i] = _mm256_add_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
  });
  unroll<2>(CUVAE_LAMBDA(auto i) {
    const __m256d a = _mm256_castps_pd(t[2 * i]), b = _mm256_castps_pd(t[2 * i + 1]);
    u[i] = _mm256_add_ps(_mm256_castpd_ps(_mm256_unpacklo_pd(a, b)),
                         _mm256_castpd_ps(_mm256_unpackhi_pd(a, b)));
  });
  return VectorOps::Float{_mm256_add_ps(_mm256_permute2f128_ps(u[0], u[1], 0x20),
                                        _mm256_permute2f128_ps(u[0], u[1], 0x31))};
}

#else

CUVAE_INLINE void transpose_block(const float* const* rows, float* out, std::uint32_t) {
  out[0] = rows[0][0];
}

CUVAE_INLINE VectorOps::Float add_lanes(const VectorOps::Float (&in)[1]) {
  return in[0];
}

#endif

// The lane sums of 16 vectors.
CUVAE_INLINE void add_lanes(const float* in, float* out) {
  constexpr int width = VectorOps::lanes;
  for (int first = 0; first < 16; first += width) {
    VectorOps::Float vectors[width];
    unroll<width>(CUVAE_LAMBDA(auto i) { vectors[i] = VectorOps::load(in + (first + i) * width); });
    VectorOps::store_unaligned(add_lanes(vectors), out + first);
  }
}

// The sum of a vector's place in all units, as neighbours in a tree. Units come in order, so a
// stack of partial sums, one for each bit of the count so far, forms it; the units of one segment,
// which is most often all, do without.
CUVAE_INLINE VectorOps::Float sum_of_units(const float* sums, std::size_t units,
                                           std::size_t stride) {
  const auto unit = CUVAE_LAMBDA(std::size_t u) {
    return VectorOps::load(sums + u * stride);
  };
  if (units == 2) return VectorOps::add(unit(0), unit(1));
  if (units == 4) {
    return VectorOps::add(VectorOps::add(unit(0), unit(1)), VectorOps::add(unit(2), unit(3)));
  }
  VectorOps::Float stack[40];
  std::size_t depth = 0;
  for (std::size_t u = 0; u < units; ++u) {
    VectorOps::Float sum = unit(u);
    for (std::size_t carry = u; (carry & 1) != 0; carry >>= 1) {
      sum = VectorOps::add(stack[--depth], sum);
    }
    stack[depth++] = sum;
  }
  VectorOps::Float sum = stack[--depth];
  while (depth > 0) sum = VectorOps::add(stack[--depth], sum);
  return sum;
}

// [rows][columns] to [columns][rows], in blocks of four by four. The last ones may lie across their
// neighbours.
inline void transpose(const float* in, std::uint32_t rows, std::uint32_t columns, float* out) {
#if defined(__AVX2__)
  if (rows >= 4 && columns >= 4) {
    for (std::uint32_t r = 0; r < rows; r += 4) {
      for (std::uint32_t c = 0; c < columns; c += 4) {
        const std::size_t i = r + 4 < rows ? r : rows - 4;
        const std::size_t j = c + 4 < columns ? c : columns - 4;
        const float* from = in + i * columns + j;
        __m128 a = _mm_loadu_ps(from), b = _mm_loadu_ps(from + columns);
        __m128 x = _mm_loadu_ps(from + 2 * columns), y = _mm_loadu_ps(from + 3 * columns);
        _MM_TRANSPOSE4_PS(a, b, x, y);
        float* to = out + j * rows + i;
        _mm_storeu_ps(to, a);
        _mm_storeu_ps(to + rows, b);
        _mm_storeu_ps(to + 2 * rows, x);
        _mm_storeu_ps(to + 3 * rows, y);
      }
    }
    return;
  }
#endif
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) out[j * rows + i] = in[i * columns + j];
  }
}

}  // namespace cuvae::CUVAE_TARGET
