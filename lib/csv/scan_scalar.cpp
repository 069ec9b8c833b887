#include <cstring>

#include "csv/scan.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t ones = 0x0101010101010101;

struct Block {
  std::uint64_t words[8];

  explicit Block(const char* text) { std::memcpy(words, text, 64); }

  std::uint64_t equal(char c) const {
    constexpr std::uint64_t low = 0x7F * ones;
    const std::uint64_t pattern = static_cast<unsigned char>(c) * ones;
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t x = words[i] ^ pattern;
      const std::uint64_t zero =
          ~(((x & low) + low) | x | low) >> 7;  // 1 in each byte that matches
      bits |= (zero * 0x0102040810204080 >> 56) << (8 * i);
    }
    return bits;
  }

  std::uint64_t usual() const {
    constexpr std::uint64_t low = 0x7F * ones;
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t x = words[i];
      const std::uint64_t positive = (((x & low) + low) & ~x) >> 7 & ones;
      bits |= (positive * 0x0102040810204080 >> 56) << (8 * i);
    }
    return bits;
  }
};

std::uint64_t prefix_xor(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

std::uint32_t* emit(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
  for (; bits != 0; bits &= bits - 1) {
    *out++ = base + static_cast<std::uint32_t>(__builtin_ctzll(bits));
  }
  return out;
}

#include "csv/scan_body.inl"

}  // namespace

const ScanKernels scan_kernels_scalar{count, index, hash};

}  // namespace cuvae
