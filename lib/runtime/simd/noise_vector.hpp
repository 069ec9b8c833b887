// Philox and normal numbers for a vector of rows.
#pragma once

#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "runtime/simd/paired_ops.hpp"

namespace cuvae::CUVAE_TARGET {

#if HWY_TARGET == HWY_SCALAR

CUVAE_INLINE void philox_vector(VectorOps::Bits low, VectorOps::Bits high, PhiloxCounter counter,
                                const PhiloxKeys& keys, VectorOps::Bits out[4]) {
  counter.word[0] = hn::GetLane(low);
  counter.word[1] = hn::GetLane(high);
  const PhiloxCounter words =
      philox4x32_10(counter, std::uint64_t{keys.word[0][1]} << 32 | keys.word[0][0]);
  for (int i = 0; i < 4; ++i) out[i] = VectorOps::set_bits(words.word[i]);
}

#else

// A 32 x 32 to 64 bit multiplication takes the low halves of 64-bit lanes and ignores the high
// ones. So even and odd lanes go apart, each word in the low half of a 64-bit lane with rubbish
// above it, until they are joined at the end.
struct PhiloxHalf {
  using WideTag = hn::Repartition<std::uint64_t, VectorOps::BitsTag>;
  using Wide = hn::Vec<WideTag>;
  Wide word[4];

  // One instruction with AVX-512, which Highway has no name for before 1.0.
  CUVAE_INLINE static Wide xor_of(Wide a, Wide b, Wide c) {
#if HWY_TARGET == HWY_AVX3
    return Wide{_mm512_ternarylogic_epi64(a.raw, b.raw, c.raw, 0x96)};
#else
    return hn::Xor(a, hn::Xor(b, c));
#endif
  }

  CUVAE_INLINE static Wide product(Wide a, std::uint32_t multiplier) {
    return hn::MulEven(hn::BitCast(VectorOps::BitsTag(), a), VectorOps::set_bits(multiplier));
  }

  CUVAE_INLINE static Wide key_of(std::uint32_t word) {
    return hn::BitCast(WideTag(), VectorOps::set_bits(word));
  }

  CUVAE_INLINE void round(const std::uint32_t key[2]) {
    const Wide product_0 = product(word[0], philox_multiplier_0);
    const Wide product_1 = product(word[2], philox_multiplier_1);
    word[0] = xor_of(hn::ShiftRight<32>(product_1), word[1], key_of(key[0]));
    word[2] = xor_of(hn::ShiftRight<32>(product_0), word[3], key_of(key[1]));
    word[1] = product_1;
    word[3] = product_0;
  }
};

// counter's first two words are replaced by `low` and `high`, lane by lane.
CUVAE_INLINE void philox_vector(VectorOps::Bits low, VectorOps::Bits high, PhiloxCounter counter,
                                const PhiloxKeys& keys, VectorOps::Bits out[4]) {
  const PhiloxHalf::WideTag wide;
  const auto wide_low = hn::BitCast(wide, low);
  const auto wide_high = hn::BitCast(wide, high);
  const auto word_2 = hn::Set(wide, counter.word[2]);
  const auto word_3 = hn::Set(wide, counter.word[3]);
  PhiloxHalf even{{wide_low, wide_high, word_2, word_3}};
  PhiloxHalf odd{{hn::ShiftRight<32>(wide_low), hn::ShiftRight<32>(wide_high), word_2, word_3}};
#pragma GCC unroll 10
  for (int i = 0; i < philox_rounds; ++i) {
    even.round(keys.word[i]);
    odd.round(keys.word[i]);
  }
  unroll<4>(CUVAE_LAMBDA(auto i) {
    out[i] = hn::OddEven(hn::DupEven(hn::BitCast(VectorOps::BitsTag(), odd.word[i])),
                         hn::BitCast(VectorOps::BitsTag(), even.word[i]));
  });
}

#endif

// Four standard normal numbers a lane: block `block` of the rows' noise.
CUVAE_INLINE void normals(VectorOps::Bits low, VectorOps::Bits high, std::uint32_t step,
                          Purpose purpose, std::uint32_t block, const PhiloxKeys& keys,
                          VectorOps::Float out[4]) {
  VectorOps::Bits words[4];
  philox_vector(low, high, noise_counter(0, step, purpose, block), keys, words);
  using Pairs = PairedOps<VectorOps>;
  Pairs::Float even, odd;
  box_muller<Pairs>({words[0], words[2]}, {words[1], words[3]}, even, odd);
  out[0] = even.first;
  out[1] = odd.first;
  out[2] = even.second;
  out[3] = odd.second;
}

}  // namespace cuvae::CUVAE_TARGET
