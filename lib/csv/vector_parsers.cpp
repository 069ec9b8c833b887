#include "csv/vector_parsers.hpp"

#if defined(__x86_64__)
#if !defined(__clang__)
// GCC 12 takes the undefined vectors inside of its own intrinsics for mistakes.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <algorithm>
#include <immintrin.h>
#include <limits>
#include <string>
#include <utility>

// After the includes: only what follows may use the instructions.
#if defined(__clang__)
#pragma clang attribute push(                                                           \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,bmi,bmi2,popcnt"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq")
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#endif

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

// One column of a batch, turned.
struct TurnedColumn {
  const char* base;
  const std::uint32_t* begins;  // [rows] of the separator before each cell
  const std::uint32_t* ends;    // [rows]
  bool last;                    // cells may end in the carriage return that ends their line

  TurnedColumn(const Batch& batch, std::size_t column)
      : base(batch.text),
        begins(batch.turned + column * batch.turned_stride),
        ends(begins + batch.turned_stride),
        last(column + 1 == batch.columns) {}

  [[gnu::always_inline]] const char* text(std::size_t row) const {
    return base + static_cast<std::uint32_t>(begins[row] + 1);
  }
  [[gnu::always_inline]] std::size_t size(const char* text, std::size_t row) const {
    const auto size = static_cast<std::size_t>(base + ends[row] - text);
    return size - (last && size != 0 && text[size - 1] == '\r');
  }
};

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

// Eight numbers of eight digits, the first byte the highest.
[[gnu::always_inline]] inline __m512i number_of(__m512i digits) {
  const __m512i fours = _mm512_madd_epi16(_mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A)),
                                          _mm512_set1_epi32(0x00010064));
  return _mm512_add_epi64(_mm512_mul_epu32(fours, _mm512_set1_epi64(10000)),
                          _mm512_srli_epi64(fours, 32));
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
  return _mm512_cvtepi64_epi32(number_of(values));
}

[[gnu::always_inline]] inline void store(void* ids, std::size_t row, std::size_t id_bytes,
                                         __mmask16 live, __m512i values) {
  if (id_bytes == 1) {
    _mm512_mask_cvtepi32_storeu_epi8(static_cast<std::uint8_t*>(ids) + row, live, values);
  } else if (id_bytes == 2) {
    _mm512_mask_cvtepi32_storeu_epi16(static_cast<std::uint16_t*>(ids) + row, live, values);
  } else {
    _mm512_mask_storeu_epi32(static_cast<std::uint32_t*>(ids) + row, live, values);
  }
}

// Counts the ids of the blocks of sixteen rows whose bits are set.
template <class Id>
void count_blocks(SmallIntegers& into, const Id* ids, std::size_t rows, unsigned blocks) {
  std::uint32_t* const counts = into.counts.data();
  for (; blocks != 0; blocks &= blocks - 1) {
    const std::size_t first = lanes * static_cast<std::size_t>(__builtin_ctz(blocks));
    const std::size_t end = std::min(first + lanes, rows);
    for (std::size_t row = first; row < end; ++row) ++counts[ids[row]];
  }
}

void count_blocks(SmallIntegers& into, const void* ids, std::size_t id_bytes, std::size_t first_row,
                  std::size_t rows, unsigned blocks) {
  if (id_bytes == 1) {
    count_blocks(into, static_cast<const std::uint8_t*>(ids) + first_row, rows, blocks);
  } else if (id_bytes == 2) {
    count_blocks(into, static_cast<const std::uint16_t*>(ids) + first_row, rows, blocks);
  } else {
    count_blocks(into, static_cast<const std::uint32_t*>(ids) + first_row, rows, blocks);
  }
}

