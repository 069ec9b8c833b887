// The token network in plain loops: the definition, number by number, of what every back end
// computes. Slow on purpose; the tests compare all others with it, bit by bit.
//
// The canonical order of sums over the rows of a batch differs from that of the published network
// (order.hpp), because embeddings are added where a row points: a batch is cut into units of 256
// rows. In a unit, row r belongs to lane r mod 16, each lane is one chain in row order, and the 16
// lanes are added in a binary tree, lane numbers that differ in bit 1 first, then in bit 0, 2
// and 3. Rows of embeddings and tables are one chain over the unit's rows instead, in row order.
// The units are added in a binary tree of neighbours.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/token_network.hpp>

#include "kernels/arithmetic/reference.hpp"
#include "kernels/tokens/layout.hpp"
#include "kernels/tokens/schedule.hpp"

namespace cuvae::plain {

// [parameter_space]. Embeddings and prior means are normal, dense weights Glorot-uniform, the
// heads' biases and tables the logarithms of the tokenizer's frequencies.
std::vector<float> initial_parameters(const TokenShape& shape, const Tokenizer& tokenizer,
                                      std::uint64_t seed);

struct TokenBatch {
  std::vector<const std::uint8_t*> rows;
  std::vector<std::uint64_t> row_numbers;
};

// Sums over the rows of a batch: the gradient [parameter_space], the rows' cross-entropies and KLs.
struct TokenSums {
  std::vector<float> gradient;
  float reconstruction;
  float kl;
};

// noise: [rows][latent].
TokenSums batch_sums(const TokenLayout& layout, const std::vector<float>& parameters,
                     const TokenBatch& batch, const std::vector<std::vector<float>>& noise,
                     TokenScale scale);

TokenNetwork train(const TokenMatrix& data, const Tokenizer& tokenizer,
                   const TrainSettings& options);

// The tokens of one row of the endless table.
std::vector<std::uint8_t> generate_tokens(const TokenNetwork& network, std::uint64_t seed,
                                          std::uint64_t row);

}  // namespace cuvae::plain
