#include "kernels/tokens/layout.hpp"

#include <string>
#include <utility>

namespace cuvae {
namespace {

// Goes through the network once, in the order of its parameters.
struct Builder {
  TokenLayout layout;
  std::vector<ParameterBlock> blocks;

  std::size_t add(std::string name, std::uint32_t rows, std::uint32_t columns,
                  std::uint32_t stride) {
    const std::size_t offset = layout.space;
    blocks.push_back({std::move(name), rows, columns, stride, offset});
    layout.space += std::size_t{rows} * stride;
    return offset;
  }
  void align() { layout.space = (layout.space + 15) / 16 * 16; }
  std::size_t add_table(std::string name, std::uint32_t rows, std::uint32_t columns) {
    return add(std::move(name), rows, columns, padded_width(columns));
  }
  DenseBlock add_dense(const std::string& name, std::uint32_t inputs, std::uint32_t outputs) {
    DenseBlock block{inputs, outputs, layout.space};
    if (inputs > 0) add(name + ".weight", inputs, outputs, outputs);
    add(name + ".bias", 1, outputs, outputs);
    align();
    return block;
  }

  void add_encoder(const TokenShape& shape) {
    layout.input_width = shape.encoder.front();
    for (std::size_t q = 0; q < shape.tokens.size(); ++q) {
      layout.tokens[q].input_embedding = add_table("encoder.embedding." + std::to_string(q),
                                                   shape.tokens[q].choices, layout.input_width);
    }
    layout.input_bias = add_table("encoder.bias", 1, layout.input_width);
    for (std::size_t l = 0; l < shape.encoder.size(); ++l) {
      const bool last = l + 1 == shape.encoder.size();
      layout.encoder.push_back(add_dense("encoder." + std::to_string(l), shape.encoder[l],
                                         last ? 2 * shape.latent : shape.encoder[l + 1]));
    }
  }

  void add_head(const TokenShape& shape, std::size_t q) {
    TokenBlock& token = layout.tokens[q];
    std::string number(1, '.');
    number += std::to_string(q);
    if (shape.autoregressive) {
      token.hidden_bias = add_table("head.hidden_bias" + number, 1, layout.hidden);
    }
    token.weight = add("head.weight" + number, layout.hidden, token.choices, token.choices);
    if (token.parent < 0) add("head.bias" + number, 1, token.choices, token.choices);
    align();
    if (token.parent >= 0) {
      const auto parent = static_cast<std::size_t>(token.parent);
      token.table = add_table("head.table" + number, layout.tokens[parent].choices, token.choices);
    }
    if (shape.autoregressive && q + 1 < shape.tokens.size()) {
      token.embedding = add_table("head.embedding" + number, token.choices, layout.hidden);
    }
  }

  void build(const TokenShape& shape) {
    layout.latent = shape.latent;
    layout.autoregressive = shape.autoregressive;
    layout.hidden = shape.decoder.back();
    for (const Token& token : shape.tokens) {
      TokenBlock block;
      block.choices = token.choices;
      block.parent = token.parent;
      layout.tokens.push_back(block);
      layout.all_choices += token.choices;
    }
    if (shape.latent > 0) add_encoder(shape);
    for (std::size_t l = 0; l < shape.decoder.size(); ++l) {
      layout.decoder.push_back(add_dense("decoder." + std::to_string(l),
                                         l == 0 ? shape.latent : shape.decoder[l - 1],
                                         shape.decoder[l]));
    }
    for (std::size_t q = 0; q < shape.tokens.size(); ++q) add_head(shape, q);
    if (shape.latent > 0) {
      layout.prior_weight = add("prior.weight", 1, mixture_components, mixture_components);
      layout.prior_mean = add("prior.mean", mixture_components, shape.latent, shape.latent);
      layout.prior_log_scale =
          add("prior.log_scale", mixture_components, shape.latent, shape.latent);
    }
    align();
  }
};

}  // namespace

TokenLayout layout_of(const TokenShape& shape, std::vector<ParameterBlock>* blocks) {
  Builder builder;
  builder.build(shape);
  if (blocks != nullptr) *blocks = std::move(builder.blocks);
  return std::move(builder.layout);
}

}  // namespace cuvae
