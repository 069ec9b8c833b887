#include "spelling/keyed_bijection.hpp"

#include <cmath>

#include "kernels/arithmetic/philox.hpp"

namespace cuvae {
namespace {

constexpr unsigned rounds = 6;

// The finaliser of SplitMix64, scaled to [0, size).
std::uint64_t mixed(std::uint64_t half, std::uint64_t key, std::uint64_t size) {
  std::uint64_t x = half + key;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  x ^= x >> 31U;
  return static_cast<std::uint64_t>((Wide{x} * size) >> 64U);
}

std::uint64_t add_modulo(std::uint64_t a, std::uint64_t b, std::uint64_t size) {
  const std::uint64_t sum = a + b;
  return sum < size ? sum : sum - size;
}

std::uint64_t root_above(Wide size) {
  auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(size)));
  while (Wide{root} * root >= size && root > 1) --root;
  while (Wide{root} * root < size) ++root;
  return root;
}

}  // namespace

KeyedBijection::KeyedBijection(Wide size)
    : size_(size),
      left_size_(root_above(size)),
      right_size_(static_cast<std::uint64_t>((size + left_size_ - 1) / left_size_)) {}

Wide KeyedBijection::operator()(Wide position, std::uint64_t seed, std::uint32_t stream) const {
  std::array<std::uint64_t, rounds> keys{};
  for (std::uint32_t block = 0; block < rounds / 2; ++block) {
    const PhiloxCounter words =
        philox4x32_10(noise_counter(~std::uint64_t{0}, stream, Purpose::keys, block), seed);
    keys[2 * block] = std::uint64_t{words.word[1]} << 32U | words.word[0];
    keys[2 * block + 1] = std::uint64_t{words.word[3]} << 32U | words.word[2];
  }
  Wide place = position;
  do {  // the few places beyond the last one are walked on until they come back in range
    auto left = static_cast<std::uint64_t>(place / right_size_);
    auto right = static_cast<std::uint64_t>(place % right_size_);
    for (unsigned round = 0; round < rounds; round += 2) {
      left = add_modulo(left, mixed(right, keys[round], left_size_), left_size_);
      right = add_modulo(right, mixed(left, keys[round + 1], right_size_), right_size_);
    }
    place = Wide{left} * right_size_ + right;
  } while (place >= size_);
  return place;
}

}  // namespace cuvae
