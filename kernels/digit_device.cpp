#include "kernels/digit_device.hpp"

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

std::string beyond_device(const DigitShape& shape) {
  const auto too_wide = [](const char* what, std::uint32_t width) {
    return std::string(what) + " of the network is " + std::to_string(width) +
           "; the GPU takes up to " + std::to_string(most_digit_width) +
           ": choose --device cpu or a smaller network";
  };
  for (const auto* widths : {&shape.encoder, &shape.decoder}) {
    for (const std::uint32_t width : *widths) {
      if (width > most_digit_width) return too_wide("a hidden width", width);
    }
  }
  if (parameter_space(shape) > std::uint32_t{1} << 31) {
    return "the network has more than 2^31 parameters; choose --device cpu or drop columns";
  }
  return {};
}

DeviceNetwork device_network(const DigitLayout& layout) {
  DeviceNetwork network{};
  network.digit_count = narrow(layout.digits.size());
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

std::vector<DeviceDigit> device_digits(const DigitLayout& layout) {
  std::vector<DeviceDigit> digits;
  for (const DigitBlock& digit : layout.digits) {
    digits.push_back({digit.choices, digit.parent, narrow(digit.input_embedding),
                      narrow(digit.hidden_bias), narrow(digit.weight), narrow(digit.table),
                      narrow(digit.embedding)});
  }
  return digits;
}

}  // namespace cuvae::cuda
