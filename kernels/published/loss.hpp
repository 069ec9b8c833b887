// The two losses, number by number: what one logit and one latent contribute to a row's loss and to
// the gradient.
#pragma once

#include <cstdint>

#include "kernels/arithmetic/elementary.hpp"
#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

// Factors of a batch: its means are over its own rows.
struct LossScale {
  float reconstruction;  // 1 / (rows * columns)
  float kl;              // kl_weight / (rows * latent)
};

inline LossScale loss_scale(std::uint32_t rows, std::uint32_t columns, std::uint32_t latent,
                            float kl_weight) {
  return {1.0F / (static_cast<float>(rows) * static_cast<float>(columns)),
          kl_weight / (static_cast<float>(rows) * static_cast<float>(latent))};
}

// Binary cross-entropy of a logit a and its target y is max(a, 0) - a y + log(1 + e^-|a|). The
// logarithms of a row are one logarithm of a product.
template <class Ops>
struct RowLoss {
  typename Ops::Float sum = Ops::set(0.0F);
  typename Ops::Float product = Ops::set(1.0F);

  // Takes the logarithm of the product so far; due every columns_per_logarithm columns and at the
  // end of the row.
  CUVAE_HOST_DEVICE void fold() {
    sum = Ops::add(sum, log<Ops>(product));
    product = Ops::set(1.0F);
  }
};

// Adds a logit's loss to its row's and returns d(loss) / d(logit).
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float cross_entropy(typename Ops::Float logit,
                                                    typename Ops::Float target,
                                                    typename Ops::Float scale, RowLoss<Ops>& row) {
  const Sigmoid<Ops> probability = sigmoid<Ops>(logit);
  row.sum = Ops::add(row.sum, Ops::negative_fma(logit, target, Ops::max(logit, Ops::set(0.0F))));
  row.product = Ops::mul(row.product, probability.one_plus_decayed);
  return Ops::mul(Ops::sub(probability.value, target), scale);
}

// The same for the squared error of the sigmoid. It leaves row.product alone.
template <class Ops>
CUVAE_HOST_DEVICE typename Ops::Float squared_error(typename Ops::Float logit,
                                                    typename Ops::Float target,
                                                    typename Ops::Float scale, RowLoss<Ops>& row) {
  using Float = typename Ops::Float;
  const Float p = sigmoid<Ops>(logit).value;
  const Float error = Ops::sub(p, target);
  row.sum = Ops::fma(error, error, row.sum);
  const Float slope = Ops::negative_fma(p, p, p);  // p (1 - p)
  return Ops::mul(Ops::mul(Ops::add(error, error), slope), scale);
}

// One latent of one row: z = mean + epsilon * exp(log_var / 2), and what the backward pass needs.
template <class Ops>
struct Latent {
  typename Ops::Float z;
  typename Ops::Float half_noise;  // d(z) / d(log_var)
  typename Ops::Float kl_mean;     // d(kl loss) / d(mean)
  typename Ops::Float kl_log_var;  // d(kl loss) / d(log_var)
  typename Ops::Float kl_term;     // 1 + log_var - mean^2 - exp(log_var)
};

template <class Ops>
CUVAE_HOST_DEVICE Latent<Ops> reparameterize(typename Ops::Float mean, typename Ops::Float log_var,
                                             typename Ops::Float epsilon,
                                             typename Ops::Float kl_scale) {
  using Float = typename Ops::Float;
  const Float one = Ops::set(1.0F);
  const Float half = Ops::set(0.5F);
  const Float deviation = exp<Ops>(Ops::mul(log_var, half));
  const Float noise = Ops::mul(epsilon, deviation);
  const Float variance = Ops::mul(deviation, deviation);
  Latent<Ops> latent;
  latent.z = Ops::add(mean, noise);
  latent.half_noise = Ops::mul(noise, half);
  latent.kl_mean = Ops::mul(mean, kl_scale);
  latent.kl_log_var = Ops::mul(Ops::sub(variance, one), Ops::mul(kl_scale, half));
  latent.kl_term = Ops::sub(Ops::negative_fma(mean, mean, Ops::add(log_var, one)), variance);
  return latent;
}

}  // namespace cuvae
