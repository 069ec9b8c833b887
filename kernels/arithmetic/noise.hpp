// Random bits to uniform and normal numbers.
#pragma once

#include "kernels/arithmetic/elementary.hpp"
#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

// The upper 24 bits of x to a number in (0, 1]: an odd multiple of 2^-25, which above 1/2 has one
// bit more than a float and is rounded once. The last one rounds to 1, whose logarithm is a
// harmless 0.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float uniform(typename Ops::Bits x) {
  return Ops::fma(Ops::to_float(Ops::template shift_right<8>(x)), Ops::set(0x1p-24F),
                  Ops::set(0x1p-25F));
}

// Two independent standard normal numbers from two random words (Box and Muller 1958).
template <class Ops>
CUVAE_HOST_DEVICE void box_muller(typename Ops::Bits x0, typename Ops::Bits x1,
                                  typename Ops::Float& first, typename Ops::Float& second) {
  using Float = typename Ops::Float;
  const Float radius = Ops::sqrt(Ops::mul(log<Ops>(uniform<Ops>(x0)), Ops::set(-2.0F)));
  Float sine, cosine;
  sin_cos_turn<Ops>(uniform<Ops>(x1), sine, cosine);
  first = Ops::mul(radius, cosine);
  second = Ops::mul(radius, sine);
}

}  // namespace cuvae