// Sixteen rows of one column at a time: values(begin, end, live, odd) says what the cells between
// offsets are, and in which lanes it can't; those are parsed by cell(text, size, value).
template <class Values, class Cell>
[[gnu::always_inline]] inline std::size_t parse_blocks(const Batch& batch, std::size_t column,
                                                       SmallIntegers& into, void* ids,
                                                       std::size_t id_bytes, Values&& values,
                                                       Cell&& cell) {
  const TurnedColumn cells(batch, column);
  constexpr std::size_t group = 16 * lanes;
  for (std::size_t first = 0; first < batch.rows; first += group) {
    const std::size_t group_end = std::min(first + group, batch.rows);
    // Numbers that were just stored as a vector would be waited for: they are counted later.
    unsigned uncounted = 0;
    for (std::size_t row = first; row < group_end; row += lanes) {
      const std::size_t rows = std::min(lanes, group_end - row);
      const auto live = static_cast<__mmask16>((1U << rows) - 1);
      const __m512i begin =
          _mm512_maskz_add_epi32(live, _mm512_loadu_si512(cells.begins + row), constant(1));
      const __m512i end = _mm512_maskz_loadu_epi32(live, cells.ends + row);
      __mmask16 odd = 0;
      __m512i value = values(begin, end, live, odd);
      if (__builtin_expect((odd & live) != 0, 0)) {
        alignas(64) std::uint32_t numbers[lanes];
        _mm512_store_si512(numbers, value);
        for (unsigned rest = odd & live; rest != 0; rest &= rest - 1) {
          const auto lane = static_cast<std::size_t>(__builtin_ctz(rest));
          const char* text = cells.text(row + lane);
          if (!cell(text, cells.size(text, row + lane), numbers[lane])) return row + lane;
        }
        value = _mm512_load_si512(numbers);
      }
      store(ids, row, id_bytes, live, value);
      const __m512i same = _mm512_broadcastd_epi32(_mm512_castsi512_si128(value));
      if (_mm512_mask_cmpneq_epi32_mask(live, value, same) == 0) {
        const int number = _mm_cvtsi128_si32(_mm512_castsi512_si128(value));
        into.counts[static_cast<std::uint32_t>(number)] += static_cast<std::uint32_t>(rows);
      } else {
        uncounted |= 1U << ((row - first) / lanes);
      }
    }
    count_blocks(into, ids, id_bytes, first, group_end - first, uncounted);
  }
  return all_fit;
}

template <std::size_t Suffix>
std::size_t parse_integers(const Batch& batch, std::size_t column, SmallIntegers& into, void* ids,
                           std::size_t id_bytes) {
  const auto limit = static_cast<std::uint32_t>(into.counts.size() - 1);
  const std::uint32_t base = into.base;
  // The least number that may have so many digits, but for 0 itself.
  const __m512i least =
      _mm512_setr_epi32(0, 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 0, 0, 0, 0, 0, 0, 0);
  const auto values = [&](__m512i begin, __m512i end, __mmask16 live, __mmask16 & odd)
      __attribute__((always_inline)) {
    const __m512i digits = _mm512_sub_epi32(_mm512_sub_epi32(end, begin), constant(Suffix));
    const __mmask16 missing = _mm512_mask_cmpeq_epi32_mask(live, begin, end);
    odd = _mm512_cmpge_epu32_mask(_mm512_sub_epi32(digits, constant(1)), constant(8 - Suffix));
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
    value = _mm512_sub_epi32(value, constant(base));
    odd = static_cast<__mmask16>(odd | _mm512_cmpge_epu32_mask(value, constant(limit)));
    odd = static_cast<__mmask16>(odd & ~missing);
    return _mm512_mask_mov_epi32(value, missing, constant(limit));
  };
  const auto cell = [&](const char* text, std::size_t size, std::uint32_t& value) {
    return small_integer<Suffix>(text, size, base, limit, value);
  };
  return parse_blocks(batch, column, into, ids, id_bytes, values, cell);
}

// HH:MM as minutes.
std::size_t parse_clock_times(const Batch& batch, std::size_t column, SmallIntegers& into,
                              void* ids, std::size_t id_bytes) {
  const auto values = [&](__m512i begin, __m512i end, __mmask16, __mmask16 & odd)
      __attribute__((always_inline)) {
    odd = _mm512_cmpneq_epi32_mask(_mm512_sub_epi32(end, begin), constant(clock_time_bytes));
    const __m512i front = _mm512_i32gather_epi32(begin, batch.text, 1);
    const __m512i back =
        _mm512_i32gather_epi32(_mm512_add_epi32(begin, constant(1)), batch.text, 1);
    const __m512i middle = _mm512_and_si512(front, constant(0xFF0000));
    const __mmask16 no_colon = _mm512_cmpneq_epi32_mask(middle, constant(std::uint32_t{':'} << 16));
    const __m512i bytes = _mm512_mask_blend_epi16(0xAAAAAAAA, front, back);  // HHMM
    const __m512i digits = _mm512_xor_si512(bytes, _mm512_set1_epi8('0'));
    const __m512i beyond = _mm512_subs_epu8(digits, _mm512_set1_epi8(9));
    const __m512i parts = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
    const __m512i late = _mm512_subs_epu16(parts, constant(59U << 16 | 23U));
    odd = static_cast<__mmask16>(odd | no_colon | _mm512_test_epi32_mask(beyond, beyond) |
                                 _mm512_test_epi32_mask(late, late));
    return _mm512_madd_epi16(parts, constant(1U << 16 | 60U));
  };
  return parse_blocks(batch, column, into, ids, id_bytes, values, clock_time);
}

