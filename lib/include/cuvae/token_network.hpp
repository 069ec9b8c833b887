/// @file
/// The network of the recipes `fast` and `best`: a variational autoencoder over tokens.
///
/// Encoder: the embeddings of a row's tokens are summed into the first layer; SiLU behind every
/// layer but the last, which gives mean and log variance. Decoder: a trunk of dense layers, the
/// first of them linear, then one softmax per token. The prior of the latent is a mixture of
/// diagonal Gaussians, trained with the rest. In the autoregressive form the trunk is one linear
/// layer, and before each token's SiLU and softmax the hidden vector gets the embeddings of all
/// tokens already known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/settings.hpp>
#include <cuvae/tokenizer.hpp>

namespace cuvae {

/// Gaussians in the prior's mixture.
inline constexpr std::uint32_t mixture_components = 16;

/// Widths of the network.
struct TokenShape {
  std::vector<Token> tokens;               ///< at most 2,048
  std::vector<std::uint32_t> encoder{32};  ///< hidden widths, 1 to 3 of them; 1 to 256
  std::vector<std::uint32_t> decoder{32};  ///< hidden widths, 1 to 3 of them; 1 to 256
  std::uint32_t latent = 4;                ///< 0 to 16; 0: no encoder, no prior
  bool autoregressive = true;              ///< then the decoder has one width

  friend bool operator==(const TokenShape&, const TokenShape&) = default;
};

/// One matrix of parameters: [rows, columns], row after row, each row `stride` floats.
struct ParameterBlock {
  std::string name;  ///< "encoder.embedding.3", "decoder.0.weight", "head.5.bias", "prior.mean"
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t stride = 0;
  std::size_t offset = 0;  ///< of its first number in the parameter vector
};

/// Where each parameter lives. Numbers between blocks and behind rows are zero and stay so.
std::vector<ParameterBlock> blocks_of(const TokenShape& shape);

/// Length of the parameter vector, padding included; a multiple of 16.
std::size_t parameter_space(const TokenShape& shape);

/// Number of trained parameters.
std::size_t parameter_count(const TokenShape& shape);

/// @throws Error usage: a width is out of its range, naming the limit
void check_shape(const TokenShape& shape);

/// A trained network.
struct TokenNetwork {
  TokenShape shape;
  std::vector<float> parameters;   ///< [parameter_space(shape)]
  std::vector<EpochLoss> history;  ///< [epochs made]; nats per row, summed over tokens and latents
};

/// The shape that a recipe gives a tokenizer. @throws Error usage: a recipe without tokens, or
/// latent out of range
TokenShape token_shape(const Tokenizer& tokenizer, const TrainSettings& options);

/// Trains from scratch; the same data, settings and seed give the same bits on every device, at any
/// number of threads and at any SIMD width. Loss: cross-entropy of the tokens plus
/// settings.kl_weight * KL, sums over tokens and latents, means over rows; KL is one sample of
/// log q(z|x) - log p(z), its weight growing from 0 over the first 3,000 steps (at most three
/// tenths of all). Adam at settings.learning_rate, falling by a cosine to 2 %. Where
/// settings.stops_early is set, the KL weight is whole after one tenth, and rows held out decide
/// when to stop (docs/recipe.md). train_model() is the way from a table, and spares the copy of the
/// coded table that holding out rows takes here.
///
/// @param table    tokens of each row, 1 to 2^32 - 1 rows, and the tokenizer that made them: the
///                 heads' biases start at its frequencies
/// @param monitor  stage "train", in rows (rows * epochs in all, or fewer where it stops early);
/// epoch()
///                 after each epoch
/// @throws Error   usage: a setting out of range; device; interrupted
TokenNetwork train_tokens(const TokenizedTable& table, const TrainSettings& settings,
                          const DeviceChoice& device = {}, Monitor& monitor = silent_monitor());

}  // namespace cuvae
