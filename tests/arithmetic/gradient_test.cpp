// The gradient against central differences of a loss written out in double, for both losses.
#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "kernels/published/reference.hpp"

namespace cuvae {
namespace {

using Row = std::vector<double>;

Row dense(const Layer& layer, const Row& parameters, const Row& input, bool relu) {
  Row output(layer.outputs);
  for (std::size_t j = 0; j < layer.outputs; ++j) {
    output[j] = parameters[layer.offset + layer.weights() + j];
    for (std::size_t i = 0; i < layer.inputs; ++i) {
      output[j] += parameters[layer.offset + i * layer.outputs + j] * input[i];
    }
    if (relu) output[j] = std::max(output[j], 0.0);
  }
  return output;
}

double loss_in_double(const PublishedShape& shape, const Row& parameters,
                      const std::vector<std::vector<float>>& rows,
                      const std::vector<std::vector<float>>& noise, Loss loss, double kl_weight) {
  const auto layers = layers_of(shape);
  double reconstruction = 0;
  double kl = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    Row hidden(rows[r].begin(), rows[r].end());
    for (std::size_t l = 0; l < 4; ++l) hidden = dense(layers[l], parameters, hidden, l < 3);
    Row z(shape.latent);
    for (std::size_t k = 0; k < shape.latent; ++k) {
      const double mean = hidden[k];
      const double log_var = hidden[shape.latent + k];
      z[k] = mean + static_cast<double>(noise[r][k]) * std::exp(0.5 * log_var);
      kl -= 0.5 * (1 + log_var - mean * mean - std::exp(log_var));
    }
    for (std::size_t l = 4; l < 8; ++l) z = dense(layers[l], parameters, z, l == 5 || l == 6);
    for (std::size_t j = 0; j < shape.columns; ++j) {
      const auto target = static_cast<double>(rows[r][j]);
      const double p = 1 / (1 + std::exp(-z[j]));
      reconstruction += loss == Loss::mse ? (p - target) * (p - target)
                                          : -target * std::log(p) - (1 - target) * std::log(1 - p);
    }
  }
  const auto count = static_cast<double>(rows.size());
  return reconstruction / (count * shape.columns) +
         (loss == Loss::mse ? 0 : kl_weight * kl / (count * shape.latent));
}

void expect_gradient(const PublishedShape& shape, Loss loss, float kl_weight, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> uniform(0, 1);
  std::normal_distribution<float> normal(0, 1);
  std::vector<float> parameters = plain::initial_parameters(shape, seed);
  for (float& parameter : parameters) parameter += 0.05F * normal(engine);
  std::vector<std::vector<float>> rows(40), noise(40);
  plain::Batch batch;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t j = 0; j < shape.columns; ++j) rows[r].push_back(uniform(engine));
    for (std::size_t k = 0; k < shape.latent; ++k) noise[r].push_back(normal(engine));
    batch.rows.push_back(rows[r].data());
  }
  const std::vector<float> gradient =
      plain::batch_sums(shape, parameters, batch, noise, loss, kl_weight).gradient;
  Row in_double(parameters.begin(), parameters.end());
  constexpr double step = 1e-6;
  int kinks = 0;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const double at = in_double[p];
    const auto weight = static_cast<double>(kl_weight);
    in_double[p] = at + step;
    const double above = loss_in_double(shape, in_double, rows, noise, loss, weight);
    in_double[p] = at - step;
    const double below = loss_in_double(shape, in_double, rows, noise, loss, weight);
    in_double[p] = at;
    const double here = loss_in_double(shape, in_double, rows, noise, loss, weight);
    // A ReLU that switches between the two points bends the loss: not a place for differences.
    if (std::abs(above - 2 * here + below) > 1e-9) {
      ++kinks;
      continue;
    }
    ASSERT_NEAR(static_cast<double>(gradient[p]), (above - below) / (2 * step), 2e-7)
        << "parameter " << p;
  }
  EXPECT_LT(kinks, 5);
}

TEST(Gradient, CrossEntropyWithKl) {
  expect_gradient({}, Loss::bce_kl, 1.0F, 1);
  expect_gradient({}, Loss::bce_kl, 0.3F, 2);
  expect_gradient({7, {16, 7}, 3}, Loss::bce_kl, 1.0F, 3);
  expect_gradient({70, {3, 5}, 2}, Loss::bce_kl, 1.0F, 4);  // more columns than a logarithm takes
}

TEST(Gradient, SquaredError) {
  expect_gradient({}, Loss::mse, 1.0F, 5);
  expect_gradient({7, {16, 7}, 3}, Loss::mse, 1.0F, 6);
}

}  // namespace
}  // namespace cuvae
