// The parameters that training of the token network begins with.
#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/tokens/math.hpp"
#include "kernels/tokens/reference.hpp"

namespace cuvae::plain {
namespace {

using Ops = ScalarOps;
using Values = std::vector<float>;

float normal_at(std::size_t index, std::uint64_t seed) {
  const PhiloxCounter words =
      philox4x32_10(noise_counter(index, 0, Purpose::initial_weights, 0), seed);
  float first, second;
  box_muller<Ops>(words.word[0], words.word[1], first, second);
  return first;
}

void fill_normal(Values& parameters, std::size_t offset, std::uint32_t rows, std::uint32_t columns,
                 std::uint32_t stride, float deviation, std::uint64_t seed) {
  for (std::uint32_t r = 0; r < rows; ++r) {
    for (std::uint32_t c = 0; c < columns; ++c) {
      const std::size_t p = offset + std::size_t{r} * stride + c;
      parameters[p] = Ops::mul(normal_at(p, seed), deviation);
    }
  }
}

void fill_glorot(Values& parameters, std::size_t offset, std::uint32_t inputs,
                 std::uint32_t outputs, std::uint32_t fan_out, std::uint64_t seed) {
  const float limit = Ops::sqrt(6.0F / static_cast<float>(inputs + fan_out));
  for (std::size_t p = offset; p < offset + std::size_t{inputs} * outputs; ++p) {
    const PhiloxCounter words =
        philox4x32_10(noise_counter(p, 0, Purpose::initial_weights, 0), seed);
    parameters[p] = Ops::mul(limit, Ops::fma(uniform<Ops>(words.word[0]), 2.0F, -1.0F));
  }
}

// Logarithm of a share of rows, for choices that no row makes far below all others.
float log_share(std::uint64_t rows, std::uint64_t of) {
  constexpr float never = -30.0F;
  if (rows == 0 || of == 0) return never;
  return log<Ops>(static_cast<float>(static_cast<double>(rows) / static_cast<double>(of)));
}

void fill_frequencies(const TokenLayout& layout, const Tokenizer& tokenizer, Values& parameters) {
  const auto rows_before = [](const Source& source, std::uint32_t leaf) {
    return source.edges[source.leaf_atoms[leaf]];
  };
  for (const Source& source : tokenizer.sources) {
    const auto groups = static_cast<std::uint32_t>(source.group_leaves.size() - 1);
    for (std::uint32_t g = 0; g < groups; ++g) {
      const std::uint32_t first = source.group_leaves[g];
      const std::uint32_t last = source.group_leaves[g + 1];
      const std::uint64_t rows = rows_before(source, last) - rows_before(source, first);
      if (source.first_token >= 0) {
        const TokenBlock& token = layout.tokens[static_cast<std::size_t>(source.first_token)];
        parameters[token.weight + std::size_t{layout.hidden} * token.choices + g] =
            log_share(rows, tokenizer.rows);
      }
      if (source.second_token < 0) continue;
      const TokenBlock& token = layout.tokens[static_cast<std::size_t>(source.second_token)];
      float* row = parameters.data() + token.table + std::size_t{g} * padded_width(token.choices);
      for (std::uint32_t k = 0; k < token.choices; ++k) {
        row[k] =
            first + k < last
                ? log_share(rows_before(source, first + k + 1) - rows_before(source, first + k),
                            rows)
                : log_share(0, 1);
      }
    }
  }
}

}  // namespace

std::vector<float> initial_parameters(const TokenShape& shape, const Tokenizer& tokenizer,
                                      std::uint64_t seed) {
  const TokenLayout layout = layout_of(shape);
  Values parameters(layout.space, 0.0F);
  const auto tokens = static_cast<float>(layout.tokens.size());
  for (const TokenBlock& token : layout.tokens) {
    if (layout.latent > 0) {
      fill_normal(parameters, token.input_embedding, token.choices, layout.input_width,
                  padded_width(layout.input_width), Ops::div(1.0F, Ops::sqrt(tokens)), seed);
    }
    fill_glorot(parameters, token.weight, layout.hidden, token.choices, layout.all_choices, seed);
    if (layout.autoregressive && &token != &layout.tokens.back()) {
      fill_normal(parameters, token.embedding, token.choices, layout.hidden,
                  padded_width(layout.hidden), Ops::div(0.3F, Ops::sqrt(tokens)), seed);
    }
  }
  for (const auto* layers : {&layout.encoder, &layout.decoder}) {
    for (const DenseBlock& layer : *layers) {
      fill_glorot(parameters, layer.weight, layer.inputs, layer.outputs, layer.outputs, seed);
    }
  }
  if (layout.latent > 0) {
    fill_normal(parameters, layout.prior_mean, mixture_components, layout.latent, layout.latent,
                1.0F, seed);
  }
  fill_frequencies(layout, tokenizer, parameters);
  return parameters;
}

}  // namespace cuvae::plain
