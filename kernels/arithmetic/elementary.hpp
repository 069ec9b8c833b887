// Elementary functions in explicit fma: the same bits on every device. The error bounds are stated
// here and tested over every float of the range (tests/arithmetic). Polynomials are minimax fits by
// the Remez algorithm, relative error weighted, coefficients rounded to float.
#pragma once

#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

// Adding and subtracting 1.5 * 2^23 rounds a float below 2^22 in size to a whole number, halves to
// even; the low bits of the sum hold that number.
inline constexpr float round_magic = 12582912.0F;

// e^x for x that is known to be in [-87, 88].
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float exp_in_range(typename Ops::Float x) {
  using Float = typename Ops::Float;
  const Float shifted = Ops::fma(x, Ops::set(1.44269504F), Ops::set(round_magic));
  const Float n = Ops::sub(shifted, Ops::set(round_magic));
  Float r = Ops::negative_fma(n, Ops::set(0x1.62e4p-1F), x);  // upper bits of ln 2: exact
  r = Ops::negative_fma(n, Ops::set(0x1.7f7d1cp-20F), r);     // the rest of ln 2
  Float p = Ops::fma(Ops::set(0x1.6db4eap-10F), r, Ops::set(0x1.123bdep-7F));
  p = Ops::fma(p, r, Ops::set(0x1.55545ep-5F));
  p = Ops::fma(p, r, Ops::set(0x1.55548ep-3F));
  p = Ops::fma(p, r, Ops::set(0.5F));
  p = Ops::fma(p, r, Ops::set(1.0F));
  p = Ops::fma(p, r, Ops::set(1.0F));
  return Ops::from_bits(
      Ops::add_bits(Ops::to_bits(p), Ops::template shift_left<23>(Ops::to_bits(shifted))));
}

// e^x; beyond [-87, 88], the value at the nearer end.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float exp(typename Ops::Float x) {
  return exp_in_range<Ops>(Ops::min(Ops::max(x, Ops::set(-87.0F)), Ops::set(88.0F)));
}

// Natural logarithm of a positive, normal, finite x.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float log(typename Ops::Float x) {
  using Float = typename Ops::Float;
  using Bits = typename Ops::Bits;
  // x = 2^n * (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)).
  const Bits half_root = Ops::set_bits(0x3f3504f3U);
  const Bits offset = Ops::sub_bits(Ops::to_bits(x), half_root);
  const Float n = Ops::to_float(Ops::template shift_right_signed<23>(offset));
  const Float f = Ops::sub(
      Ops::from_bits(Ops::add_bits(Ops::and_bits(offset, Ops::set_bits(0x007fffffU)), half_root)),
      Ops::set(1.0F));
  Float p = Ops::fma(Ops::set(0x1.145796p-4F), f, Ops::set(-0x1.de3c04p-4F));
  p = Ops::fma(p, f, Ops::set(0x1.e6f06ap-4F));
  p = Ops::fma(p, f, Ops::set(-0x1.fc220ap-4F));
  p = Ops::fma(p, f, Ops::set(0x1.233768p-3F));
  p = Ops::fma(p, f, Ops::set(-0x1.555c4ep-3F));
  p = Ops::fma(p, f, Ops::set(0x1.99a4b6p-3F));
  p = Ops::fma(p, f, Ops::set(-0x1.000006p-2F));
  p = Ops::fma(p, f, Ops::set(0x1.555548p-2F));
  const Float square = Ops::mul(f, f);
  Float tail = Ops::mul(Ops::mul(square, f), p);
  tail = Ops::fma(n, Ops::set(0x1.7f7d1cp-20F), tail);
  tail = Ops::negative_fma(square, Ops::set(0.5F), tail);
  return Ops::fma(n, Ops::set(0x1.62e4p-1F), Ops::add(f, tail));
}

// sin and cos of 2 pi u for u in [0, 1] that is a multiple of 2^-25.
template <class Ops>
CUVAE_HOST_DEVICE void sin_cos_turn(typename Ops::Float u, typename Ops::Float& sine,
                                    typename Ops::Float& cosine) {
  using Float = typename Ops::Float;
  using Bits = typename Ops::Bits;
  const Float quarters = Ops::mul(u, Ops::set(4.0F));
  const Float shifted = Ops::add(quarters, Ops::set(round_magic));
  const Bits quadrant = Ops::to_bits(shifted);
  const Float f = Ops::sub(quarters, Ops::sub(shifted, Ops::set(round_magic)));  // [-1/2, 1/2]
  const Float z = Ops::mul(f, f);
  Float s = Ops::fma(Ops::set(-0x1.2d9278p-8F), z, Ops::set(0x1.465e9p-4F));
  s = Ops::fma(s, z, Ops::set(-0x1.4abbb8p-1F));
  s = Ops::fma(s, z, Ops::set(0x1.921fb6p+0F));
  s = Ops::mul(s, f);
  Float c = Ops::fma(Ops::set(0x1.d9d4a6p-11F), z, Ops::set(-0x1.55c5dcp-6F));
  c = Ops::fma(c, z, Ops::set(0x1.03c1dep-2F));
  c = Ops::fma(c, z, Ops::set(-0x1.3bd3ccp+0F));
  c = Ops::fma(c, z, Ops::set(1.0F));
  const auto odd = Ops::any_set(quadrant, Ops::set_bits(1));
  const Bits sign_bit = Ops::set_bits(0x80000000U);
  const Bits sine_sign = Ops::and_bits(Ops::template shift_left<30>(quadrant), sign_bit);
  const Bits cosine_sign = Ops::and_bits(
      Ops::template shift_left<30>(Ops::add_bits(quadrant, Ops::set_bits(1))), sign_bit);
  sine = Ops::from_bits(Ops::xor_bits(Ops::to_bits(Ops::select(odd, c, s)), sine_sign));
  cosine = Ops::from_bits(Ops::xor_bits(Ops::to_bits(Ops::select(odd, s, c)), cosine_sign));
}

// 1 / q for q in [1, 2], by two Newton steps. A division would do, but takes the GPU a dozen
// instructions and the CPU as many cycles.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float reciprocal_from_1_to_2(typename Ops::Float q) {
  using Float = typename Ops::Float;
  const Float one = Ops::set(1.0F);
  Float r = Ops::fma(Ops::set(0x1.4afd6ap-2F), q, Ops::set(-0x1.745d18p+0F));
  r = Ops::fma(r, q, Ops::set(0x1.0f83ep+1F));
  r = Ops::fma(r, Ops::negative_fma(r, q, one), r);
  return Ops::fma(r, Ops::negative_fma(r, q, one), r);
}

// The parts that the logistic sigmoid and the cross-entropy of a logit share.
template <class Ops>
struct Sigmoid {
  typename Ops::Float value;             // 1 / (1 + e^-logit)
  typename Ops::Float one_plus_decayed;  // 1 + e^-|logit|, in [1, 2]
};

template <class Ops>
CUVAE_HOST_DEVICE Sigmoid<Ops> sigmoid(typename Ops::Float logit) {
  using Float = typename Ops::Float;
  const Float decayed = exp_in_range<Ops>(Ops::max(Ops::negative_abs(logit), Ops::set(-87.0F)));
  const Float q = Ops::add(decayed, Ops::set(1.0F));
  const Float r = reciprocal_from_1_to_2<Ops>(q);
  return {Ops::select(Ops::greater(Ops::set(0.0F), logit), Ops::mul(r, decayed), r), q};
}

}  // namespace cuvae
