/// @file
/// The published network: its shape, where each parameter lives, and training it alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/matrix.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/settings.hpp>

namespace cuvae {

/// Widths of the network. With 15 columns, hidden {12, 10} and latent 4 it is the published one:
/// encoder 15-15-12-10-8 (mean and log variance), decoder 4-8-10-12-15; 1,107 parameters.
struct PublishedShape {
  std::uint32_t columns = 15;  ///< inputs and outputs, 1 to 1,024
  std::array<std::uint32_t, 2> hidden{
      12, 10};               ///< encoder's two hidden widths, mirrored by the decoder; 1 to 256
  std::uint32_t latent = 4;  ///< 1 to 64

  friend bool operator==(const PublishedShape&, const PublishedShape&) = default;
};

/// One dense layer. Its parameters stand in one piece: the weights [inputs, outputs], row after
/// row, then the biases [outputs].
struct Layer {
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::size_t offset;  ///< of its first weight in the parameter vector

  std::size_t weights() const { return std::size_t{inputs} * outputs; }
  std::size_t size() const { return weights() + outputs; }
};

/// Four of the encoder, four of the decoder.
inline constexpr std::size_t layer_count = 8;

/// The four encoder layers, then the four decoder layers:
/// columns -> columns -> hidden[0] -> hidden[1] -> 2 latent; latent -> 2 latent -> hidden[1] ->
/// hidden[0] -> columns. ReLU behind layers 0, 1, 2, 5 and 6; layers 3 and 4 are linear; layer 7
/// gives logits.
std::array<Layer, layer_count> layers_of(const PublishedShape& shape);

/// Number of weights and biases.
std::size_t parameter_count(const PublishedShape& shape);

/// @throws Error usage: a width is out of its range, naming the limit
void check_shape(const PublishedShape& shape);

/// A trained network: everything but the schema and the provenance.
struct PublishedNetwork {
  PublishedShape shape;
  std::vector<float> parameters;   ///< [parameter_count(shape)], laid out as in Layer
  std::vector<EpochLoss> history;  ///< [epochs]
};

/// Trains from scratch. The same data, settings and seed give the same bits on every device, at any
/// number of threads and at any SIMD width (docs/arithmetic.md). train_model() is the way from a
/// table.
///
/// @param data     1 to 2^32 - 1 rows, values in [0, 1]
/// @param monitor  stage "train", in rows (rows * epochs in all); epoch() after each epoch
/// @throws Error   usage: a setting out of range; device; interrupted
PublishedNetwork train_published(const Matrix& data, const TrainSettings& settings,
                                 const DeviceChoice& device = {},
                                 Monitor& monitor = silent_monitor());

}  // namespace cuvae
