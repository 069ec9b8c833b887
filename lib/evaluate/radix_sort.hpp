// Sorting millions of numbers in linear time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace cuvae {

// Sorts ascending, 11 bits at a time; digits that all keys share cost one scan together.
inline void radix_sort(std::vector<std::uint64_t>& keys) {
  constexpr unsigned digit_bits = 11;
  constexpr unsigned digits = 6;
  constexpr std::size_t buckets = std::size_t{1} << digit_bits;
  const auto digit_of = [](std::uint64_t key, unsigned digit) {
    return static_cast<std::size_t>(key >> (digit * digit_bits)) & (buckets - 1);
  };
  std::vector<std::array<std::size_t, buckets>> counts(digits);
  for (const std::uint64_t key : keys) {
    for (unsigned digit = 0; digit < digits; ++digit) ++counts[digit][digit_of(key, digit)];
  }
  std::vector<std::uint64_t> sorted(keys.size());
  for (unsigned digit = 0; digit < digits; ++digit) {
    auto& places = counts[digit];
    if (keys.empty() || places[digit_of(keys.front(), digit)] == keys.size()) continue;
    std::size_t place = 0;
    for (std::size_t& bucket : places) {
      const std::size_t count = bucket;
      bucket = place;
      place += count;
    }
    for (const std::uint64_t key : keys) sorted[places[digit_of(key, digit)]++] = key;
    keys.swap(sorted);
  }
}

// A key that orders as the numbers do; both zeros have the same. Not for NaN.
inline std::uint64_t key_of(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number + 0.0);
  constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

}  // namespace cuvae
