#include "models/tokens/cpu/network_memory.hpp"

#include <algorithm>

namespace cuvae {

TokenPlan plan_of(const TokenLayout& layout) {
  TokenPlan plan{};
  plan.tokens = layout.tokens.data();
  plan.token_count = static_cast<std::uint32_t>(layout.tokens.size());
  plan.latent = layout.latent;
  plan.input_width = layout.input_width;
  plan.hidden = layout.hidden;
  plan.input_bias = layout.input_bias;
  plan.encoder = layout.encoder.data();
  plan.encoder_layers = static_cast<std::uint32_t>(layout.encoder.size());
  plan.decoder = layout.decoder.data();
  plan.decoder_layers = static_cast<std::uint32_t>(layout.decoder.size());
  plan.prior_weight = layout.prior_weight;
  plan.prior_mean = layout.prior_mean;
  plan.prior_log_scale = layout.prior_log_scale;
  plan.space = layout.space;
  plan.sums_stride = layout.space + 16;
  plan.autoregressive = layout.autoregressive;
  return plan;
}

NetworkMemory::NetworkMemory(const TokenShape& shape, const std::vector<float>& parameters)
    : layout_(layout_of(shape)),
      parameters_(aligned_floats(layout_.space)),
      transposed_(aligned_floats(layout_.space)),
      moment_1_(aligned_floats(layout_.space)),
      moment_2_(aligned_floats(layout_.space)),
      plan_(plan_of(layout_)),
      model_{parameters_.get(), transposed_.get(), moment_1_.get(), moment_2_.get(), {}} {
  std::copy(parameters.begin(), parameters.end(), parameters_.get());
  follow(0, layout_.space);
}

void NetworkMemory::transpose(std::size_t weight, std::uint32_t inputs, std::uint32_t outputs) {
  const float* from = parameters_.get() + weight;
  float* to = transposed_.get() + weight;
  for (std::uint32_t i = 0; i < inputs; ++i) {
    for (std::uint32_t j = 0; j < outputs; ++j) {
      to[std::size_t{j} * inputs + i] = from[std::size_t{i} * outputs + j];
    }
  }
}

void NetworkMemory::follow(std::size_t begin, std::size_t end) {
  const auto within = [&](std::size_t offset) { return offset >= begin && offset < end; };
  for (const auto* layers : {&layout_.encoder, &layout_.decoder}) {
    for (const DenseBlock& layer : *layers) {
      if (within(layer.weight)) transpose(layer.weight, layer.inputs, layer.outputs);
    }
  }
  for (const TokenBlock& token : layout_.tokens) {
    if (within(token.weight)) transpose(token.weight, layout_.hidden, token.choices);
  }
  if (layout_.latent > 0 && end == layout_.space) {
    make_mixture(parameters_.get() + layout_.prior_weight,
                 parameters_.get() + layout_.prior_log_scale, layout_.latent, model_.mixture);
  }
}

std::vector<std::size_t> NetworkMemory::cuts(unsigned pieces) const {
  std::vector<std::size_t> allowed;
  for (const DenseBlock& layer : layout_.encoder) allowed.push_back(layer.weight);
  for (const TokenBlock& token : layout_.tokens) {
    if (layout_.latent > 0) allowed.push_back(token.input_embedding);
    allowed.push_back(token.weight);
  }
  std::sort(allowed.begin(), allowed.end());
  std::vector<std::size_t> cuts{0};
  for (unsigned piece = 1; piece < pieces; ++piece) {
    const std::size_t wanted = layout_.space * piece / pieces;
    const auto at = std::lower_bound(allowed.begin(), allowed.end(), wanted);
    cuts.push_back(std::max(at == allowed.end() ? cuts.back() : *at, cuts.back()));
  }
  // The prior belongs to the last piece whole: the last token's block is the last cut allowed.
  cuts.push_back(layout_.space);
  return cuts;
}

}  // namespace cuvae
