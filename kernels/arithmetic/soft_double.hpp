// IEEE 754 float64 in integers, for device code: on many GPUs a float64 unit has a 64th of the rate
// of the others, and kernels that hold none are easily checked for it. Only what encoding and
// evaluation need: a - b, a / b by a divisor that many numbers share, and rounding to float32.
// Every result has the bits that the host's arithmetic gives; rounding is half to even.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

// The bits of a float64.
using DoubleBits = std::uint64_t;

namespace soft {

inline constexpr DoubleBits sign_bit = DoubleBits{1} << 63U;
inline constexpr DoubleBits hidden_bit = DoubleBits{1} << 52U;
inline constexpr DoubleBits infinity = DoubleBits{0x7FF} << 52U;
inline constexpr DoubleBits not_a_number = infinity | hidden_bit >> 1U;

inline DoubleBits bits_of(double number) {
  DoubleBits bits;
  std::memcpy(&bits, &number, sizeof bits);
  return bits;
}

inline double double_of(DoubleBits bits) {
  double number;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

CUVAE_HOST_DEVICE int leading_zeros(std::uint64_t word) {  // of a word that is not 0
#if defined(__CUDA_ARCH__)
  return __clzll(static_cast<long long>(word));
#else
  return __builtin_clzll(word);
#endif
}

CUVAE_HOST_DEVICE std::uint64_t high_product(std::uint64_t a, std::uint64_t b) {
#if defined(__CUDA_ARCH__)
  return __umul64hi(a, b);
#else
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b >> 64U);
#endif
}

// Shifts right; what falls out leaves a 1 in the last bit, so that rounding still knows of it.
CUVAE_HOST_DEVICE std::uint64_t shift_right_sticky(std::uint64_t word, int count) {
  if (count == 0) return word;
  if (count > 63) return word != 0 ? 1 : 0;
  return word >> count | ((word << (64 - count)) != 0 ? 1U : 0U);
}

CUVAE_HOST_DEVICE bool is_nan(DoubleBits a) {
  return (a & ~sign_bit) > infinity;
}

// significand * 2^(exponent - 1023 - 62), rounded. The significand's last bit may be sticky.
CUVAE_HOST_DEVICE DoubleBits round_to_double(DoubleBits sign, int exponent,
                                             std::uint64_t significand) {
  if (significand == 0) return sign;
  const int zeros = leading_zeros(significand);
  significand <<= zeros;
  exponent += 1 - zeros;
  if (exponent >= 0x7FF) return sign | infinity;
  if (exponent <= 0) significand = shift_right_sticky(significand, 1 - exponent);
  const std::uint64_t rest = significand & 0x7FFU;
  std::uint64_t rounded = significand >> 11U;
  rounded += rest > 0x400U || (rest == 0x400U && (rounded & 1U) != 0) ? 1U : 0U;
  // The hidden bit, and a carry out of the significand, step the exponent up.
  const DoubleBits upper = exponent <= 0 ? 0 : static_cast<DoubleBits>(exponent - 1) << 52U;
  return sign | (upper + rounded);
}

CUVAE_HOST_DEVICE DoubleBits subtract(DoubleBits a, DoubleBits b) {
  if (is_nan(a) || is_nan(b)) return not_a_number;
  b ^= sign_bit;
  if ((a & ~sign_bit) < (b & ~sign_bit)) {
    const DoubleBits smaller = a;
    a = b;
    b = smaller;
  }
  const bool differ = ((a ^ b) & sign_bit) != 0;
  if ((a & ~sign_bit) == infinity) {
    return differ && (b & ~sign_bit) == infinity ? not_a_number : a;
  }
  const auto exponent_of = [](DoubleBits x) { return static_cast<int>(x >> 52U & 0x7FFU); };
  const auto significand_of = [&](DoubleBits x) {
    return ((x & (hidden_bit - 1)) | (exponent_of(x) != 0 ? hidden_bit : 0)) << 10U;
  };
  const int exponent = exponent_of(a) != 0 ? exponent_of(a) : 1;
  const int other = exponent_of(b) != 0 ? exponent_of(b) : 1;
  const std::uint64_t aligned = shift_right_sticky(significand_of(b), exponent - other);
  const std::uint64_t sum = differ ? significand_of(a) - aligned : significand_of(a) + aligned;
  return round_to_double(sum == 0 && differ ? 0 : a & sign_bit, exponent, sum);
}

}  // namespace soft

// A positive finite number to divide by, with its reciprocal.
struct SoftDivisor {
  std::uint64_t significand;  // 2^52 to 2^53
  std::uint64_t reciprocal;   // floor((2^116 - 1) / significand)
  int exponent;               // biased; below 1 for a subnormal number
};

