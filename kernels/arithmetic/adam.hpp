// Adam (Kingma and Ba, ICLR 2015) in its "epsilon hat" form, the one that Keras uses.
#pragma once

#include <cmath>

#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

inline constexpr double adam_beta_1 = 0.9;
inline constexpr double adam_beta_2 = 0.999;
inline constexpr float adam_epsilon = 1e-7F;

// The step sizes learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) for t = 1, 2, ... in turn. The
// powers are running products, so that they do not depend on a math library.
class AdamSteps {
 public:
  explicit AdamSteps(float learning_rate) : learning_rate_(static_cast<double>(learning_rate)) {}

  float next() {
    power_1_ *= adam_beta_1;
    power_2_ *= adam_beta_2;
    return static_cast<float>(learning_rate_ * std::sqrt(1.0 - power_2_) / (1.0 - power_1_));
  }

 private:
  double learning_rate_;
  double power_1_ = 1;
  double power_2_ = 1;
};

template <class Ops>
CUVAE_HOST_DEVICE void adam_moments(typename Ops::Float gradient, typename Ops::Float& moment_1,
                                    typename Ops::Float& moment_2) {
  moment_1 = Ops::fma(Ops::set(static_cast<float>(1.0 - adam_beta_1)), Ops::sub(gradient, moment_1),
                      moment_1);
  moment_2 = Ops::fma(Ops::set(static_cast<float>(1.0 - adam_beta_2)),
                      Ops::sub(Ops::mul(gradient, gradient), moment_2), moment_2);
}

// The parameter, moved by its moments.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float adam_moved(typename Ops::Float parameter,
                                                 typename Ops::Float step_size,
                                                 typename Ops::Float moment_1,
                                                 typename Ops::Float moment_2) {
  using Float = typename Ops::Float;
  const Float direction = Ops::div(moment_1, Ops::add(Ops::sqrt(moment_2), Ops::set(adam_epsilon)));
  return Ops::negative_fma(step_size, direction, parameter);
}

// One update of a parameter and its two moments.
template <class Ops>
CUVAE_HOST_DEVICE void adam(typename Ops::Float gradient, typename Ops::Float step_size,
                            typename Ops::Float& parameter, typename Ops::Float& moment_1,
                            typename Ops::Float& moment_2) {
  adam_moments<Ops>(gradient, moment_1, moment_2);
  parameter = adam_moved<Ops>(parameter, step_size, moment_1, moment_2);
}

}  // namespace cuvae
