#include "kernels/tokens/device_network.hpp"

namespace cuvae::cuda {
namespace {

std::uint32_t narrow(std::size_t offset) {
  return static_cast<std::uint32_t>(offset);
}

std::uint32_t stage(const std::vector<DenseBlock>& layers, DeviceDense* out, std::uint32_t floats) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const DenseBlock& layer = layers[l];
    out[l] = {layer.inputs, layer.outputs, narrow(layer.weight), floats};
    floats += (layer.inputs + 1) * out[l].pitch();
  }
  return floats;
}

}  // namespace

std::string beyond_device(const TokenShape& shape) {
  const auto too_wide = [](const char* what, std::uint32_t width) {
    return std::string(what) + " of the network is " + std::to_string(width) +
           "; the GPU takes up to " + std::to_string(most_token_width) +
           ": choose `device` cpu or a smaller `width`";
  };
  for (const auto* widths : {&shape.encoder, &shape.decoder}) {
    for (const std::uint32_t width : *widths) {
      if (width > most_token_width) return too_wide("a hidden width", width);
    }
  }
  if (parameter_space(shape) > std::uint32_t{1} << 31) {
    return "the network has more than 2^31 parameters; choose `device` cpu or drop columns";
  }
  return {};
}

DeviceNetwork device_network(const TokenLayout& layout) {
  DeviceNetwork network{};
  network.token_count = narrow(layout.tokens.size());
  network.latent = layout.latent;
  network.input_width = layout.input_width;
  network.input_stride = padded_width(layout.input_width);
  network.input_bias = narrow(layout.input_bias);
  network.hidden = layout.hidden;
  network.hidden_stride = padded_width(layout.hidden);
  network.encoder_layers = narrow(layout.encoder.size());
  network.decoder_layers = narrow(layout.decoder.size());
  network.decoder_floats = stage(layout.decoder, network.decoder, 0);
  network.staged_floats = stage(layout.encoder, network.encoder, network.decoder_floats);
  network.prior_weight = narrow(layout.prior_weight);
  network.prior_mean = narrow(layout.prior_mean);
  network.prior_log_scale = narrow(layout.prior_log_scale);
  network.space = narrow(layout.space);
  network.autoregressive = layout.autoregressive;
  return network;
}

std::vector<DeviceToken> device_tokens(const TokenLayout& layout) {
  std::vector<DeviceToken> tokens;
  for (const TokenBlock& token : layout.tokens) {
    tokens.push_back({token.choices, token.parent, narrow(token.input_embedding),
                      narrow(token.hidden_bias), narrow(token.weight), narrow(token.table),
                      narrow(token.embedding)});
  }
  return tokens;
}

}  // namespace cuvae::cuda
