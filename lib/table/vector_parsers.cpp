#include "table/vector_parsers.hpp"

#if defined(__x86_64__)
// GCC 12 takes the undefined vectors inside of its own intrinsics for mistakes.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#include <utility>

// After the includes: only what follows may use the instructions.
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2")
#pragma GCC target("avx2,bmi,bmi2,popcnt")

namespace cuvae {
namespace {

constexpr std::size_t lanes = VectorParsers::rows_at_once;

// f(0) ... f(Count - 1) as straight-line code: GCC 12 keeps arrays of vectors in memory when their
// loops are unrolled later.
template <int Count, class F>
[[gnu::always_inline]] inline void unroll(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, I>{}), ...);
  }
  (std::make_integer_sequence<int, Count>{});
}
#define CUVAE_INLINE_LAMBDA(...) [&](__VA_ARGS__) __attribute__((always_inline))

// Rows become columns.
[[gnu::always_inline]] inline void transpose(__m512i (&a)[16]) {
  __m512i t[16];
  unroll<8>(CUVAE_INLINE_LAMBDA(auto i) {
    t[2 * i] = _mm512_unpacklo_epi32(a[2 * i], a[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(a[2 * i], a[2 * i + 1]);
  });
  unroll<4>(CUVAE_INLINE_LAMBDA(auto i) {
    a[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    a[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    a[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    a[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  });
  unroll<4>(CUVAE_INLINE_LAMBDA(auto i) {
    t[i] = _mm512_shuffle_i32x4(a[i], a[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(a[i], a[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(a[i + 8], a[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(a[i + 8], a[i + 12], 0xdd);
  });
  unroll<4>(CUVAE_INLINE_LAMBDA(auto i) {
    a[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    a[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    a[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    a[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  });
}

// Reads up to 15 separators behind the batch's last, which the parser has room for.
void turn(const Batch& batch, std::uint32_t* turned) {
  const std::size_t columns = batch.columns;
  for (std::size_t row = 0; row < batch.rows; row += lanes) {
    for (std::size_t first = 0; first <= columns; first += lanes) {
      const std::uint32_t* from = batch.separators - 1 + first;
      const std::size_t left = batch.rows - row - 1;
      __m512i block[16];
      unroll<16>(CUVAE_INLINE_LAMBDA(auto i) {
        const std::size_t at = row + std::min<std::size_t>(i, left);
        block[i] = _mm512_loadu_si512(from + at * columns);
      });
      transpose(block);
      const std::size_t kept = columns + 1 - first;
      std::uint32_t* to = turned + first * batch.turned_stride + row;
      unroll<16>(CUVAE_INLINE_LAMBDA(auto i) {
        if (i < kept) _mm512_storeu_si512(to + i * batch.turned_stride, block[i]);
      });
    }
  }
}

__m512i constant(std::uint32_t value) {
  return _mm512_set1_epi32(static_cast<int>(value));
}

// Numbers of up to four digits that end before `end`, and whose first byte is `digits` before it.
__m512i short_numbers(const char* text, __m512i end, __m512i digits, __mmask16& odd) {
  const __m512i bytes = _mm512_i32gather_epi32(_mm512_sub_epi32(end, constant(4)), text, 1);
  const __m512i unused = _mm512_slli_epi32(_mm512_sub_epi32(constant(4), digits), 3);
  const __m512i kept = _mm512_sllv_epi32(constant(~0U), unused);
  const __m512i values = _mm512_and_si512(_mm512_xor_si512(bytes, _mm512_set1_epi8('0')), kept);
  const __m512i beyond = _mm512_subs_epu8(values, _mm512_set1_epi8(9));
  odd = static_cast<__mmask16>(odd | _mm512_test_epi32_mask(beyond, beyond));
  return _mm512_madd_epi16(_mm512_maddubs_epi16(values, _mm512_set1_epi16(0x010A)),
                           _mm512_set1_epi32(0x00010064));
}

// The same of up to 8 - Suffix digits, eight lanes; with a suffix of 2, ".0" stands behind.
template <std::size_t Suffix>
__m256i long_numbers(const char* text, __m256i end, __m256i digits, __mmask8& odd) {
  const __m256i places = _mm256_sub_epi32(end, _mm256_set1_epi32(8));
  __m512i bytes = _mm512_i32gather_epi64(places, text, 1);
  if (Suffix == 2) {
    const __m512i point = _mm512_set1_epi64('.' | '0' << 8);
    odd =
        static_cast<__mmask8>(odd | _mm512_cmpneq_epi64_mask(_mm512_srli_epi64(bytes, 48), point));
    bytes = _mm512_slli_epi64(bytes, 16);
  }
  const __m512i unused =
      _mm512_slli_epi64(_mm512_sub_epi64(_mm512_set1_epi64(8), _mm512_cvtepu32_epi64(digits)), 3);
  const __m512i kept = _mm512_sllv_epi64(_mm512_set1_epi64(-1), unused);
  __m512i values = _mm512_and_si512(_mm512_xor_si512(bytes, _mm512_set1_epi8('0')), kept);
  const __m512i beyond = _mm512_subs_epu8(values, _mm512_set1_epi8(9));
  odd = static_cast<__mmask8>(odd | _mm512_test_epi64_mask(beyond, beyond));
  values = _mm512_madd_epi16(_mm512_maddubs_epi16(values, _mm512_set1_epi16(0x010A)),
                             _mm512_set1_epi32(0x00010064));
  values = _mm512_add_epi64(_mm512_mul_epu32(values, _mm512_set1_epi64(10000)),
                            _mm512_srli_epi64(values, 32));
  return _mm512_cvtepi64_epi32(values);
}

void store(void* ids, std::size_t row, std::size_t id_bytes, __mmask16 live, __m512i values) {
  if (id_bytes == 1) {
    _mm512_mask_cvtepi32_storeu_epi8(static_cast<std::uint8_t*>(ids) + row, live, values);
  } else if (id_bytes == 2) {
    _mm512_mask_cvtepi32_storeu_epi16(static_cast<std::uint16_t*>(ids) + row, live, values);
  } else {
    _mm512_mask_storeu_epi32(static_cast<std::uint32_t*>(ids) + row, live, values);
  }
}

// Sixteen rows of one column; what no vector can take is parsed cell by cell.
template <std::size_t Suffix>
std::size_t parse_integers(const Batch& batch, std::size_t column, SmallIntegers& into, void* ids,
                           std::size_t id_bytes) {
  const auto limit = static_cast<std::uint32_t>(into.counts.size() - 1);
  const std::uint32_t* begins = batch.turned + column * batch.turned_stride;
  const std::uint32_t* ends = begins + batch.turned_stride;
  const bool last = column + 1 == batch.columns;
  // The least number that may have so many digits, but for 0 itself.
  const __m512i least =
      _mm512_setr_epi32(0, 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 0, 0, 0, 0, 0, 0, 0);
  alignas(64) std::uint32_t values[lanes];
  for (std::size_t row = 0; row < batch.rows; row += lanes) {
    const std::size_t rows = std::min(lanes, batch.rows - row);
    const auto live = static_cast<__mmask16>((1U << rows) - 1);
    const __m512i begin =
        _mm512_maskz_add_epi32(live, _mm512_loadu_si512(begins + row), constant(1));
    const __m512i end = _mm512_maskz_loadu_epi32(live, ends + row);
    const __m512i digits = _mm512_sub_epi32(_mm512_sub_epi32(end, begin), constant(Suffix));
    const __mmask16 missing = _mm512_mask_cmpeq_epi32_mask(live, begin, end);
    __mmask16 odd =
        _mm512_cmpge_epu32_mask(_mm512_sub_epi32(digits, constant(1)), constant(8 - Suffix));
    __m512i value;
    if (Suffix == 0 && _mm512_mask_cmpgt_epi32_mask(live, digits, constant(4)) == 0) {
      value = short_numbers(batch.text, end, digits, odd);
    } else {
      __mmask8 low = 0;
      __mmask8 high = 0;
      const __m256i first = long_numbers<Suffix>(batch.text, _mm512_castsi512_si256(end),
                                                 _mm512_castsi512_si256(digits), low);
      const __m256i second = long_numbers<Suffix>(batch.text, _mm512_extracti64x4_epi64(end, 1),
                                                  _mm512_extracti64x4_epi64(digits, 1), high);
      value = _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
      odd = static_cast<__mmask16>(odd | low | high << 8);
    }
    const __m512i fewest = _mm512_permutexvar_epi32(digits, least);
    odd = static_cast<__mmask16>(odd | _mm512_cmplt_epu32_mask(value, fewest));
    value = _mm512_sub_epi32(value, constant(into.base));
    odd = static_cast<__mmask16>(odd | _mm512_cmpge_epu32_mask(value, constant(limit)));
    value = _mm512_mask_mov_epi32(value, missing, constant(limit));
    odd = static_cast<__mmask16>(odd & live & ~missing);
    _mm512_store_si512(values, value);
    if (__builtin_expect(odd != 0, 0)) {
      for (unsigned rest = odd; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(__builtin_ctz(rest));
        const char* text = batch.text + static_cast<std::uint32_t>(begins[row + lane] + 1);
        const char* stop = batch.text + ends[row + lane];
        if (last && stop != text && stop[-1] == '\r') --stop;
        const auto size = static_cast<std::size_t>(stop - text);
        if (!small_integer<Suffix>(text, size, into.base, limit, values[lane])) return row + lane;
      }
      value = _mm512_load_si512(values);
    }
    store(ids, row, id_bytes, live, value);
    const __m512i same = _mm512_broadcastd_epi32(_mm512_castsi512_si128(value));
    if (_mm512_mask_cmpneq_epi32_mask(live, value, same) == 0) {
      into.counts[values[0]] += static_cast<std::uint32_t>(rows);
    } else {
      for (std::size_t lane = 0; lane < rows; ++lane) ++into.counts[values[lane]];
    }
  }
  return all_fit;
}

constexpr VectorParsers parsers_avx512{turn, parse_integers<0>, parse_integers<2>};

}  // namespace

const VectorParsers* vector_parsers(SimdLevel level) {
  return level == SimdLevel::avx512 ? &parsers_avx512 : nullptr;
}

}  // namespace cuvae

#pragma GCC pop_options
#else
namespace cuvae {
const VectorParsers* vector_parsers(SimdLevel) {
  return nullptr;
}
}  // namespace cuvae
#endif
