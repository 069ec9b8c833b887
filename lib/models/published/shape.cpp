#include <string>

#include <cuvae/error.hpp>
#include <cuvae/published_network.hpp>

namespace cuvae {

std::array<Layer, layer_count> layers_of(const PublishedShape& shape) {
  const std::uint32_t widths[layer_count + 2] = {
      shape.columns, shape.columns,    shape.hidden[0], shape.hidden[1], 2 * shape.latent,
      shape.latent,  2 * shape.latent, shape.hidden[1], shape.hidden[0], shape.columns};
  std::array<Layer, layer_count> layers{};
  std::size_t offset = 0;
  for (std::size_t l = 0; l < layer_count; ++l) {
    const std::size_t from = l < 4 ? l : l + 1;  // the latent is drawn between layers 3 and 4
    layers[l] = {widths[from], widths[from + 1], offset};
    offset += layers[l].size();
  }
  return layers;
}

std::size_t parameter_count(const PublishedShape& shape) {
  const Layer last = layers_of(shape).back();
  return last.offset + last.size();
}

void check_shape(const PublishedShape& shape) {
  const auto check = [](const char* what, std::uint32_t value, std::uint32_t limit) {
    if (value >= 1 && value <= limit) return;
    throw Error(ErrorKind::usage, std::string(what) + " must be 1 to " + std::to_string(limit) +
                                      ", not " + std::to_string(value));
  };
  check("the number of columns", shape.columns, 1024);
  check("a hidden width", shape.hidden[0], 256);
  check("a hidden width", shape.hidden[1], 256);
  check("the number of latents", shape.latent, 64);
}

}  // namespace cuvae
