// The gradient of a network of tokens against central differences of a loss written out in double.
#include <cmath>
#include <gtest/gtest.h>

#include "kernels/tokens/reference.hpp"
#include "tokenizer/tables.hpp"

namespace cuvae {
namespace {

using Row = std::vector<double>;

double silu(double x) {
  return x / (1 + std::exp(-x));
}

Row dense(const DenseBlock& layer, const Row& parameters, const Row& input) {
  Row output(layer.outputs);
  for (std::size_t j = 0; j < layer.outputs; ++j) {
    output[j] = parameters[layer.bias() + j];
    for (std::size_t i = 0; i < layer.inputs; ++i) {
      output[j] += parameters[layer.weight + i * layer.outputs + j] * input[i];
    }
  }
  return output;
}

double log_sum(const Row& terms) {
  double most = terms[0];
  for (const double term : terms) most = std::max(most, term);
  double sum = 0;
  for (const double term : terms) sum += std::exp(term - most);
  return most + std::log(sum);
}

// log q(z|x) - log p(z), both without the same constant; gives z.
double kl_of(const TokenLayout& layout, const Row& parameters, const std::uint8_t* tokens,
             const std::vector<float>& noise, Row& z) {
  Row hidden(layout.input_width);
  for (std::size_t u = 0; u < hidden.size(); ++u) {
    hidden[u] = parameters[layout.input_bias + u];
    for (std::size_t q = 0; q < layout.tokens.size(); ++q) {
      hidden[u] += parameters[layout.tokens[q].input_embedding +
                              tokens[q] * padded_width(layout.input_width) + u];
    }
  }
  for (const DenseBlock& layer : layout.encoder) {
    for (double& number : hidden) number = silu(number);
    hidden = dense(layer, parameters, hidden);
  }
  double log_q = 0;
  for (std::size_t l = 0; l < layout.latent; ++l) {
    const auto epsilon = static_cast<double>(noise[l]);
    z.push_back(hidden[l] + epsilon * std::exp(0.5 * hidden[layout.latent + l]));
    log_q -= 0.5 * (epsilon * epsilon + hidden[layout.latent + l]);
  }
  Row weights, terms;
  for (std::size_t k = 0; k < mixture_components; ++k) {
    weights.push_back(parameters[layout.prior_weight + k]);
    double term = weights.back();
    for (std::size_t l = 0; l < layout.latent; ++l) {
      const std::size_t at = k * layout.latent + l;
      const double log_scale = parameters[layout.prior_log_scale + at];
      const double t = (z[l] - parameters[layout.prior_mean + at]) * std::exp(-log_scale);
      term -= log_scale + 0.5 * t * t;
    }
    terms.push_back(term);
  }
  return log_q - (log_sum(terms) - log_sum(weights));
}

double reconstruction_of(const TokenLayout& layout, const Row& parameters,
                         const std::uint8_t* tokens, Row hidden) {
  for (std::size_t l = 0; l < layout.decoder.size(); ++l) {
    hidden = dense(layout.decoder[l], parameters, hidden);
    if (l == 0) continue;
    for (double& number : hidden) number = silu(number);
  }
  double loss = 0;
  for (std::size_t q = 0; q < layout.tokens.size(); ++q) {
    const TokenBlock& token = layout.tokens[q];
    Row logits(token.choices);
    for (std::size_t k = 0; k < token.choices; ++k) {
      logits[k] =
          token.parent < 0
              ? parameters[token.weight + layout.hidden * token.choices + k]
              : parameters[token.table + tokens[token.parent] * padded_width(token.choices) + k];
      for (std::size_t u = 0; u < layout.hidden; ++u) {
        const double number =
            layout.autoregressive ? silu(hidden[u] + parameters[token.hidden_bias + u]) : hidden[u];
        logits[k] += parameters[token.weight + u * token.choices + k] * number;
      }
    }
    loss += log_sum(logits) - logits[tokens[q]];
    if (!layout.autoregressive || q + 1 == layout.tokens.size()) continue;
    for (std::size_t u = 0; u < layout.hidden; ++u) {
      hidden[u] += parameters[token.embedding + tokens[q] * padded_width(layout.hidden) + u];
    }
  }
  return loss;
}

void expect_gradient(const std::string& recipe, std::uint32_t latent) {
  TokenizerOptions how;
  how.second_tokens = recipe == "best";
  Monitor quiet;
  const TokenizedTable table = tokenize(test::mixed_table(90, 60, 5), how, quiet);
  TrainSettings options = recipe_settings(recipe_named(recipe), 0);
  options.latent = latent;
  const TokenShape shape = token_shape(table.tokenizer, options);
  const TokenLayout layout = layout_of(shape);
  const std::vector<float> parameters = plain::initial_parameters(shape, table.tokenizer, 3);
  plain::TokenBatch batch;
  std::vector<std::vector<float>> noise;
  for (std::uint64_t row = 0; row < table.data.rows(); ++row) {
    batch.rows.push_back(table.data.row(row));
    batch.row_numbers.push_back(row);
    noise.emplace_back();
    for (std::uint32_t l = 0; l < latent; ++l) {
      noise.back().push_back(std::sin(static_cast<float>(row * 7 + l * 3 + 1)));
    }
  }
  const double mean = 1.0 / static_cast<double>(batch.rows.size());
  const double kl_weight = 0.7;
  const auto loss = [&](const Row& at) {
    double sum = 0;
    for (std::size_t r = 0; r < batch.rows.size(); ++r) {
      Row z;
      if (latent > 0) sum += kl_weight * kl_of(layout, at, batch.rows[r], noise[r], z);
      sum += reconstruction_of(layout, at, batch.rows[r], z);
    }
    return sum * mean;
  };
  const plain::TokenSums sums =
      plain::batch_sums(layout, parameters, batch, noise,
                        {static_cast<float>(mean), static_cast<float>(kl_weight * mean)});
  Row point(parameters.begin(), parameters.end());
  const double whole = static_cast<double>(sums.reconstruction) * mean +
                       kl_weight * static_cast<double>(sums.kl) * mean;
  EXPECT_NEAR(whole, loss(point), 1e-4) << recipe;
  for (const ParameterBlock& block : blocks_of(shape)) {
    for (std::size_t i = 0; i < std::size_t{block.rows} * block.columns; i += 1 + block.rows) {
      const std::size_t p = block.offset + i / block.columns * block.stride + i % block.columns;
      const double kept = point[p];
      constexpr double step = 1e-5;
      point[p] = kept + step;
      const double above = loss(point);
      point[p] = kept - step;
      const double below = loss(point);
      point[p] = kept;
      ASSERT_NEAR(static_cast<double>(sums.gradient[p]), (above - below) / (2 * step), 2e-6)
          << recipe << ", latent " << latent << ", " << block.name << " [" << i << "]";
    }
  }
}

TEST(TokenGradient, MatchesCentralDifferences) {
  expect_gradient("fast", 4);
  expect_gradient("best", 4);
  expect_gradient("best", 3);
  expect_gradient("best", 0);
}

}  // namespace
}  // namespace cuvae
