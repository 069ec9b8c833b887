#include <string>

#include <cuvae/error.hpp>
#include <cuvae/token_network.hpp>

#include "kernels/tokens/layout.hpp"

namespace cuvae {

std::vector<ParameterBlock> blocks_of(const TokenShape& shape) {
  std::vector<ParameterBlock> blocks;
  layout_of(shape, &blocks);
  return blocks;
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
      require(width >= 1 && width <= most_width, std::string(what) + " must be 1 to " +
                                                     std::to_string(most_width) + ", not " +
                                                     std::to_string(width));
    }
  };
  require(shape.tokens.size() <= most_tokens,
          "the number of tokens must be at most " + std::to_string(most_tokens) + ", not " +
              std::to_string(shape.tokens.size()) + "; leave columns out with `drop`");
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
