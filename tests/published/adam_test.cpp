// The update of the SIMD back end against Adam's definition, where numbers are extreme.
#include "kernels/arithmetic/adam.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "kernels/arithmetic/scalar_ops.hpp"
#include "models/published/cpu/kernels.hpp"
#include "runtime/simd/aligned_floats.hpp"

namespace cuvae {
namespace {

// A number of either sign with an exponent from `lowest` to `highest`, as in the bits of a float: 0
// stands for 0 and the subnormal numbers.
float extreme(std::mt19937& random, std::uint32_t lowest, std::uint32_t highest) {
  const auto exponent = std::uniform_int_distribution<std::uint32_t>(lowest, highest)(random);
  const auto rest = static_cast<std::uint32_t>(random());
  const std::uint32_t fraction = rest % 4 == 0 ? 0U : rest & 0x7fffffU;
  return ScalarOps::from_bits((rest & 0x80000000U) | exponent << 23U | fraction);
}

TEST(Adam, ExtremeNumbers) {
  TrainingPlan plan{};
  const auto layers = layers_of(PublishedShape{});
  std::copy(layers.begin(), layers.end(), plan.layers);
  plan.parameters = parameter_count(PublishedShape{});
  plan.sums_stride = padded(plan.parameters + 2) + widest_vector;
  const std::size_t size = padded(plan.parameters);
  for (const SimdLevel level : available_simd_levels()) {
    for (const float step_size : {1e-30F, 1e-3F, 1.0F, 0x1p29F, 0x1p30F, 0x1p80F}) {
      std::mt19937 random(1);
      const AlignedFloats gradients = aligned_floats(plan.sums_stride);
      const AlignedFloats total = aligned_floats(plan.sums_stride);
      AlignedFloats parameters = aligned_floats(size);
      AlignedFloats transposed = aligned_floats(size);
      AlignedFloats moments_1 = aligned_floats(size);
      AlignedFloats moments_2 = aligned_floats(size);
      std::vector<float> wanted[3];
      for (std::size_t p = 0; p < plan.parameters; ++p) {
        // Gradients of 0 keep a first moment that is subnormal already.
        gradients[p] = p % 4 == 0 ? extreme(random, 0, 100) : 0.0F;
        // Some around 2^-40, which is 87 here, some subnormal, some of any size.
        parameters[p] =
            p % 3 == 0 ? extreme(random, 86, 88) : extreme(random, 0, p % 3 == 1 ? 0 : 140);
        moments_1[p] = p % 5 == 0 ? extreme(random, 0, 130) : extreme(random, 0, 2);
        moments_2[p] = p % 7 == 0 ? 0.0F : std::abs(extreme(random, 0, 130));
        float numbers[3] = {parameters[p], moments_1[p], moments_2[p]};
        adam<ScalarOps>(gradients[p], step_size, numbers[0], numbers[1], numbers[2]);
        for (int k = 0; k < 3; ++k) wanted[k].push_back(numbers[k]);
      }
      ModelCopy model{parameters.get(), transposed.get(), moments_1.get(), moments_2.get()};
      published_kernels(level).update(plan, gradients.get(), 1, step_size, model, total.get());
      for (std::size_t p = 0; p < plan.parameters; ++p) {
        const float* got[3] = {model.parameters, model.moment_1, model.moment_2};
        for (int k = 0; k < 3; ++k) {
          ASSERT_EQ(ScalarOps::to_bits(got[k][p]), ScalarOps::to_bits(wanted[k][p]))
              << to_string(level) << ", step size " << step_size << ", parameter " << p
              << ", number " << k;
        }
      }
    }
  }
}

}  // namespace
}  // namespace cuvae
