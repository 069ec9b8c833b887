// Counts of operations against the parameters that the network itself lays out.
#include "measure/operations.hpp"

#include <gtest/gtest.h>
#include <string_view>

namespace cuvae::measure {
namespace {

bool is_any_of(std::string_view name, std::string_view start, std::string_view end) {
  return name.starts_with(start) && name.ends_with(end);
}

// Sums over the blocks of parameters.
struct Counted {
  double weights = 0;          // of dense layers and heads
  double decoder_weights = 0;  // of those behind the latent
  double encoder_additions = 0;
  double decoder_additions = 0;
};

Counted counted(const TokenShape& shape) {
  Counted sums;
  for (const ParameterBlock& block : blocks_of(shape)) {
    const double size = double{1} * block.rows * block.columns;
    const std::string_view name = block.name;
    const bool decoder = is_any_of(name, "decoder.", ".weight") || name.starts_with("head.weight.");
    if (decoder) sums.decoder_weights += size;
    if (decoder || is_any_of(name, "encoder.", ".weight")) sums.weights += size;
    if (name.starts_with("encoder.embedding.")) sums.encoder_additions += block.columns;
    if (name.starts_with("head.embedding.")) sums.decoder_additions += block.columns;
  }
  return sums;
}

TokenShape shape_of(bool autoregressive, std::uint32_t latent) {
  TokenShape shape;
  shape.tokens = {{32, -1}, {17, 0}, {5, -1}, {2, -1}};
  shape.autoregressive = autoregressive;
  shape.latent = latent;
  if (!autoregressive) {
    shape.encoder = {15, 12, 10};
    shape.decoder = {8, 10, 12};
  }
  return shape;
}

TEST(Operations, ThePublishedNetworkTakesWhatItsPaperShapeSays) {
  // 15-15-12-10-8 and 4-8-10-12-15: 1,017 weights, three products each but for the first 225, which
  // nothing goes back beyond.
  EXPECT_EQ(training_flop(PublishedShape{}), 2 * (3 * 1017 - 225));
  EXPECT_EQ(generation_flop(PublishedShape{}), 2 * (4 * 8 + 8 * 10 + 10 * 12 + 12 * 15));
}

TEST(Operations, OtherShapesFollowTheirParameters) {
  const PublishedShape shape{40, {24, 20}, 8};
  const double biases = 40 + 24 + 20 + 16 + 16 + 20 + 24 + 40;
  const double weights = static_cast<double>(parameter_count(shape)) - biases;
  EXPECT_EQ(training_flop(shape), 2 * (3 * weights - 40 * 40));
}

TEST(Operations, TokensFollowTheirParameters) {
  for (const auto& [autoregressive, latent] :
       {std::pair{true, 4U}, std::pair{true, 0U}, std::pair{true, 16U}, std::pair{false, 4U}}) {
    const TokenShape shape = shape_of(autoregressive, latent);
    const Counted sums = counted(shape);
    EXPECT_EQ(training_flop(shape),
              6 * sums.weights + 2 * (sums.encoder_additions + sums.decoder_additions))
        << autoregressive << latent;
    EXPECT_EQ(generation_flop(shape), 2 * sums.decoder_weights + sums.decoder_additions)
        << autoregressive << latent;
  }
}

TEST(Operations, OfASmallNetworkByHand) {
  TokenShape shape;
  shape.tokens = {{3, -1}, {2, -1}};
  shape.encoder = {5};
  shape.decoder = {7};
  shape.latent = 2;
  // Dense: 5 x 4 and 2 x 7; heads: 7 x 3 and 7 x 2; additions: 2 x 5, and 7 for the first token.
  EXPECT_EQ(training_flop(shape), 6 * (20 + 14 + 35) + 2 * (10 + 7));
  EXPECT_EQ(generation_flop(shape), 2 * (14 + 35) + 7);
}

}  // namespace
}  // namespace cuvae::measure
