#include <algorithm>
#include <cmath>

#include <cuvae/token_network.hpp>

#include "kernels/arithmetic/shuffle.hpp"
#include "models/tokens/backend.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t max_batch_size = 1U << 20;

void check(const TokenMatrix& data, const Tokenizer& tokenizer, const TrainOptions& options) {
  const auto require = [](bool met, const std::string& message) {
    if (!met) throw Error(ErrorKind::usage, message);
  };
  require(data.tokens() == tokenizer.tokens.size() && data.rows() == tokenizer.rows,
          "the coded table was not made by this tokenizer");
  require(options.epochs >= 1, "the number of epochs must be at least 1");
  require(options.batch_size >= 1 && options.batch_size <= max_batch_size,
          "the batch size must be 1 to " + std::to_string(max_batch_size) + ", not " +
              std::to_string(options.batch_size));
  require(std::isfinite(options.learning_rate) && options.learning_rate > 0,
          "the learning rate must be a positive number");
  require(std::isfinite(options.kl_weight) && options.kl_weight >= 0,
          "the KL weight must be 0 or a positive number");
  require(data.rows() >= 1 && data.rows() <= max_shuffled_rows,
          "the table has " + std::to_string(data.rows()) + " rows; 1 to " +
              std::to_string(max_shuffled_rows) + " can be trained on");
}

}  // namespace

TokenShape token_shape(const Tokenizer& tokenizer, const TrainOptions& options) {
  TokenShape shape;
  shape.tokens = tokenizer.tokens;
  shape.latent = options.latent;
  if (options.recipe == "fast") {
    shape.encoder = {15, 12, 10};
    shape.decoder = {8, 10, 12};
    shape.autoregressive = false;
  } else if (options.recipe != "best") {
    throw Error(ErrorKind::usage,
                "unknown recipe '" + options.recipe + "'; of tokens there are: fast, best");
  }
  check_shape(shape);
  return shape;
}

TokenNetwork train_tokens(const TokenMatrix& data, const Tokenizer& tokenizer,
                          const TrainOptions& options, const DeviceChoice& device, Monitor& monitor,
                          const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) {
  check(data, tokenizer, options);
  return make_token_backend(device, token_shape(tokenizer, options))
      ->train(data, tokenizer, options, monitor, on_epoch);
}

}  // namespace cuvae
