#include "kernels/tokens/layout.hpp"

#include <string>
#include <utility>

#include <cuvae/error.hpp>

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

Builder built(const TokenShape& shape) {
  Builder builder;
  builder.build(shape);
  return builder;
}

}  // namespace

TokenLayout layout_of(const TokenShape& shape) {
  return built(shape).layout;
}

std::vector<ParameterBlock> blocks_of(const TokenShape& shape) {
  return built(shape).blocks;
}

std::size_t parameter_space(const TokenShape& shape) {
  return layout_of(shape).space;
}

std::size_t parameter_count(const TokenShape& shape) {
  std::size_t count = 0;
  for (const ParameterBlock& block : blocks_of(shape)) {
    count += std::size_t{block.rows} * block.columns;
  }
  return count;
}

void check_shape(const TokenShape& shape) {
  const auto require = [](bool met, const std::string& message) {
    if (!met) throw Error(ErrorKind::usage, message);
  };
  const auto check_widths = [&](const char* what, const std::vector<std::uint32_t>& widths) {
    require(!widths.empty() && widths.size() <= 3, std::string(what) + " must be 1 to 3 in number");
    for (const std::uint32_t width : widths) {
      require(width >= 1 && width <= 64,
              std::string(what) + " must be 1 to 64, not " + std::to_string(width));
    }
  };
  require(shape.tokens.size() <= 2048, "the number of tokens must be at most 2048, not " +
                                           std::to_string(shape.tokens.size()) + "; drop columns");
  for (std::size_t q = 0; q < shape.tokens.size(); ++q) {
    const Token& token = shape.tokens[q];
    require(token.choices >= 1 && token.choices <= most_choices && token.parent < std::int64_t(q),
            "token " + std::to_string(q) + " has no valid number of choices or parent");
  }
  check_widths("the encoder's hidden widths", shape.encoder);
  check_widths("the decoder's hidden widths", shape.decoder);
  require(shape.latent <= most_latents,
          "the number of latents must be 0 to 16, not " + std::to_string(shape.latent));
  require(!shape.autoregressive || shape.decoder.size() == 1,
          "an autoregressive decoder has one hidden width");
  require(shape.autoregressive || shape.latent > 0,
          "without a latent, only the recipe 'best' can learn anything");
}

}  // namespace cuvae
