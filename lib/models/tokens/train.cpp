#include <algorithm>
#include <string>

#include <cuvae/error.hpp>
#include <cuvae/token_network.hpp>

#include "models/check_settings.hpp"
#include "models/recipes.hpp"
#include "models/tokens/backend.hpp"
#include "models/tokens/hold_out.hpp"

namespace cuvae {

TokenShape token_shape(const Tokenizer& tokenizer, const TrainSettings& settings) {
  const RecipeTraits& traits = traits_of(settings.recipe);
  if (traits.representation != Representation::tokens) {
    throw Error(ErrorKind::usage, "the recipe '" + std::string(traits.name) +
                                      "' has no tokens: see cuvae::train_published");
  }
  TokenShape shape;
  shape.encoder.clear();
  shape.decoder.clear();
  shape.tokens = tokenizer.tokens;
  for (const std::uint32_t width : traits.encoder) {
    shape.encoder.push_back(width * settings.width / least_width);
  }
  for (const std::uint32_t width : traits.decoder) {
    shape.decoder.push_back(width * settings.width / least_width);
  }
  shape.latent = settings.latent;
  shape.autoregressive = traits.autoregressive;
  check_shape(shape);
  return shape;
}

namespace {

TokenizedTable copy_of(const TokenizedTable& table) {
  TokenizedTable copy{table.tokenizer, TokenMatrix(table.data.rows(), table.data.tokens())};
  for (std::uint64_t row = 0; row < table.data.rows(); ++row) {
    std::copy_n(table.data.row(row), table.data.stride(), copy.data.row(row));
  }
  return copy;
}

void check_table(const TokenizedTable& table, const TrainSettings& settings) {
  check_settings(settings, table.data.rows());
  if (table.data.tokens() != table.tokenizer.tokens.size() ||
      table.data.rows() != table.tokenizer.rows) {
    throw Error(ErrorKind::usage, "the coded table was not made by this tokenizer");
  }
}

}  // namespace

TokenNetwork train_tokens(const TokenizedTable& table, const TrainSettings& settings,
                          const DeviceChoice& device, Monitor& monitor) {
  const TokenShape shape = token_shape(table.tokenizer, settings);
  check_table(table, settings);
  if (held_out_rows(settings, table.data.rows()) == 0) {
    return backend_to_train<TokenKind>(device, shape)->train(table, settings, monitor);
  }
  TokenizedTable copy = copy_of(table);
  return train_in_place(copy, settings, device, monitor);
}

TokenNetwork train_in_place(TokenizedTable& table, const TrainSettings& settings,
                            const DeviceChoice& device, Monitor& monitor) {
  const TokenShape shape = token_shape(table.tokenizer, settings);
  check_table(table, settings);
  bring_held_out_rows_last(table.data, held_out_rows(settings, table.data.rows()), settings.seed);
  return backend_to_train<TokenKind>(device, shape)->train(table, settings, monitor);
}

}  // namespace cuvae
