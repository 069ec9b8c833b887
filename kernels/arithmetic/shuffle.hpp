// The order in which an epoch visits the rows: a keyed bijection of [0, rows), computed wherever it
// is needed instead of stored. A Feistel network over pairs (left, right) in [0, a) x [0, b) with
// a b >= rows and a b - rows < a: adding modulo a or b is invertible, so each round is a bijection
// of the pairs. The few pairs beyond the last row are walked on until they come back in range.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/arithmetic/host_device.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"

namespace cuvae {

inline constexpr int shuffle_rounds = 4;
inline constexpr std::uint32_t max_shuffled_rows = 65'535U * 65'535U;

struct Shuffle {
  std::uint32_t rows;
  std::uint32_t left_size;   // a, at most 65,535
  std::uint32_t right_size;  // b, at most 65,535
  std::uint32_t key[shuffle_rounds];
};

// Mixes a half with a round key and scales the result to [0, size).
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Bits shuffle_mix(typename Ops::Bits half, std::uint32_t key,
                                                 std::uint32_t size) {
  using Bits = typename Ops::Bits;
  Bits mixed = Ops::mul_bits(Ops::add_bits(half, Ops::set_bits(key)), Ops::set_bits(0x9E3779B1U));
  mixed = Ops::mul_bits(Ops::xor_bits(mixed, Ops::template shift_right<15>(mixed)),
                        Ops::set_bits(0x85EBCA77U));
  return Ops::template shift_right<16>(
      Ops::mul_bits(Ops::template shift_right<16>(mixed), Ops::set_bits(size)));
}

// (a + b) mod size for a, b < size.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Bits add_modulo(typename Ops::Bits a, typename Ops::Bits b,
                                                std::uint32_t size) {
  const typename Ops::Bits sum = Ops::add_bits(a, b);
  return Ops::select_bits(Ops::less_bits(sum, Ops::set_bits(size)), sum,
                          Ops::sub_bits(sum, Ops::set_bits(size)));
}

// One pass of the network over a pair; the result stands for left * right_size + right, which may
// be `rows` or more.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Bits shuffle_pair(const Shuffle& shuffle, typename Ops::Bits left,
                                                  typename Ops::Bits right) {
  for (int round = 0; round < shuffle_rounds; round += 2) {
    left = add_modulo<Ops>(left, shuffle_mix<Ops>(right, shuffle.key[round], shuffle.left_size),
                           shuffle.left_size);
    right =
        add_modulo<Ops>(right, shuffle_mix<Ops>(left, shuffle.key[round + 1], shuffle.right_size),
                        shuffle.right_size);
  }
  return Ops::add_bits(Ops::mul_bits(left, Ops::set_bits(shuffle.right_size)), right);
}

// The row visited at `position`, a number below rows.
CUVAE_HOST_DEVICE std::uint32_t shuffled_row(const Shuffle& shuffle, std::uint32_t position) {
  std::uint32_t row = position;
  do {
    row = shuffle_pair<ScalarOps>(shuffle, row / shuffle.right_size, row % shuffle.right_size);
  } while (row >= shuffle.rows);
  return row;
}

// The bijection of one epoch: keys from Philox at purpose "shuffle", step = epoch.
// rows: 1 to max_shuffled_rows.
inline Shuffle make_shuffle(std::uint32_t rows, std::uint64_t seed, std::uint32_t epoch) {
  Shuffle shuffle{};
  shuffle.rows = rows;
  std::uint64_t root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(rows)));
  while (root * root < rows) ++root;
  shuffle.left_size = static_cast<std::uint32_t>(root);
  shuffle.right_size = static_cast<std::uint32_t>((rows + root - 1) / root);
  const PhiloxCounter words = philox4x32_10(noise_counter(0, epoch, Purpose::shuffle, 0), seed);
  for (int round = 0; round < shuffle_rounds; ++round) shuffle.key[round] = words.word[round];
  return shuffle;
}

}  // namespace cuvae
