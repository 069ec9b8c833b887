// Adam on vectors of parameters.
#pragma once

#include <limits>

#include "kernels/arithmetic/adam.hpp"
#include "runtime/simd/vector_ops.hpp"

namespace cuvae::CUVAE_TARGET {

// Where a unit is dead, the first moments of its weights shrink step by step to subnormal numbers
// and stay there, and a division with one of them takes a processor several times as long as
// others: at 32 rows, as long as a tenth of the step. But it moves nothing: below 2^-126, divided
// by 1e-7 at least and times a step size below 2^30, it is below 2^-72, and half the last bit of a
// parameter of 2^-40 is 2^-65. So 0 may stand for it.
class AdamVector {
 public:
  using Ops = VectorOps;
  using Float = VectorOps::Float;

  explicit AdamVector(float step_size)
      : step_size_(Ops::set(step_size)),
        minus_least_(
            Ops::set(step_size < 0x1p30F ? -0x1p-40F : -std::numeric_limits<float>::infinity())) {}

  CUVAE_INLINE void update(Float gradient, float* parameters, float* moments_1,
                           float* moments_2) const {
    const Float parameter = Ops::load(parameters);
    Float moment_1 = Ops::load(moments_1);
    Float moment_2 = Ops::load(moments_2);
    adam_moments<Ops>(gradient, moment_1, moment_2);
    Ops::store(moment_1, moments_1);
    Ops::store(moment_2, moments_2);
    const auto subnormal = Ops::greater(Ops::negative_abs(moment_1), Ops::set(-0x1p-126F));
    const auto large = Ops::greater(minus_least_, Ops::negative_abs(parameter));
    const Float direction =
        Ops::select(large, Ops::select(subnormal, Ops::set(0.0F), moment_1), moment_1);
    Ops::store(adam_moved<Ops>(parameter, step_size_, direction, moment_2), parameters);
  }

 private:
  Float step_size_;
  Float minus_least_;
};

}  // namespace cuvae::CUVAE_TARGET
