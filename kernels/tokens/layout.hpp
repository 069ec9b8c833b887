// The token network as plain numbers and pointers, for kernels: sizes, and where each block of
// parameters begins. Rows of tables that are looked up whole are padded to 16 floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <cuvae/token_network.hpp>

#include "kernels/arithmetic/host_device.hpp"

namespace cuvae {

inline constexpr std::uint32_t most_token_layers = 4;
inline constexpr std::uint32_t most_latents = 16;
// Rows of a batch whose sums are one unit, see reference.hpp.
inline constexpr std::uint32_t unit_rows = 256;
inline constexpr std::uint32_t unit_lanes = 16;
inline constexpr std::uint32_t unit_lane_tree[4] = {2, 1, 4, 8};

CUVAE_HOST_DEVICE constexpr std::uint32_t padded_width(std::uint32_t width) {
  return (width + 15U) / 16U * 16U;
}

// A dense layer: weights [inputs, outputs], then biases [outputs].
struct DenseBlock {
  std::uint32_t inputs = 0;
  std::uint32_t outputs = 0;
  std::size_t weight = 0;

  std::size_t bias() const { return weight + std::size_t{inputs} * outputs; }
};

struct TokenBlock {
  std::uint32_t choices = 0;
  std::int32_t parent = -1;
  std::size_t input_embedding = 0;  // [choices, padded encoder[0]]
  std::size_t hidden_bias = 0;      // [hidden]; autoregressive only
  std::size_t weight = 0;     // [hidden, choices], then biases [choices] for tokens without parent
  std::size_t table = 0;      // [parent's choices, padded choices]; tokens with parent
  std::size_t embedding = 0;  // [choices, padded hidden]; autoregressive, but for the last
};

struct TokenLayout {
  std::vector<TokenBlock> tokens;
  std::uint32_t latent = 0;
  std::uint32_t input_width = 0;    // encoder's first width
  std::uint32_t hidden = 0;         // decoder's last width
  std::size_t input_bias = 0;       // [input_width]
  std::vector<DenseBlock> encoder;  // behind the embeddings; the last gives mean and log variance
  std::vector<DenseBlock> decoder;  // the trunk
  std::size_t prior_weight = 0;     // [mixture_components]
  std::size_t prior_mean = 0;       // [mixture_components, latent]
  std::size_t prior_log_scale = 0;  // [mixture_components, latent]
  std::size_t space = 0;            // floats in all
  bool autoregressive = false;
  std::uint32_t all_choices = 0;  // of all tokens
};

// `blocks`, where given, becomes the same order with names: what blocks_of() gives.
TokenLayout layout_of(const TokenShape& shape, std::vector<ParameterBlock>* blocks = nullptr);

}  // namespace cuvae
