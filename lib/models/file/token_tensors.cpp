#include "models/file/token_tensors.hpp"

#include <map>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

// Matrices that a row is multiplied with; the others are looked up row by row.
bool is_product(const ParameterBlock& block) {
  return block.rows > 1 && block.name.find("weight") != std::string::npos;
}

std::vector<std::uint64_t> shape_of(const ParameterBlock& block) {
  if (block.rows == 1) return {block.columns};
  if (is_product(block)) return {block.columns, block.rows};
  return {block.rows, block.columns};
}

// Calls f(place in the tensor, place in the parameter vector) for every number of a block.
template <class F>
void for_each_number(const ParameterBlock& block, F&& f) {
  const bool transposed = is_product(block);
  for (std::size_t r = 0; r < block.rows; ++r) {
    for (std::size_t c = 0; c < block.columns; ++c) {
      f(transposed ? c * block.rows + r : r * block.columns + c,
        block.offset + r * block.stride + c);
    }
  }
}

}  // namespace

std::vector<Tensor> tensors_of(const TokenNetwork& network) {
  std::vector<Tensor> tensors;
  for (const ParameterBlock& block : blocks_of(network.shape)) {
    Tensor tensor{block.name, shape_of(block), {}};
    tensor.values.resize(std::size_t{block.rows} * block.columns);
    for_each_number(block, [&](std::size_t in_tensor, std::size_t in_parameters) {
      tensor.values[in_tensor] = network.parameters[in_parameters];
    });
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

std::vector<float> parameters_of(const TokenShape& shape, const std::vector<Tensor>& tensors) {
  constexpr const char* remedy =
      "; the file is no cuvae model or is damaged: train it again or copy it again";
  std::map<std::string, const Tensor*> by_name;
  for (const Tensor& tensor : tensors) by_name[tensor.name] = &tensor;
  const std::vector<ParameterBlock> blocks = blocks_of(shape);
  if (blocks.size() != tensors.size()) {
    throw Error(ErrorKind::data,
                std::string("it has other tensors than its tokenizer asks for") + remedy);
  }
  std::vector<float> parameters(parameter_space(shape), 0.0F);
  for (const ParameterBlock& block : blocks) {
    const auto found = by_name.find(block.name);
    if (found == by_name.end() || found->second->shape != shape_of(block)) {
      throw Error(ErrorKind::data,
                  "tensor \"" + block.name + "\" is missing or has another shape" + remedy);
    }
    for_each_number(block, [&](std::size_t in_tensor, std::size_t in_parameters) {
      parameters[in_parameters] = found->second->values[in_tensor];
    });
  }
  return parameters;
}

}  // namespace cuvae
