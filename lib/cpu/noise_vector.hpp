// Philox and normal numbers for a vector of rows.
#pragma once

#include "cpu/vector_ops.hpp"
#include "kernels/noise.hpp"
#include "kernels/philox.hpp"

namespace cuvae::CUVAE_TARGET {

#if HWY_TARGET == HWY_SCALAR

CUVAE_INLINE void philox_vector(VectorOps::Bits low, VectorOps::Bits high, PhiloxCounter counter,
                                std::uint64_t key, VectorOps::Bits out[4]) {
  counter.word[0] = hn::GetLane(low);
  counter.word[1] = hn::GetLane(high);
  const PhiloxCounter words = philox4x32_10(counter, key);
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

  CUVAE_INLINE void round(std::uint32_t key_0, std::uint32_t key_1) {
    const WideTag wide;
    const Wide product_0 = product(word[0], philox_multiplier_0);
    const Wide product_1 = product(word[2], philox_multiplier_1);
    word[0] = xor_of(hn::ShiftRight<32>(product_1), word[1], hn::Set(wide, key_0));
    word[2] = xor_of(hn::ShiftRight<32>(product_0), word[3], hn::Set(wide, key_1));
    word[1] = product_1;
    word[3] = product_0;
  }
};

// counter's first two words are replaced by `low` and `high`, lane by lane.
CUVAE_INLINE void philox_vector(VectorOps::Bits low, VectorOps::Bits high, PhiloxCounter counter,
                                std::uint64_t key, VectorOps::Bits out[4]) {
  const PhiloxHalf::WideTag wide;
  const auto wide_low = hn::BitCast(wide, low);
  const auto wide_high = hn::BitCast(wide, high);
  const auto word_2 = hn::Set(wide, counter.word[2]);
  const auto word_3 = hn::Set(wide, counter.word[3]);
  PhiloxHalf even{{wide_low, wide_high, word_2, word_3}};
  PhiloxHalf odd{{hn::ShiftRight<32>(wide_low), hn::ShiftRight<32>(wide_high), word_2, word_3}};
  auto key_0 = static_cast<std::uint32_t>(key);
  auto key_1 = static_cast<std::uint32_t>(key >> 32);
#pragma GCC unroll 10
  for (int i = 0; i < philox_rounds; ++i) {
    even.round(key_0, key_1);
    odd.round(key_0, key_1);
    key_0 += philox_key_step_0;
    key_1 += philox_key_step_1;
  }
  unroll<4>(CUVAE_LAMBDA(auto i) {
    out[i] = hn::OddEven(hn::BitCast(VectorOps::BitsTag(), hn::ShiftLeft<32>(odd.word[i])),
                         hn::BitCast(VectorOps::BitsTag(), even.word[i]));
  });
}

#endif

// Four standard normal numbers a lane: block `block` of the rows' noise.
CUVAE_INLINE void normals(VectorOps::Bits low, VectorOps::Bits high, std::uint32_t step,
                          Purpose purpose, std::uint32_t block, std::uint64_t seed,
                          VectorOps::Float out[4]) {
  VectorOps::Bits words[4];
  philox_vector(low, high, noise_counter(0, step, purpose, block), seed, words);
  box_muller<VectorOps>(words[0], words[1], out[0], out[1]);
  box_muller<VectorOps>(words[2], words[3], out[2], out[3]);
}

}  // namespace cuvae::CUVAE_TARGET
