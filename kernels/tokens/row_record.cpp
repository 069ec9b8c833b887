#include "kernels/tokens/row_record.hpp"

#include <algorithm>

namespace cuvae::cuda {
namespace {

constexpr std::uint32_t tile_side = 8;

std::uint32_t narrow(std::size_t offset) {
  return static_cast<std::uint32_t>(offset);
}

class Tiles {
 public:
  void add_outer(std::uint32_t input, std::uint32_t inputs, std::uint32_t delta,
                 std::uint32_t deltas, std::size_t parameter) {
    for (std::uint32_t i = 0; i < inputs; i += tile_side) {
      for (std::uint32_t j = 0; j < deltas; j += tile_side) {
        outers_.push_back({input + i, delta + j, narrow(parameter + std::size_t{i} * deltas + j),
                           deltas, side(inputs - i), side(deltas - j), 0, 0});
      }
    }
  }
  void add_vector(std::uint32_t delta, std::uint32_t count, std::size_t parameter,
                  bool loss = false) {
    constexpr std::uint32_t numbers = tile_side * tile_side;
    for (std::uint32_t n = 0; n < count; n += numbers) {
      const std::uint32_t left = std::min(count - n, numbers);
      const std::uint32_t rows = (left + tile_side - 1) / tile_side;
      vectors_.push_back({0, delta + n, narrow(parameter + n), tile_side,
                          static_cast<std::uint8_t>(rows),
                          static_cast<std::uint8_t>(left - (rows - 1) * tile_side), 1,
                          static_cast<std::uint8_t>(loss)});
    }
  }
  void add_dense(const DenseBlock& layer, std::uint32_t input, std::uint32_t delta) {
    add_outer(input, layer.inputs, delta, layer.outputs, layer.weight);
    add_vector(delta, layer.outputs, layer.bias());
  }
  std::vector<TileTask> result() {
    std::vector<TileTask> tiles = std::move(outers_);
    if (tiles.size() % 2 != 0) tiles.emplace_back();
    tiles.insert(tiles.end(), vectors_.begin(), vectors_.end());
    if (tiles.size() % 2 != 0) {
      tiles.emplace_back();
      tiles.back().vector = 1;
    }
    return tiles;
  }

 private:
  std::vector<TileTask> outers_;
  std::vector<TileTask> vectors_;

  static std::uint8_t side(std::uint32_t left) {
    return static_cast<std::uint8_t>(std::min(left, tile_side));
  }
};

}  // namespace

RowRecord row_record(const TokenLayout& layout) {
  RowRecord numbers{};
  const auto take = [&](std::uint32_t& first, std::size_t count) {
    first = numbers.count;
    numbers.count += narrow(count);
  };
  take(numbers.losses, 2);
  for (std::size_t l = 0; l < layout.encoder.size(); ++l) {
    take(numbers.encoder_input[l], layout.encoder[l].inputs);
    take(numbers.encoder_delta[l], layout.encoder[l].outputs);
  }
  for (std::size_t l = 0; l < layout.decoder.size(); ++l) {
    take(numbers.decoder_input[l], layout.decoder[l].inputs);
    take(numbers.decoder_delta[l], layout.decoder[l].outputs);
  }
  take(numbers.first_delta, layout.input_width);
  take(numbers.trunk, layout.hidden);
  if (layout.latent > 0) {
    take(numbers.share_delta, mixture_components);
    take(numbers.mean_delta, std::size_t{mixture_components} * layout.latent);
    take(numbers.log_scale_delta, std::size_t{mixture_components} * layout.latent);
  }
  numbers.small = numbers.count;
  const std::size_t tokens = layout.tokens.size();
  if (layout.autoregressive) {
    take(numbers.hidden, tokens * layout.hidden);
    take(numbers.hidden_delta, tokens * layout.hidden);
    take(numbers.embedding_delta, tokens * layout.hidden);
  }
  take(numbers.logit_delta, tokens * most_token_width);
  return numbers;
}

std::vector<TileTask> tile_tasks(const TokenLayout& layout, const RowRecord& numbers) {
  Tiles tiles;
  for (std::size_t q = 0; q < layout.tokens.size(); ++q) {
    const TokenBlock& token = layout.tokens[q];
    const auto of_token = [&](std::uint32_t first, std::uint32_t width) {
      return first + narrow(q) * width;
    };
    const std::uint32_t hidden =
        layout.autoregressive ? of_token(numbers.hidden, layout.hidden) : numbers.trunk;
    const std::uint32_t logit_delta = of_token(numbers.logit_delta, most_token_width);
    tiles.add_outer(hidden, layout.hidden, logit_delta, token.choices, token.weight);
    if (token.parent < 0) {
      tiles.add_vector(logit_delta, token.choices,
                       token.weight + std::size_t{layout.hidden} * token.choices);
    }
    if (layout.autoregressive) {
      tiles.add_vector(of_token(numbers.hidden_delta, layout.hidden), layout.hidden,
                       token.hidden_bias);
    }
  }
  for (std::size_t l = 0; l < layout.encoder.size(); ++l) {
    tiles.add_dense(layout.encoder[l], numbers.encoder_input[l], numbers.encoder_delta[l]);
  }
  for (std::size_t l = 0; l < layout.decoder.size(); ++l) {
    tiles.add_dense(layout.decoder[l], numbers.decoder_input[l], numbers.decoder_delta[l]);
  }
  if (layout.latent > 0) {
    const std::uint32_t count = mixture_components * layout.latent;
    tiles.add_vector(numbers.first_delta, layout.input_width, layout.input_bias);
    tiles.add_vector(numbers.share_delta, mixture_components, layout.prior_weight);
    tiles.add_vector(numbers.mean_delta, count, layout.prior_mean);
    tiles.add_vector(numbers.log_scale_delta, count, layout.prior_log_scale);
  }
  tiles.add_vector(numbers.losses, 2, 0, true);
  return tiles.result();
}

std::vector<ScatterTask> scatter_tasks(const TokenLayout& layout, const RowRecord& numbers) {
  std::vector<ScatterTask> tasks;
  for (std::uint32_t q = 0; q < layout.tokens.size(); ++q) {
    const TokenBlock& token = layout.tokens[q];
    if (layout.latent > 0) {
      tasks.push_back({numbers.first_delta, layout.input_width, q, token.choices,
                       narrow(token.input_embedding), padded_width(layout.input_width)});
    }
    if (token.parent >= 0) {
      const auto parent = static_cast<std::uint32_t>(token.parent);
      tasks.push_back({numbers.logit_delta + q * most_token_width, token.choices, parent,
                       layout.tokens[parent].choices, narrow(token.table),
                       padded_width(token.choices)});
    }
    if (layout.autoregressive && q + 1 < layout.tokens.size()) {
      tasks.push_back({numbers.embedding_delta + q * layout.hidden, layout.hidden, q, token.choices,
                       narrow(token.embedding), padded_width(layout.hidden)});
    }
  }
  return tasks;
}

}  // namespace cuvae::cuda