// The slot where looking for the first 32 bytes of a cell starts, and whether they are its text.
struct Look {
  Dictionary::Slot* slot;
  bool found;
};

[[gnu::always_inline]] inline Look look(Dictionary::Slot* slots, unsigned shift, const char* text,
                                        __mmask32 kept) {
  const __m256i words = _mm256_maskz_loadu_epi8(kept, text);
  const __m256i products = _mm256_mullo_epi64(
      words, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(Dictionary::multipliers)));
  const __m128i half =
      _mm_add_epi64(_mm256_castsi256_si128(products), _mm256_extracti128_si256(products, 1));
  const __m128i sum = _mm_add_epi64(half, _mm_unpackhi_epi64(half, half));
  const std::uint64_t hash = Dictionary::mixed(static_cast<std::uint64_t>(_mm_cvtsi128_si64(sum)));
  Dictionary::Slot* const slot = slots + (hash >> shift);
  const __m256i unlike =
      _mm256_xor_si256(words, _mm256_load_si256(reinterpret_cast<const __m256i*>(&slot->words)));
  return {slot, _mm256_testz_si256(unlike, unlike) != 0};
}

// Whether sixteen cells all hold the same up to four bytes: columns of flags and of rare remarks
// are full of them.
[[gnu::always_inline]] inline bool all_the_same(const TurnedColumn& cells, std::size_t row) {
  const __m512i begin = _mm512_add_epi32(_mm512_loadu_si512(cells.begins + row), constant(1));
  const __m512i sizes = _mm512_sub_epi32(_mm512_loadu_si512(cells.ends + row), begin);
  const std::uint32_t size = cells.ends[row] - cells.begins[row] - 1;
  if (size > 4 || _mm512_cmpneq_epi32_mask(sizes, constant(size)) != 0) return false;
  if (size == 0) return true;
  const __m512i bytes = _mm512_i32gather_epi32(begin, cells.base, 1);
  const __m512i first = _mm512_broadcastd_epi32(_mm512_castsi512_si128(bytes));
  const __m512i unlike = _mm512_xor_si512(bytes, first);
  return _mm512_test_epi32_mask(unlike, constant(~0U >> (32 - 8 * size))) == 0;
}

// Whether a cell's first slot has its text comes out without a branch: to guess that wrongly costs
// more than the look itself. The others (quoted, long, new, or behind another text) follow.
template <class Code>
std::size_t parse_text_cells(const Batch& batch, std::size_t column, Dictionary& into, Code* ids) {
  const TurnedColumn cells(batch, column);
  std::string scratch;
  for (std::size_t row = 0; row < batch.rows; row += lanes) {
    const std::size_t rows = std::min(lanes, batch.rows - row);
    unsigned rest = (1U << rows) - 1;
    if (rows == lanes && all_the_same(cells, row)) {
      const char* text = cells.text(row);
      const std::size_t size = cells.size(text, row);
      if (size == 0 || *text != '"') {
        const std::uint32_t id = into.find(text, size);
        if (id > std::numeric_limits<Code>::max()) return row;
        into.count_again(id, lanes - 1);
        std::fill_n(ids + row, lanes, static_cast<Code>(id));
        continue;
      }
    } else if (rows == lanes) {
      Dictionary::Slot* const slots = into.slots();
      const unsigned shift = into.shift();
      rest = 0;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const char* text = cells.text(row + lane);
        const auto size = static_cast<unsigned>(cells.size(text, row + lane));
        const Look looked = look(slots, shift, text, _bzhi_u32(~0U, size));
        looked.slot->count += looked.found;
        ids[row + lane] = static_cast<Code>(looked.slot->number - 1);
        rest |= static_cast<unsigned>(!looked.found) << lane;
      }
    }
    for (; rest != 0; rest &= rest - 1) {
      const std::size_t at = row + static_cast<std::size_t>(__builtin_ctz(rest));
      const char* text = cells.text(at);
      std::size_t size = cells.size(text, at);
      if (size != 0 && *text == '"') text = unquoted_cell(text, size, scratch);
      if (size > most_cell_bytes) return at;
      const std::uint32_t id = into.find(text, size);
      ids[at] = static_cast<Code>(id);
      if (id > std::numeric_limits<Code>::max()) return at;
    }
  }
  return all_fit;
}

