#include <cuvae/token_network.hpp>

#include "models/check_options.hpp"
#include "models/tokens/backend.hpp"

namespace cuvae {
namespace {

void check(const TokenMatrix& data, const Tokenizer& tokenizer, const TrainOptions& options) {
  if (data.tokens() != tokenizer.tokens.size() || data.rows() != tokenizer.rows) {
    throw Error(ErrorKind::usage, "the coded table was not made by this tokenizer");
  }
  check_options(options, data.rows());
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