CUVAE_HOST_DEVICE SoftDivisor soft_divisor(DoubleBits number) {
  SoftDivisor divisor{number & (soft::hidden_bit - 1), 0, static_cast<int>(number >> 52U)};
  if (divisor.exponent != 0) {
    divisor.significand |= soft::hidden_bit;
  } else {
    const int zeros = soft::leading_zeros(divisor.significand) - 11;
    divisor.significand <<= zeros;
    divisor.exponent = 1 - zeros;
  }
  // 116 ones divided bit by bit: the first 52 leave a remainder below 2^52.
  std::uint64_t remainder = soft::hidden_bit - 1;
  for (int bit = 0; bit < 64; ++bit) {
    remainder = remainder << 1U | 1U;
    divisor.reciprocal <<= 1U;
    if (remainder < divisor.significand) continue;
    remainder -= divisor.significand;
    divisor.reciprocal |= 1U;
  }
  return divisor;
}

namespace soft {

CUVAE_HOST_DEVICE DoubleBits divide(DoubleBits a, const SoftDivisor& by) {
  if ((a & ~sign_bit) >= infinity) return is_nan(a) ? not_a_number : a;
  const DoubleBits sign = a & sign_bit;
  if (a == sign) return a;
  std::uint64_t significand = a & (hidden_bit - 1);
  int exponent = static_cast<int>(a >> 52U & 0x7FFU);
  if (exponent != 0) {
    significand |= hidden_bit;
  } else {
    const int zeros = leading_zeros(significand) - 11;
    significand <<= zeros;
    exponent = 1 - zeros;
  }
  // The quotient times 2^63: too small by at most three, which the remainder shows. Its lower 64
  // bits are enough, because it is below 2^55.
  std::uint64_t quotient = high_product(significand << 11U, by.reciprocal);
  std::uint64_t remainder = (significand << 63U) - quotient * by.significand;
  while (remainder >= by.significand) {
    remainder -= by.significand;
    ++quotient;
  }
  const std::uint64_t sticky = (quotient & 1U) | (remainder != 0 ? 1U : 0U);
  return round_to_double(sign, exponent - by.exponent + 1023, quotient >> 1U | sticky);
}

// The bits of the float32 nearest to a.
CUVAE_HOST_DEVICE std::uint32_t to_float_bits(DoubleBits a) {
  const std::uint32_t sign = static_cast<std::uint32_t>(a >> 32U) & 0x80000000U;
  if (is_nan(a)) return sign | 0x7FC00000U;
  const int exponent = static_cast<int>(a >> 52U & 0x7FFU) - 1023 + 127;
  if (exponent >= 0xFF) return sign | 0x7F800000U;
  if (exponent < -24) return sign;  // less than half of the least float
  std::uint64_t significand = ((a & (hidden_bit - 1)) | hidden_bit) << 11U;
  if (exponent <= 0) significand = shift_right_sticky(significand, 1 - exponent);
  constexpr std::uint64_t half = std::uint64_t{1} << 39U;
  const std::uint64_t rest = significand & (2 * half - 1);
  auto rounded = static_cast<std::uint32_t>(significand >> 40U);
  rounded += rest > half || (rest == half && (rounded & 1U) != 0) ? 1U : 0U;
  const std::uint32_t upper = exponent <= 0 ? 0 : static_cast<std::uint32_t>(exponent - 1) << 23U;
  return sign | (upper + rounded);
}

// A whole number below 2^53.
CUVAE_HOST_DEVICE DoubleBits from_count(std::uint64_t count) {
  return round_to_double(0, 1023 + 62, count);
}

// floor(a), at least 0 and at most `last`; 0 for what is not a number.
CUVAE_HOST_DEVICE std::uint32_t clamped_floor(DoubleBits a, std::uint32_t last) {
  if (a >= sign_bit || is_nan(a)) return 0;
  const int exponent = static_cast<int>(a >> 52U) - 1023;
  if (exponent < 0) return 0;
  if (exponent > 31) return last;
  const std::uint64_t whole = ((a & (hidden_bit - 1)) | hidden_bit) >> (52 - exponent);
  return whole < last ? static_cast<std::uint32_t>(whole) : last;
}

// A key that orders as the numbers do; both zeros have the same, and every NaN has the greatest,
// which no number has.
CUVAE_HOST_DEVICE std::uint64_t sort_key(DoubleBits a) {
  if (is_nan(a)) return ~std::uint64_t{0};
  if (a == sign_bit) a = 0;
  return (a & sign_bit) != 0 ? ~a : a | sign_bit;
}

}  // namespace soft
}  // namespace cuvae