std::size_t parse_texts(const Batch& batch, std::size_t column, Dictionary& into, void* ids,
                        std::size_t id_bytes) {
  if (id_bytes == 1) {
    return parse_text_cells(batch, column, into, static_cast<std::uint8_t*>(ids));
  }
  if (id_bytes == 2) {
    return parse_text_cells(batch, column, into, static_cast<std::uint16_t*>(ids));
  }
  return parse_text_cells(batch, column, into, static_cast<std::uint32_t*>(ids));
}

// Cells of more decimals have no room for other digits in a word of eight bytes.
constexpr int most_vector_decimals = 6;

// Eight cells of a column, each at most eight bytes long, that end with the same number of
// decimals. Bytes of a word are in the order of the text; what is unused is 0.
struct NumberWords {
  __m512i digits;  // 0 ... 9, the last one in the last byte
  __m512i size;    // how many characters they were, a point included
  __mmask8 negative;
  __mmask8 odd;  // no such number
};

template <bool Currency>
[[gnu::always_inline]] inline NumberWords number_words(const char* text, __m256i end, __m512i sizes,
                                                       unsigned decimals) {
  const __m512i eight = _mm512_set1_epi64(8);
  __m512i bytes = _mm512_i32gather_epi64(_mm256_sub_epi32(end, _mm256_set1_epi32(8)), text, 1);
  NumberWords words;
  words.odd = _mm512_cmpgt_epu64_mask(sizes, eight);
  // The cell's first byte comes to the front.
  const __m512i front =
      _mm512_srlv_epi64(bytes, _mm512_slli_epi64(_mm512_sub_epi64(eight, sizes), 3));
  __m512i digits = sizes;
  __m512i sign = front;
  if (Currency) {
    const __m512i low = _mm512_set1_epi64(0xFF);
    words.odd |=
        _mm512_cmpneq_epi64_mask(_mm512_and_si512(front, low), _mm512_set1_epi64(currency_symbol));
    digits = _mm512_sub_epi64(digits, _mm512_set1_epi64(1));
    sign = _mm512_srli_epi64(front, 8);
  }
  words.negative = _mm512_cmpeq_epi64_mask(_mm512_and_si512(sign, _mm512_set1_epi64(0xFF)),
                                           _mm512_set1_epi64('-'));
  digits = _mm512_mask_sub_epi64(digits, words.negative, digits, _mm512_set1_epi64(1));
  const unsigned behind = decimals == 0 ? 0 : decimals + 1;  // the point and what follows
  words.odd |= _mm512_cmple_epi64_mask(digits, _mm512_set1_epi64(behind));
  bytes = _mm512_xor_si512(bytes, _mm512_set1_epi8('0'));
  const __m512i unused = _mm512_slli_epi64(_mm512_sub_epi64(eight, digits), 3);
  bytes = _mm512_and_si512(bytes, _mm512_sllv_epi64(_mm512_set1_epi64(-1), unused));
  if (behind != 0) {
    const unsigned place = 8 * (8 - behind);  // of the point, in bits
    const auto before = (std::uint64_t{1} << place) - 1;
    const __m512i point = _mm512_set1_epi64(0xFF);
    words.odd |= _mm512_cmpneq_epi64_mask(
        _mm512_and_si512(_mm512_srl_epi64(bytes, _mm_cvtsi64_si128(place)), point),
        _mm512_set1_epi64('.' ^ '0'));
    const __m512i whole =
        _mm512_and_si512(bytes, _mm512_set1_epi64(static_cast<long long>(before)));
    const auto decimal_bits = ~before << 8;
    bytes = _mm512_or_si512(
        _mm512_slli_epi64(whole, 8),
        _mm512_and_si512(
            bytes, _mm512_set1_epi64(static_cast<long long>(place == 56 ? 0 : decimal_bits))));
  }
  const __m512i beyond = _mm512_subs_epu8(bytes, _mm512_set1_epi8(9));
  words.odd |= _mm512_test_epi64_mask(beyond, beyond);
  words.digits = bytes;
  words.size = digits;
  return words;
}

