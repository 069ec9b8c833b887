// A SIMD vector of floats as `Ops` of the templates in kernels/, on Highway. Only target.cpp
// includes it: what it is depends on the compiler flags.
#pragma once

#include <hwy/highway.h>
#include <utility>

#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/arithmetic/shuffle.hpp"

namespace cuvae::CUVAE_TARGET {

namespace hn = hwy::HWY_NAMESPACE;

#define CUVAE_INLINE [[gnu::always_inline]] inline

// f(0) ... f(count - 1) as straight-line code with constant indices. GCC 12 keeps arrays of vectors
// in memory where a loop over them is unrolled only by pragma.
template <int count, class F>
CUVAE_INLINE void unroll(F&& f) {
  [&]<int... i>(std::integer_sequence<int, i...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, i>{}), ...);
  }
  (std::make_integer_sequence<int, count>{});
}
#define CUVAE_LAMBDA(...) [&](__VA_ARGS__) __attribute__((always_inline))

struct VectorOps {
  using FloatTag = hn::ScalableTag<float>;
  using BitsTag = hn::RebindToUnsigned<FloatTag>;
  using SignedTag = hn::RebindToSigned<FloatTag>;
  using Float = hn::Vec<FloatTag>;
  using Bits = hn::Vec<BitsTag>;
  using Mask = hn::Mask<FloatTag>;

  static constexpr std::uint32_t lanes = HWY_LANES(float);

  CUVAE_INLINE static Float load(const float* p) { return hn::Load(FloatTag(), p); }
  CUVAE_INLINE static void store(Float x, float* p) { hn::Store(x, FloatTag(), p); }
  CUVAE_INLINE static void store_unaligned(Float x, float* p) { hn::StoreU(x, FloatTag(), p); }
  CUVAE_INLINE static Bits load_bits(const std::uint32_t* p) { return hn::LoadU(BitsTag(), p); }
  CUVAE_INLINE static void store_bits(Bits x, std::uint32_t* p) { hn::StoreU(x, BitsTag(), p); }
  // The low bits of each lane.
  CUVAE_INLINE static void store_bits(Bits x, std::uint16_t* p) {
    const hn::Rebind<std::uint16_t, BitsTag> narrow;
    hn::StoreU(hn::TruncateTo(narrow, x), narrow, p);
  }
  CUVAE_INLINE static void store_bits(Bits x, std::uint8_t* p) {
    const hn::Rebind<std::uint8_t, BitsTag> narrow;
    hn::StoreU(hn::TruncateTo(narrow, x), narrow, p);
  }

  CUVAE_INLINE static Float set(float x) { return hn::Set(FloatTag(), x); }
  CUVAE_INLINE static Bits set_bits(std::uint32_t x) { return hn::Set(BitsTag(), x); }
  // Highway's Iota writes the lanes one by one, and then waits for them.
  CUVAE_INLINE static Bits iota(std::uint32_t first) {
    alignas(64) static constexpr std::uint32_t from_0[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                             8, 9, 10, 11, 12, 13, 14, 15};
    return add_bits(load_bits(from_0), set_bits(first));
  }
  CUVAE_INLINE static Float add(Float a, Float b) { return hn::Add(a, b); }
  CUVAE_INLINE static Float sub(Float a, Float b) { return hn::Sub(a, b); }
  CUVAE_INLINE static Float mul(Float a, Float b) { return hn::Mul(a, b); }
  CUVAE_INLINE static Float div(Float a, Float b) { return hn::Div(a, b); }
#if HWY_TARGET == HWY_SCALAR  // Highway's scalar MulAdd rounds twice
  CUVAE_INLINE static Float fma(Float a, Float b, Float c) {
    return set(ScalarOps::fma(hn::GetLane(a), hn::GetLane(b), hn::GetLane(c)));
  }
  CUVAE_INLINE static Float negative_fma(Float a, Float b, Float c) {
    return set(ScalarOps::negative_fma(hn::GetLane(a), hn::GetLane(b), hn::GetLane(c)));
  }
  CUVAE_INLINE static Float sqrt(Float a) {
    return set(ScalarOps::sqrt(hn::GetLane(a)));
  }
#else
  CUVAE_INLINE static Float fma(Float a, Float b, Float c) {
    return hn::MulAdd(a, b, c);
  }
  CUVAE_INLINE static Float negative_fma(Float a, Float b, Float c) {
    return hn::NegMulAdd(a, b, c);
  }
  CUVAE_INLINE static Float sqrt(Float a) {
    return hn::Sqrt(a);
  }
#endif
  CUVAE_INLINE static Float min(Float a, Float b) {
    return hn::Min(a, b);
  }
  CUVAE_INLINE static Float max(Float a, Float b) {
    return hn::Max(a, b);
  }
  CUVAE_INLINE static Float negative_abs(Float a) {
    return hn::Or(a, set(-0.0F));
  }
  CUVAE_INLINE static Bits to_bits(Float a) {
    return hn::BitCast(BitsTag(), a);
  }
  CUVAE_INLINE static Float from_bits(Bits a) {
    return hn::BitCast(FloatTag(), a);
  }
  CUVAE_INLINE static Float to_float(Bits a) {
    return hn::ConvertTo(FloatTag(), hn::BitCast(SignedTag(), a));
  }
  CUVAE_INLINE static Bits add_bits(Bits a, Bits b) {
    return hn::Add(a, b);
  }
  CUVAE_INLINE static Bits sub_bits(Bits a, Bits b) {
    return hn::Sub(a, b);
  }
  CUVAE_INLINE static Bits and_bits(Bits a, Bits b) {
    return hn::And(a, b);
  }
  CUVAE_INLINE static Bits xor_bits(Bits a, Bits b) {
    return hn::Xor(a, b);
  }
  CUVAE_INLINE static Bits mul_bits(Bits a, Bits b) {
    return hn::Mul(a, b);
  }
  template <int count>
  CUVAE_INLINE static Bits shift_left(Bits a) {
    return hn::ShiftLeft<count>(a);
  }
  template <int count>
  CUVAE_INLINE static Bits shift_right(Bits a) {
    return hn::ShiftRight<count>(a);
  }
  template <int count>
  CUVAE_INLINE static Bits shift_right_signed(Bits a) {
    return hn::BitCast(BitsTag(), hn::ShiftRight<count>(hn::BitCast(SignedTag(), a)));
  }
  CUVAE_INLINE static Mask greater(Float a, Float b) {
    return hn::Gt(a, b);
  }
  CUVAE_INLINE static hn::Mask<BitsTag> less_bits(Bits a, Bits b) {
    return hn::Lt(a, b);
  }
  CUVAE_INLINE static Mask equal_bits(Bits a, Bits b) {
    return hn::RebindMask(FloatTag(), hn::Eq(a, b));
  }
  CUVAE_INLINE static Mask any_set(Bits a, Bits mask) {
    return hn::RebindMask(FloatTag(), hn::TestBit(a, mask));
  }
  CUVAE_INLINE static Float select(Mask mask, Float yes, Float no) {
    return hn::IfThenElse(mask, yes, no);
  }
  CUVAE_INLINE static Bits select_bits(hn::Mask<BitsTag> mask, Bits yes, Bits no) {
    return hn::IfThenElse(mask, yes, no);
  }
};

}  // namespace cuvae::CUVAE_TARGET
