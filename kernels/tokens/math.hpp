// Number by number, what the token network adds to the arithmetic of this folder: SiLU, softmax
// pieces, and the mixture prior.
#pragma once

#include <cstdint>

#include "kernels/arithmetic/elementary.hpp"
#include "kernels/arithmetic/host_device.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/tokens/layout.hpp"

namespace cuvae {

inline constexpr float least_log_var = -12.0F;
inline constexpr float most_log_var = 6.0F;
inline constexpr float least_log_scale = -4.0F;
inline constexpr float most_log_scale = 2.0F;

// x * sigmoid(x) and its derivative.
template <class Ops>
struct Silu {
  typename Ops::Float value;
  typename Ops::Float slope;
};

template <class Ops>
CUVAE_HOST_DEVICE Silu<Ops> silu(typename Ops::Float x) {
  using Float = typename Ops::Float;
  const Float s = sigmoid<Ops>(x).value;
  const Float value = Ops::mul(x, s);
  return {value, Ops::fma(value, Ops::sub(Ops::set(1.0F), s), s)};
}

// e^x for x <= 0, no smaller than e^-60: far above the denormals, so that products stay normal.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float decayed_exp(typename Ops::Float x) {
  return exp_in_range<Ops>(Ops::max(x, Ops::set(-60.0F)));
}

template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float clamp(typename Ops::Float x, float least, float most) {
  return Ops::min(Ops::max(x, Ops::set(least)), Ops::set(most));
}

// `value` where least < x < most, else 0: the gradient through a clamp.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float inside(typename Ops::Float x, float least, float most,
                                             typename Ops::Float value) {
  const typename Ops::Float zero = Ops::set(0.0F);
  return Ops::select(Ops::greater(x, Ops::set(least)),
                     Ops::select(Ops::greater(Ops::set(most), x), value, zero), zero);
}

// What follows from the prior's parameters alone; made anew after every update.
struct Mixture {
  float share[mixture_components];                         // softmax of the weights
  float constant[mixture_components];                      // log share - sum of the log scales
  float scale[mixture_components * most_latents];          // [component, latent]
  float inverse_scale[mixture_components * most_latents];  // [component, latent]
};

// weight: [component]; log_scale: [component, latent].
CUVAE_HOST_DEVICE void make_mixture(const float* weight, const float* log_scale,
                                    std::uint32_t latent, Mixture& mixture) {
  using Ops = ScalarOps;
  float most = weight[0];
  for (std::uint32_t k = 1; k < mixture_components; ++k) most = Ops::max(most, weight[k]);
  float sum = 0;
  for (std::uint32_t k = 0; k < mixture_components; ++k) {
    mixture.share[k] = decayed_exp<Ops>(Ops::sub(weight[k], most));
    sum = Ops::add(sum, mixture.share[k]);
  }
  const float log_sum = Ops::add(log<Ops>(sum), most);
  for (std::uint32_t k = 0; k < mixture_components; ++k) {
    mixture.share[k] = Ops::div(mixture.share[k], sum);
    float constant = Ops::sub(weight[k], log_sum);
    for (std::uint32_t l = 0; l < latent; ++l) {
      const float scale = clamp<Ops>(log_scale[k * latent + l], least_log_scale, most_log_scale);
      constant = Ops::sub(constant, scale);
      mixture.scale[k * latent + l] = exp<Ops>(scale);
      mixture.inverse_scale[k * latent + l] = exp<Ops>(-scale);
    }
    mixture.constant[k] = constant;
  }
}

}  // namespace cuvae