// Numbers with a zero before their first digit, which no number is spelled with.
[[gnu::always_inline]] inline __mmask8 padded(const NumberWords& words, __m512d digits,
                                              unsigned decimals) {
  // Of n digits, the number is 10^(n - 1) at least; the one before the point may be a zero.
  const __m512d least = _mm512_setr_pd(1e7, 0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6);
  const __m512i whole_digits =
      _mm512_sub_epi64(words.size, _mm512_set1_epi64(decimals == 0 ? 0 : decimals + 1));
  const __m512d bound = _mm512_mul_pd(_mm512_permutexvar_pd(whole_digits, least),
                                      _mm512_set1_pd(powers_of_ten[decimals]));
  return _mm512_cmp_pd_mask(digits, bound, _CMP_LT_OQ);
}

// Eight rows of one column; what no vector can take is parsed cell by cell.
template <bool Currency>
std::size_t parse_numbers(const Batch& batch, std::size_t column, Numbers& into, double* values) {
  constexpr std::size_t half = lanes / 2;
  const TurnedColumn cells(batch, column);
  const __m512d not_there = _mm512_set1_pd(std::numeric_limits<double>::quiet_NaN());
  for (std::size_t row = 0; row < batch.rows; row += half) {
    const std::size_t rows = std::min(half, batch.rows - row);
    const auto live = static_cast<__mmask8>((1U << rows) - 1);
    const auto load = [row](const std::uint32_t* from) {
      return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + row));
    };
    const __m256i end = _mm256_maskz_mov_epi32(live, load(cells.ends));
    const __m256i before = _mm256_maskz_add_epi32(live, load(cells.begins), _mm256_set1_epi32(1));
    const __m512i sizes = _mm512_cvtepu32_epi64(_mm256_sub_epi32(end, before));
    const __mmask8 missing = _mm512_mask_cmpeq_epi64_mask(live, sizes, _mm512_setzero_si512());
    __mmask8 odd = live;
    if (into.decimals >= 0 && into.decimals <= most_vector_decimals) {
      const NumberWords words =
          number_words<Currency>(batch.text, end, sizes, static_cast<unsigned>(into.decimals));
      const __m512d whole = _mm512_cvtepi64_pd(number_of(words.digits));
      odd = words.odd | padded(words, whole, static_cast<unsigned>(into.decimals));
      __m512d value = _mm512_div_pd(whole, _mm512_set1_pd(powers_of_ten[into.decimals]));
      const __m512d floored = _mm512_roundscale_pd(value, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
      const __mmask8 usual = static_cast<__mmask8>(live & ~odd & ~missing);
      if (usual != 0) into.least_decimals = std::min(into.least_decimals, into.decimals);
      into.whole += static_cast<std::uint64_t>(
          __builtin_popcount(_mm512_mask_cmp_pd_mask(usual, floored, value, _CMP_EQ_OQ)));
      value = _mm512_mask_xor_pd(value, words.negative, value, _mm512_set1_pd(-0.0));
      _mm512_mask_storeu_pd(values + row, usual, value);
    }
    _mm512_mask_storeu_pd(values + row, missing, not_there);
    into.missing += static_cast<std::uint64_t>(__builtin_popcount(missing));
    for (unsigned rest = odd & live & static_cast<unsigned>(~missing); rest != 0;
         rest &= rest - 1) {
      const std::size_t at = row + static_cast<std::size_t>(__builtin_ctz(rest));
      const char* text = cells.text(at);
      const std::size_t size = cells.size(text, at);
      if (!parse_number_cell<Currency>(text, size, into, values[at])) return at;
    }
  }
  return all_fit;
}

constexpr VectorParsers parsers_avx512{
    turn,        parse_integers<0>,    parse_integers<2>,  parse_clock_times,
    parse_texts, parse_numbers<false>, parse_numbers<true>};

}  // namespace

const VectorParsers* vector_parsers(SimdLevel level) {
  return level == SimdLevel::avx512 ? &parsers_avx512 : nullptr;
}

}  // namespace cuvae

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
namespace cuvae {
const VectorParsers* vector_parsers(SimdLevel) {
  return nullptr;
}
}  // namespace cuvae
#endif
