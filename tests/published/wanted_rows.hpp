// Networks and columns of every kind, and the rows that they must give.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <vector>

#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/published/reference.hpp"
#include "models/published/backend.hpp"

namespace cuvae {

// Parameters large enough to spread the outputs, biases too.
inline PublishedNetwork random_network(const PublishedShape& shape) {
  PublishedNetwork network{shape, plain::initial_parameters(shape, 5), {}};
  for (float& parameter : network.parameters) parameter *= 2.5F;
  for (const Layer& layer : layers_of(shape)) {
    for (std::uint32_t j = 0; j < layer.outputs; ++j) {
      network.parameters[layer.offset + layer.weights() + j] = 0.01F * static_cast<float>(j);
    }
  }
  return network;
}

// Every width of cell and both ways of rounding.
inline std::vector<ColumnCoding> mixed_codings(std::uint32_t columns) {
  constexpr std::uint32_t spans[] = {1,       255,     256,       65535, 65536, 4194303,
                                     4194304, 9999999, 536870911, 0,     3,     1439};
  std::vector<ColumnCoding> codings;
  for (std::uint32_t c = 0; c < columns; ++c) {
    const std::uint32_t span = spans[c % std::size(spans)];
    const std::uint32_t width = span < 256 ? 1U : span < 65536 ? 2U : 4U;
    codings.push_back(c % 7 == 6 ? ColumnCoding{true, 0, 4} : ColumnCoding{false, span, width});
  }
  return codings;
}

// A cell: a code, or the bits of a float.
inline std::uint32_t cell_of(const ColumnCoding& coding, const void* cells, std::size_t row) {
  const auto* bytes = static_cast<const std::byte*>(cells) + row * coding.width;
  std::uint32_t cell = 0;
  std::memcpy(&cell, bytes, coding.width);
  return cell;
}

// The nearest code by arithmetic that holds the product exactly (24 + 29 bits in 53), halves to
// even.
inline std::uint32_t nearest_code(float x, std::uint32_t span) {
  return static_cast<std::uint32_t>(std::nearbyint(static_cast<double>(x) * span));
}

inline std::uint32_t wanted_cell(const ColumnCoding& coding, float x) {
  return coding.real ? ScalarOps::to_bits(x) : nearest_code(x, coding.span);
}

// What a row must be, [columns].
inline std::vector<std::uint32_t> wanted_row(const PublishedNetwork& network,
                                             const std::vector<ColumnCoding>& codings,
                                             std::uint64_t seed, std::uint64_t row) {
  const std::vector<float> values = plain::generate_row(network, seed, row);
  std::vector<std::uint32_t> cells;
  for (std::size_t c = 0; c < codings.size(); ++c) {
    cells.push_back(wanted_cell(codings[c], values[c]));
  }
  return cells;
}

}  // namespace cuvae
