// A generated number in [0, 1] to a code: round-half-even(x * span), exactly.
#pragma once

#include <cstdint>

#include "kernels/elementary.hpp"
#include "kernels/host_device.hpp"
#include "kernels/scalar_ops.hpp"

namespace cuvae {

// Spans below this are exact floats whose codes round_magic can round.
inline constexpr std::uint32_t small_span = 1U << 22;
inline constexpr std::uint32_t max_span = 1U << 29;

// span < small_span. The rounded product decides, unless it lies halfway between two codes: then
// what rounding took away does. (A product short of halfway never rounds beyond it.)
CUVAE_HOST_DEVICE std::uint32_t round_small_code(float x, std::uint32_t span) {
  using Ops = ScalarOps;
  const float factor = static_cast<float>(span);
  const float product = Ops::mul(x, factor);
  const float lost = Ops::fma(x, factor, -product);
  const float shifted = Ops::add(product, round_magic);
  const float rest = Ops::sub(product, Ops::sub(shifted, round_magic));
  std::uint32_t code = Ops::to_bits(shifted) & 0x3fffffU;
  if (rest == 0.5F && lost > 0.0F) ++code;
  if (rest == -0.5F && lost < 0.0F) --code;
  return code;
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
