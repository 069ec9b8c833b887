#include "measure/operations.hpp"

namespace cuvae::measure {
namespace {

constexpr std::size_t first_decoder_layer = 4;

struct TokenCounts {
  double encoder = 0;             // weights of dense layers
  double decoder = 0;             // weights of dense layers and of heads
  double encoder_embeddings = 0;  // additions of a pass
  double decoder_embeddings = 0;
};

TokenCounts counts_of(const TokenShape& shape) {
  TokenCounts counts;
  const auto tokens = static_cast<double>(shape.tokens.size());
  if (shape.latent > 0) {
    counts.encoder_embeddings = tokens * shape.encoder.front();
    for (std::size_t l = 0; l < shape.encoder.size(); ++l) {
      const bool last = l + 1 == shape.encoder.size();
      counts.encoder +=
          double{1} * shape.encoder[l] * (last ? 2 * shape.latent : shape.encoder[l + 1]);
    }
  }
  for (std::size_t l = 0; l < shape.decoder.size(); ++l) {
    counts.decoder += double{1} * shape.decoder[l] * (l == 0 ? shape.latent : shape.decoder[l - 1]);
  }
  for (const Token& token : shape.tokens) {
    counts.decoder += double{1} * shape.decoder.back() * token.choices;
  }
  if (shape.autoregressive) counts.decoder_embeddings = (tokens - 1) * shape.decoder.back();
  return counts;
}

}  // namespace

double training_flop(const PublishedShape& shape) {
  double multiply_adds = 0;
  for (const Layer& layer : layers_of(shape)) {
    multiply_adds += (layer.offset == 0 ? 2.0 : 3.0) * static_cast<double>(layer.weights());
  }
  return 2 * multiply_adds;
}

double training_flop(const TokenShape& shape) {
  const TokenCounts counts = counts_of(shape);
  return 6 * (counts.encoder + counts.decoder) +
         2 * (counts.encoder_embeddings + counts.decoder_embeddings);
}

double generation_flop(const PublishedShape& shape) {
  double multiply_adds = 0;
  const auto layers = layers_of(shape);
  for (std::size_t l = first_decoder_layer; l < layer_count; ++l) {
    multiply_adds += static_cast<double>(layers[l].weights());
  }
  return 2 * multiply_adds;
}

double generation_flop(const TokenShape& shape) {
  const TokenCounts counts = counts_of(shape);
  return 2 * counts.decoder + counts.decoder_embeddings;
}

}  // namespace cuvae::measure
