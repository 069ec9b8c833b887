// What the plain references of both networks share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"

namespace cuvae::plain {

// Standard normal numbers of a row, [latent].
inline std::vector<float> row_noise(std::uint64_t row, std::uint32_t step, std::uint32_t purpose,
                                    std::uint32_t latent, std::uint64_t seed) {
  std::vector<float> noise(latent);
  for (std::uint32_t block = 0; 4 * block < latent; ++block) {
    const PhiloxCounter words =
        philox4x32_10(noise_counter(row, step, static_cast<Purpose>(purpose), block), seed);
    std::array<float, 4> normals;
    box_muller<ScalarOps>(words.word[0], words.word[1], normals[0], normals[1]);
    box_muller<ScalarOps>(words.word[2], words.word[3], normals[2], normals[3]);
    for (std::uint32_t k = 0; k < 4 && 4 * block + k < latent; ++k) {
      noise[4 * block + k] = normals[k];
    }
  }
  return noise;
}

// Parameters and their Adam moments.
struct State {
  std::vector<float> parameters;
  std::vector<float> moment_1;
  std::vector<float> moment_2;
};

inline void adam_update(State& state, const std::vector<float>& gradient, float step_size) {
  for (std::size_t p = 0; p < gradient.size(); ++p) {
    adam<ScalarOps>(gradient[p], step_size, state.parameters[p], state.moment_1[p],
                    state.moment_2[p]);
  }
}

}  // namespace cuvae::plain
