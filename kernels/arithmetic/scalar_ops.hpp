// Elementary operations on one float: what `Ops` means in the templates of this folder. The SIMD
// counterpart is lib/runtime/simd/vector_ops.hpp. Every operation is exact or rounded once by IEEE
// 754.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

struct ScalarOps {
  using Float = float;
  using Bits = std::uint32_t;
  using Mask = bool;

  CUVAE_HOST_DEVICE static float set(float x) { return x; }
  CUVAE_HOST_DEVICE static Bits set_bits(std::uint32_t x) { return x; }
  CUVAE_HOST_DEVICE static float add(float a, float b) { return a + b; }
  CUVAE_HOST_DEVICE static float sub(float a, float b) { return a - b; }
  CUVAE_HOST_DEVICE static float mul(float a, float b) { return a * b; }
  CUVAE_HOST_DEVICE static float div(float a, float b) {
#if defined(__CUDA_ARCH__)
    return __fdiv_rn(a, b);
#else
    return a / b;
#endif
  }
  // a * b + c, rounded once.
  CUVAE_HOST_DEVICE static float fma(float a, float b, float c) {
#if defined(__CUDA_ARCH__)
    return __fmaf_rn(a, b, c);
#else
    return std::fma(a, b, c);
#endif
  }
  // c - a * b, rounded once.
  CUVAE_HOST_DEVICE static float negative_fma(float a, float b, float c) {
    return fma(-a, b, c);
  }
  CUVAE_HOST_DEVICE static float sqrt(float a) {
#if defined(__CUDA_ARCH__)
    return __fsqrt_rn(a);
#else
    return std::sqrt(a);
#endif
  }
  CUVAE_HOST_DEVICE static float min(float a, float b) {
    return a < b ? a : b;
  }
  CUVAE_HOST_DEVICE static float max(float a, float b) {
    return a > b ? a : b;
  }
  CUVAE_HOST_DEVICE static float negative_abs(float a) {
    return from_bits(to_bits(a) | 0x80000000U);
  }
  CUVAE_HOST_DEVICE static Bits to_bits(float a) {
#if defined(__CUDA_ARCH__)
    return __float_as_uint(a);
#else
    Bits bits;
    std::memcpy(&bits, &a, sizeof bits);
    return bits;
#endif
  }
  CUVAE_HOST_DEVICE static float from_bits(Bits bits) {
#if defined(__CUDA_ARCH__)
    return __uint_as_float(bits);
#else
    float a;
    std::memcpy(&a, &bits, sizeof a);
    return a;
#endif
  }
  // A signed integer, below 2^24 in size, as float.
  CUVAE_HOST_DEVICE static float to_float(Bits bits) {
    return static_cast<float>(static_cast<std::int32_t>(bits));
  }
  CUVAE_HOST_DEVICE static Bits add_bits(Bits a, Bits b) {
    return a + b;
  }
  CUVAE_HOST_DEVICE static Bits sub_bits(Bits a, Bits b) {
    return a - b;
  }
  CUVAE_HOST_DEVICE static Bits and_bits(Bits a, Bits b) {
    return a & b;
  }
  CUVAE_HOST_DEVICE static Bits xor_bits(Bits a, Bits b) {
    return a ^ b;
  }
  CUVAE_HOST_DEVICE static Bits mul_bits(Bits a, Bits b) {
    return a * b;
  }
  template <int count>
  CUVAE_HOST_DEVICE static Bits shift_left(Bits a) {
    return a << count;
  }
  template <int count>
  CUVAE_HOST_DEVICE static Bits shift_right(Bits a) {
    return a >> count;
  }
  template <int count>
  CUVAE_HOST_DEVICE static Bits shift_right_signed(Bits a) {
    return static_cast<Bits>(static_cast<std::int32_t>(a) >> count);
  }
  CUVAE_HOST_DEVICE static Mask greater(float a, float b) {
    return a > b;
  }
  CUVAE_HOST_DEVICE static Mask less_bits(Bits a, Bits b) {
    return a < b;
  }
  CUVAE_HOST_DEVICE static Mask equal_bits(Bits a, Bits b) {
    return a == b;
  }
  CUVAE_HOST_DEVICE static Mask any_set(Bits a, Bits mask) {
    return (a & mask) != 0;
  }
  CUVAE_HOST_DEVICE static float select(Mask mask, float yes, float no) {
    return mask ? yes : no;
  }
  CUVAE_HOST_DEVICE static Bits select_bits(Mask mask, Bits yes, Bits no) {
    return mask ? yes : no;
  }
};

}  // namespace cuvae
