// Keyed noise of the simulation: every draw belongs to a thing (a row, a person, a week), never to
// a thread, so that any row can be made alone.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/arithmetic/philox.hpp"

namespace cuvae::simulate {

// What a draw is about.
enum class Topic : std::uint32_t { place, merchant, person, card, habit, trip, theft, row };

using Draws = std::array<std::uint32_t, 4>;

// Four words for the thing `index`, at `step` (a week, a number of its own) of it.
inline Draws draw(std::uint64_t seed, Topic topic, std::uint64_t index, std::uint32_t step = 0,
                  std::uint32_t block = 0) {
  const PhiloxCounter words =
      philox4x32_10(noise_counter(index, step, Purpose::simulation,
                                  static_cast<std::uint32_t>(topic) * 4096 + block),
                    seed);
  return {words.word[0], words.word[1], words.word[2], words.word[3]};
}

// In [0, 1).
inline double unit(std::uint32_t word) {
  return word * 0x1p-32;
}

// In [0, count), from all bits of the word.
inline std::uint32_t below(std::uint32_t word, std::uint32_t count) {
  return static_cast<std::uint32_t>((std::uint64_t{word} * count) >> 32);
}

// How many of the 2^bits values of a draw make an event of this probability.
constexpr std::uint32_t threshold(double probability, int bits) {
  return static_cast<std::uint32_t>(probability * static_cast<double>(std::uint64_t{1} << bits));
}

}  // namespace cuvae::simulate
