// A generated number in [0, 1] to a code: round-half-even(x * span), exactly.
#pragma once

#include <cstdint>

#include "kernels/arithmetic/elementary.hpp"
#include "kernels/arithmetic/host_device.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"

namespace cuvae {

// Spans below this are exact floats whose codes round_magic can round.
inline constexpr std::uint32_t small_span = 1U << 22;
inline constexpr std::uint32_t max_span = 1U << 29;

// span < small_span. The sum lies in [1.5 * 2^23, 2^24), where floats are the whole numbers: the
// one rounding of fma, of the exact product, is the one wanted. The code is in the low 22 bits.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Bits round_to_low_bits(typename Ops::Float x,
                                                       typename Ops::Float span) {
  return Ops::to_bits(Ops::fma(x, span, Ops::set(round_magic)));
}

CUVAE_HOST_DEVICE std::uint32_t round_small_code(float x, std::uint32_t span) {
  return round_to_low_bits<ScalarOps>(x, static_cast<float>(span)) & (small_span - 1);
}

// Any span below max_span: x is a whole number times a power of two, so integers hold the product.
CUVAE_HOST_DEVICE std::uint32_t round_large_code(float x, std::uint32_t span) {
  const std::uint32_t bits = ScalarOps::to_bits(x);
  const std::uint64_t product = std::uint64_t{(bits & 0x7fffffU) | 0x800000U} * span;
  const std::uint32_t shift = 150U - (bits >> 23);  // at least 23, for x is at most 1
  if (shift > 53) return 0;                         // product < 2^53: below one half
  const std::uint64_t half = std::uint64_t{1} << (shift - 1);
  const std::uint64_t rest = product & (2 * half - 1);
  const auto code = static_cast<std::uint32_t>(product >> shift);
  return code + (rest > half || (rest == half && (code & 1U) != 0) ? 1U : 0U);
}

CUVAE_HOST_DEVICE std::uint32_t round_code(float x, std::uint32_t span) {
  return span < small_span ? round_small_code(x, span) : round_large_code(x, span);
}

}  // namespace cuvae
