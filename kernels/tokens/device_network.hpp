// The token network as the GPU wants it: plain numbers, widths of at most a warp. g++ reads this
// header too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/arithmetic/host_device.hpp"
#include "kernels/tokens/layout.hpp"

namespace cuvae::cuda {

// A layer or a head has at most one number for each thread of a warp.
inline constexpr std::uint32_t most_token_width = 32;
inline constexpr std::uint32_t warp_threads = 32;
inline constexpr std::uint32_t most_trunk_layers = 3;

// A dense layer: weights [inputs, outputs], then biases [outputs], from parameter `weight` on. In
// shared memory its inputs + 1 rows are `pitch` floats apart: an odd number, so that threads that
// go along a row or along a column are in different banks.
struct DeviceDense {
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::uint32_t weight;
  std::uint32_t staged;  // float in the staged layers

  CUVAE_HOST_DEVICE std::uint32_t pitch() const { return outputs | 1U; }
};

// Offsets are those of TokenBlock.
struct DeviceToken {
  std::uint32_t choices;
  std::int32_t parent;
  std::uint32_t input_embedding;
  std::uint32_t hidden_bias;
  std::uint32_t weight;
  std::uint32_t table;
  std::uint32_t embedding;
};

struct DeviceNetwork {
  const DeviceToken* tokens;  // [token_count], device memory
  std::uint32_t token_count;
  std::uint32_t latent;
  std::uint32_t input_width;
  std::uint32_t input_stride;  // floats between rows of input embeddings
  std::uint32_t input_bias;
  std::uint32_t hidden;
  std::uint32_t hidden_stride;  // floats between rows of a head's embeddings
  std::uint32_t encoder_layers;
  std::uint32_t decoder_layers;
  DeviceDense encoder[most_trunk_layers];
  DeviceDense decoder[most_trunk_layers];
  std::uint32_t staged_floats;  // of the decoder, then of the encoder
  std::uint32_t decoder_floats;
  std::uint32_t prior_weight;
  std::uint32_t prior_mean;
  std::uint32_t prior_log_scale;
  std::uint32_t space;
  bool autoregressive;
};

// A head in shared memory: its weights [hidden, choices] and, where the token has no parent, its
// biases behind them, rows head_pitch floats apart.
inline constexpr std::uint32_t head_pitch = most_token_width + 1;
inline constexpr std::uint32_t head_floats = (most_token_width + 1) * head_pitch;

// The prior in shared memory: see StagedMixture.
constexpr std::uint32_t mixture_floats(std::uint32_t latent) {
  return mixture_components * (2 + 4 * latent);
}

// Why the GPU can't do a shape, naming the limit; empty where it can.
std::string beyond_device(const TokenShape& shape);

// tokens is to be set by the caller, who puts device_tokens() into device memory.
DeviceNetwork device_network(const TokenLayout& layout);
std::vector<DeviceToken> device_tokens(const TokenLayout& layout);

}  // namespace cuvae::cuda
