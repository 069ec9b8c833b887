// Twice the `Ops` of Half, in step: each operation on the first half is followed by the same one on
// the second. A polynomial is a chain of operations that each wait for the one before; a processor
// that meets several chains in turn has something to do meanwhile. It does look ahead, too, but not
// as far as the end of a chain, and GCC does not mix chains by itself.
#pragma once

#include "runtime/simd/vector_ops.hpp"

namespace cuvae::CUVAE_TARGET {

template <class Half>
struct PairedOps {
  template <class T>
  struct Pair {
    T first, second;
  };
  using Float = Pair<typename Half::Float>;
  using Bits = Pair<typename Half::Bits>;
  using Mask = Pair<typename Half::Mask>;

  CUVAE_INLINE static Float set(float x) { return {Half::set(x), Half::set(x)}; }
  CUVAE_INLINE static Bits set_bits(std::uint32_t x) {
    return {Half::set_bits(x), Half::set_bits(x)};
  }
  CUVAE_INLINE static Float add(Float a, Float b) {
    return {Half::add(a.first, b.first), Half::add(a.second, b.second)};
  }
  CUVAE_INLINE static Float sub(Float a, Float b) {
    return {Half::sub(a.first, b.first), Half::sub(a.second, b.second)};
  }
  CUVAE_INLINE static Float mul(Float a, Float b) {
    return {Half::mul(a.first, b.first), Half::mul(a.second, b.second)};
  }
  CUVAE_INLINE static Float fma(Float a, Float b, Float c) {
    return {Half::fma(a.first, b.first, c.first), Half::fma(a.second, b.second, c.second)};
  }
  CUVAE_INLINE static Float negative_fma(Float a, Float b, Float c) {
    return {Half::negative_fma(a.first, b.first, c.first),
            Half::negative_fma(a.second, b.second, c.second)};
  }
  CUVAE_INLINE static Float sqrt(Float a) { return {Half::sqrt(a.first), Half::sqrt(a.second)}; }
  CUVAE_INLINE static Float max(Float a, Float b) {
    return {Half::max(a.first, b.first), Half::max(a.second, b.second)};
  }
  CUVAE_INLINE static Float negative_abs(Float a) {
    return {Half::negative_abs(a.first), Half::negative_abs(a.second)};
  }
  CUVAE_INLINE static Bits to_bits(Float a) {
    return {Half::to_bits(a.first), Half::to_bits(a.second)};
  }
  CUVAE_INLINE static Float from_bits(Bits a) {
    return {Half::from_bits(a.first), Half::from_bits(a.second)};
  }
  CUVAE_INLINE static Float to_float(Bits a) {
    return {Half::to_float(a.first), Half::to_float(a.second)};
  }
  CUVAE_INLINE static Bits add_bits(Bits a, Bits b) {
    return {Half::add_bits(a.first, b.first), Half::add_bits(a.second, b.second)};
  }
  CUVAE_INLINE static Bits sub_bits(Bits a, Bits b) {
    return {Half::sub_bits(a.first, b.first), Half::sub_bits(a.second, b.second)};
  }
  CUVAE_INLINE static Bits and_bits(Bits a, Bits b) {
    return {Half::and_bits(a.first, b.first), Half::and_bits(a.second, b.second)};
  }
  CUVAE_INLINE static Bits xor_bits(Bits a, Bits b) {
    return {Half::xor_bits(a.first, b.first), Half::xor_bits(a.second, b.second)};
  }
  template <int count>
  CUVAE_INLINE static Bits shift_left(Bits a) {
    return {Half::template shift_left<count>(a.first), Half::template shift_left<count>(a.second)};
  }
  template <int count>
  CUVAE_INLINE static Bits shift_right(Bits a) {
    return {Half::template shift_right<count>(a.first),
            Half::template shift_right<count>(a.second)};
  }
  template <int count>
  CUVAE_INLINE static Bits shift_right_signed(Bits a) {
    return {Half::template shift_right_signed<count>(a.first),
            Half::template shift_right_signed<count>(a.second)};
  }
  CUVAE_INLINE static Mask greater(Float a, Float b) {
    return {Half::greater(a.first, b.first), Half::greater(a.second, b.second)};
  }
  CUVAE_INLINE static Mask any_set(Bits a, Bits mask) {
    return {Half::any_set(a.first, mask.first), Half::any_set(a.second, mask.second)};
  }
  CUVAE_INLINE static Float select(Mask mask, Float yes, Float no) {
    return {Half::select(mask.first, yes.first, no.first),
            Half::select(mask.second, yes.second, no.second)};
  }
};

}  // namespace cuvae::CUVAE_TARGET
