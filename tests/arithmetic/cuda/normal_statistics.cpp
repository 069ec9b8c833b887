// How far cuRAND's normal numbers are from the project's, made of the same random words, and both
// from what Box and Muller's formula gives in float64. Prints a table for docs/arithmetic.md.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "curand_words.cuh"
#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "runtime/cuda/device_copy.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t blocks = 1U << 20;  // of four numbers
constexpr std::uint64_t seed = 20260101;

struct Distances {
  double between = 0;  // project and cuRAND
  double project = 0;  // project and the formula
  double curand = 0;   // cuRAND and the formula, with cuRAND's uniform numbers
  std::uint64_t same_bits = 0;
  std::uint64_t numbers = 0;
};

// cosine and sine, of uniform numbers in (0, 1]
void add(Distances& to, const float (&project)[2], const float (&curand)[2], std::uint32_t word_0,
         std::uint32_t word_1) {
  const auto formula = [](double u0, double u1, double(&out)[2]) {
    const double radius = std::sqrt(-2 * std::log(u0));
    constexpr double turn = 6.283185307179586;
    out[0] = radius * std::cos(turn * u1);
    out[1] = radius * std::sin(turn * u1);
  };
  double exact_project[2];
  double exact_curand[2];
  formula(static_cast<double>(uniform<ScalarOps>(word_0)),
          static_cast<double>(uniform<ScalarOps>(word_1)), exact_project);
  formula((word_0 + 0.5) * 0x1p-32, (word_1 + 0.5) * 0x1p-32, exact_curand);
  for (int i = 0; i < 2; ++i) {
    const auto ours = static_cast<double>(project[i]);
    const auto theirs = static_cast<double>(curand[i]);
    to.between = std::max(to.between, std::abs(ours - theirs));
    to.project = std::max(to.project, std::abs(ours - exact_project[i]));
    to.curand = std::max(to.curand, std::abs(theirs - exact_curand[i]));
    to.same_bits += std::memcmp(&project[i], &curand[i], sizeof(float)) == 0;
    ++to.numbers;
  }
}

Distances measure() {
  const cuda::Stream stream;
  std::vector<CurandPlace> places;
  for (std::uint32_t row = 0; row < blocks; ++row) {
    places.push_back(curand_place(seed, row, 0, Purpose::latent_noise, 0));
  }
  const auto on_device = to_device(places, stream);
  const auto room = room_for<CurandWords>(blocks, stream);
  CUVAE_CUDA(launch_curand(on_device.get(), blocks, room.get(), stream.get()));
  Distances distances;
  for (const CurandWords& made : to_host(room.get(), blocks, stream)) {
    for (int pair = 0; pair < 4; pair += 2) {
      float project[2];
      box_muller<ScalarOps>(made.init.word[pair], made.init.word[pair + 1], project[0], project[1]);
      // cuRAND has the sine first.
      add(distances, project, {made.normals[pair + 1], made.normals[pair]}, made.init.word[pair],
          made.init.word[pair + 1]);
    }
  }
  return distances;
}

}  // namespace
}  // namespace cuvae

int main() {
  const cuvae::Distances d = cuvae::measure();
  const auto count = static_cast<double>(d.numbers);
  std::printf("normal numbers                                 %llu\n",
              static_cast<unsigned long long>(d.numbers));
  std::printf("with the same bits                             %.2f %%\n",
              100 * static_cast<double>(d.same_bits) / count);
  std::printf("cuRAND - project, largest                      %.3g\n", d.between);
  std::printf("project - Box and Muller in float64, largest   %.3g\n", d.project);
  std::printf("cuRAND - Box and Muller in float64, largest    %.3g\n", d.curand);
}
