#include <string>

#include <cuvae/error.hpp>
#include <cuvae/token_network.hpp>

#include "models/check_settings.hpp"
#include "models/recipes.hpp"
#include "models/tokens/backend.hpp"

namespace cuvae {

TokenShape token_shape(const Tokenizer& tokenizer, const TrainSettings& settings) {
  const RecipeTraits& traits = traits_of(settings.recipe);
  if (traits.representation != Representation::tokens) {
    throw Error(ErrorKind::usage, "the recipe '" + std::string(traits.name) +
                                      "' has no tokens: see cuvae::train_published");
  }
  TokenShape shape;
  shape.tokens = tokenizer.tokens;
  shape.encoder = traits.encoder;
  shape.decoder = traits.decoder;
  shape.latent = settings.latent;
  shape.autoregressive = traits.autoregressive;
  check_shape(shape);
  return shape;
}

TokenNetwork train_tokens(const TokenizedTable& table, const TrainSettings& settings,
                          const DeviceChoice& device, Monitor& monitor) {
  const TokenShape shape = token_shape(table.tokenizer, settings);
  check_settings(settings, table.data.rows());
  if (table.data.tokens() != table.tokenizer.tokens.size() ||
      table.data.rows() != table.tokenizer.rows) {
    throw Error(ErrorKind::usage, "the coded table was not made by this tokenizer");
  }
  return backend_to_train<TokenKind>(device, shape)->train(table, settings, monitor);
}

}  // namespace cuvae
