// Losses, gradients and weights against the float64 reference: fixed weights and noise, 20 steps.
// The plain loops stand for all back ends, which give the same bits (tests/cpu).
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/published/reference.hpp"

namespace cuvae {
namespace {

using nlohmann::json;

struct Case {
  PublishedShape shape;
  std::vector<std::vector<float>> rows;
  std::vector<std::vector<float>> noise;
  json golden;
};

// Layers as the reference stores them, [[weights [inputs][outputs], biases], ...], in our layout.
template <class Number>
std::vector<Number> flat(const json& layers) {
  std::vector<Number> all;
  for (const json& layer : layers) {
    for (const json& row : layer[0]) {
      for (const json& weight : row) all.push_back(weight.get<Number>());
    }
    for (const json& bias : layer[1]) all.push_back(bias.get<Number>());
  }
  return all;
}

Case read_case(const std::string& name) {
  std::ifstream file(CUVAE_TEST_DATA "/golden/" + name + ".json");
  Case c;
  c.golden = json::parse(file);
  c.rows = c.golden["x"].get<std::vector<std::vector<float>>>();
  c.noise = c.golden["eps"].get<std::vector<std::vector<float>>>();
  c.shape = {static_cast<std::uint32_t>(c.rows[0].size()),
             c.golden["hidden"].get<std::array<std::uint32_t, 2>>(),
             c.golden["latent"].get<std::uint32_t>()};
  return c;
}

// Every layer's weights, and its biases, against the reference: errors relative to the largest
// number among them.
void expect_close_by_layer(const PublishedShape& shape, const std::vector<float>& got,
                           const std::vector<double>& wanted, double tolerance) {
  ASSERT_EQ(got.size(), wanted.size());
  for (const Layer& layer : layers_of(shape)) {
    for (const auto& [first, count] :
         {std::pair{layer.offset, layer.weights()},
          std::pair{layer.offset + layer.weights(), std::size_t{layer.outputs}}}) {
      double largest = 0;
      double error = 0;
      for (std::size_t p = first; p < first + count; ++p) {
        largest = std::max(largest, std::abs(wanted[p]));
        error = std::max(error, std::abs(static_cast<double>(got[p]) - wanted[p]));
      }
      EXPECT_LE(error, tolerance * largest) << "parameters from " << first;
    }
  }
}

class GoldenTraining : public testing::TestWithParam<const char*> {};

TEST_P(GoldenTraining, LossesGradientsAndWeights) {
  const Case c = read_case(GetParam());
  plain::Batch batch;
  for (std::size_t row = 0; row < c.rows.size(); ++row) batch.rows.push_back(c.rows[row].data());
  const auto rows = static_cast<double>(c.rows.size());
  const std::size_t count = parameter_count(c.shape);
  plain::State state{flat<float>(c.golden["initial_weights"]), std::vector<float>(count),
                     std::vector<float>(count)};
  ASSERT_EQ(state.parameters.size(), count);
  AdamSteps step_sizes(c.golden["adam"]["learning_rate"].get<float>());
  for (std::size_t step = 0; step < c.golden["losses"].size(); ++step) {
    const plain::BatchSums sums =
        plain::batch_sums(c.shape, state.parameters, batch, c.noise, Loss::bce_kl, 1.0F);
    const auto bce = c.golden["losses"][step]["bce"].get<double>();
    const auto kl = c.golden["losses"][step]["kl"].get<double>();
    EXPECT_NEAR(static_cast<double>(sums.reconstruction) / (rows * c.shape.columns), bce,
                1e-5 * bce);
    EXPECT_NEAR(-0.5 * static_cast<double>(sums.kl_terms) / (rows * c.shape.latent), kl, 1e-5 * kl);
    if (step == 0) {
      expect_close_by_layer(c.shape, sums.gradient, flat<double>(c.golden["gradients"]), 1e-5);
    }
    plain::adam_update(state, sums.gradient, step_sizes.next());
  }
  const std::vector<double> wanted = flat<double>(c.golden["final_weights"]);
  for (std::size_t p = 0; p < count; ++p) {
    EXPECT_NEAR(static_cast<double>(state.parameters[p]), wanted[p], 1e-5) << "parameter " << p;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenTraining,
                         testing::Values("training_seed_500", "training_seed_37",
                                         "training_other_shape"),
                         [](const auto& given) { return std::string(given.param); });

}  // namespace
}  // namespace cuvae
