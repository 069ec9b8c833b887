// Training and generating in plain loops: the definition, number by number, of what every other
// back end computes. Slow on purpose; the tests compare all others with it, bit by bit.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/matrix.hpp>
#include <cuvae/published_network.hpp>
#include <cuvae/train.hpp>

#include "kernels/arithmetic/reference.hpp"

namespace cuvae::plain {

// Glorot-uniform weights and zero biases, [parameter_count(shape)].
std::vector<float> initial_parameters(const PublishedShape& shape, std::uint64_t seed);

// One batch: pointers to its encoded rows and their numbers in the encoded table.
struct Batch {
  std::vector<const float*> rows;
  std::vector<std::uint64_t> row_numbers;
};

// Sums over the rows of a batch in the canonical order: the gradient of the loss,
// [parameter_count], then the sum of the rows' reconstruction losses and of their KL terms
// 1 + log_var - mean^2 - exp(log_var).
struct BatchSums {
  std::vector<float> gradient;
  float reconstruction;
  float kl_terms;
};

// noise: [rows][latent].
BatchSums batch_sums(const PublishedShape& shape, const std::vector<float>& parameters,
                     const Batch& batch, const std::vector<std::vector<float>>& noise, Loss loss,
                     float kl_weight);

// The whole training run, as cuvae::train defines it.
PublishedNetwork train(const Matrix& data, const TrainSettings& options);

// One row of the endless table, [columns].
std::vector<float> generate_row(const PublishedNetwork& network, std::uint64_t seed,
                                std::uint64_t row);

}  // namespace cuvae::plain
