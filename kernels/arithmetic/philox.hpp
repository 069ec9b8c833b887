// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011. cuRAND's device engine gives the same integers.
#pragma once

#include <cstdint>

#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

struct PhiloxCounter {
  std::uint32_t word[4];
};

inline constexpr std::uint32_t philox_multiplier_0 = 0xD2511F53U;
inline constexpr std::uint32_t philox_multiplier_1 = 0xCD9E8D57U;
inline constexpr std::uint32_t philox_key_step_0 = 0x9E3779B9U;
inline constexpr std::uint32_t philox_key_step_1 = 0xBB67AE85U;
inline constexpr int philox_rounds = 10;

CUVAE_HOST_DEVICE PhiloxCounter philox4x32_10(PhiloxCounter counter, std::uint64_t key) {
  auto key_0 = static_cast<std::uint32_t>(key);
  auto key_1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < philox_rounds; ++round) {
    const std::uint64_t product_0 = std::uint64_t{philox_multiplier_0} * counter.word[0];
    const std::uint64_t product_1 = std::uint64_t{philox_multiplier_1} * counter.word[2];
    counter = {{static_cast<std::uint32_t>(product_1 >> 32) ^ counter.word[1] ^ key_0,
                static_cast<std::uint32_t>(product_1),
                static_cast<std::uint32_t>(product_0 >> 32) ^ counter.word[3] ^ key_1,
                static_cast<std::uint32_t>(product_0)}};
    key_0 += philox_key_step_0;
    key_1 += philox_key_step_1;
  }
  return counter;
}

// The keys of all rounds, for those who draw so much that working them out anew would be seen.
struct PhiloxKeys {
  std::uint32_t word[philox_rounds][2] = {};
};

inline PhiloxKeys philox_keys(std::uint64_t key) {
  PhiloxKeys keys;
  auto key_0 = static_cast<std::uint32_t>(key);
  auto key_1 = static_cast<std::uint32_t>(key >> 32);
  for (auto& word : keys.word) {
    word[0] = key_0;
    word[1] = key_1;
    key_0 += philox_key_step_0;
    key_1 += philox_key_step_1;
  }
  return keys;
}

// What random numbers are for. It is part of the counter, so that no two uses share numbers.
enum class Purpose : std::uint32_t {
  initial_weights = 0,   // row = index of the parameter
  shuffle = 1,           // step = epoch
  training_noise = 2,    // row = row of the encoded table, step = epoch
  latent_noise = 3,      // row = row of the endless table
  generation_noise = 4,  // row = row of the endless table
  simulation = 5,        // of card transactions; row and step as lib/simulate says
  keys = 6,              // row = row of the endless table, or what the bijection is of
  protection = 7,        // row = row of the table, step = column
};

// key = seed; block b of a row gives its numbers 4 b ... 4 b + 3.
CUVAE_HOST_DEVICE PhiloxCounter noise_counter(std::uint64_t row, std::uint32_t step,
                                              Purpose purpose, std::uint32_t block) {
  return {{static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32), step,
           static_cast<std::uint32_t>(purpose) * 65536U + block}};
}

}  // namespace cuvae
