#include "measure/operations.hpp"

namespace cuvae::measure {
namespace {

constexpr std::size_t first_decoder_layer = 4;

struct DigitCounts {
  double encoder = 0;             // weights of dense layers
  double decoder = 0;             // weights of dense layers and of heads
  double encoder_embeddings = 0;  // additions of a pass
  double decoder_embeddings = 0;
};

DigitCounts counts_of(const DigitShape& shape) {
  DigitCounts counts;
  const auto digits = static_cast<double>(shape.digits.size());
  if (shape.latent > 0) {
    counts.encoder_embeddings = digits * shape.encoder.front();
    for (std::size_t l = 0; l < shape.encoder.size(); ++l) {
      const bool last = l + 1 == shape.encoder.size();
      counts.encoder +=
          double{1} * shape.encoder[l] * (last ? 2 * shape.latent : shape.encoder[l + 1]);
    }
  }
  for (std::size_t l = 0; l < shape.decoder.size(); ++l) {
    counts.decoder += double{1} * shape.decoder[l] * (l == 0 ? shape.latent : shape.decoder[l - 1]);
  }
  for (const Digit& digit : shape.digits) {
    counts.decoder += double{1} * shape.decoder.back() * digit.choices;
  }
  if (shape.autoregressive) counts.decoder_embeddings = (digits - 1) * shape.decoder.back();
  return counts;
}

}  // namespace

double training_flop(const NetworkShape& shape) {
  double multiply_adds = 0;
  for (const Layer& layer : layers_of(shape)) {
    multiply_adds += (layer.offset == 0 ? 2.0 : 3.0) * static_cast<double>(layer.weights());
  }
  return 2 * multiply_adds;
}

double training_flop(const DigitShape& shape) {
  const DigitCounts counts = counts_of(shape);
  return 6 * (counts.encoder + counts.decoder) +
         2 * (counts.encoder_embeddings + counts.decoder_embeddings);
}

double generation_flop(const NetworkShape& shape) {
  double multiply_adds = 0;
  const auto layers = layers_of(shape);
  for (std::size_t l = first_decoder_layer; l < layer_count; ++l) {
    multiply_adds += static_cast<double>(layers[l].weights());
  }
  return 2 * multiply_adds;
}

double generation_flop(const DigitShape& shape) {
  const DigitCounts counts = counts_of(shape);
  return 2 * counts.decoder + counts.decoder_embeddings;
}

}  // namespace cuvae::measure
