/// @file
/// Training a model from an encoded table.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/matrix.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/published_network.hpp>

namespace cuvae {

/// The reconstruction loss. Both are means over rows and columns.
enum class Loss {
  bce_kl,  ///< binary cross-entropy from logits + kl_weight * KL: what the published text says
  mse,     ///< squared error of the sigmoid, no KL: what the published notebook compiled
};

/// Plain training options. The defaults are the published recipe, "seed"; see recipe_options() for
/// the others, for which `hidden` and `loss` mean nothing.
struct TrainOptions {
  std::array<std::uint32_t, 2> hidden{12, 10};
  std::uint32_t latent = 4;
  std::uint32_t epochs = 15;
  std::uint32_t batch_size = 500;
  float learning_rate = 1e-3F;
  float kl_weight = 1.0F;
  Loss loss = Loss::bce_kl;
  std::string recipe = "seed";
  std::uint64_t seed = 0;
};

/// The defaults of a recipe: "seed", "fast" or "best". `epochs` is 0 for the latter two: see
/// default_epochs(). @throws Error usage: no such recipe
TrainOptions recipe_options(const std::string& recipe);

/// Passes over a table of `rows` rows that the recipes `fast` and `best` take by default: enough
/// for 5 million rows to be seen, at least one, at most 400.
std::uint32_t default_epochs(std::uint64_t rows);

/// Losses of one epoch: means over its rows, taken before each batch's update.
struct EpochLoss {
  double reconstruction = 0;  ///< binary cross-entropy, or squared error; of tokens: nats a row
  double kl = 0;              ///< KL divergence to N(0, 1), of tokens to the mixture; not weighted

  friend bool operator==(const EpochLoss&, const EpochLoss&) = default;
};

/// A trained network: everything but the schema and the provenance.
struct PublishedNetwork {
  PublishedShape shape;
  std::vector<float> parameters;   ///< [parameter_count(shape)], laid out as in Layer
  std::vector<EpochLoss> history;  ///< [epochs]
};

/// Trains from scratch. The same data, options and seed give the same bits on every device, at any
/// number of threads and at any SIMD width (docs/arithmetic.md).
///
/// @param data      [rows, columns] values in [0, 1]; 1 to 2^32 - 1 rows
/// @param options   see TrainOptions
/// @param device    where to run
/// @param monitor   stage "train", in rows (rows * epochs in all)
/// @param on_epoch  called after each epoch with its number (from 0) and loss; may be empty
/// @throws Error    usage: an option out of range; device: see DeviceChoice; interrupted
PublishedNetwork train(const Matrix& data, const TrainOptions& options, const DeviceChoice& device,
                       Monitor& monitor,
                       const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch = {});

}  // namespace cuvae
