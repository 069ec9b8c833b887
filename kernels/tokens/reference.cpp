#include "kernels/tokens/reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/order.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/shuffle.hpp"
#include "kernels/tokens/math.hpp"

namespace cuvae::plain {
namespace {

using Ops = ScalarOps;
using Values = std::vector<float>;

Values dense(const DenseBlock& layer, const Values& parameters, const Values& input) {
  const float* weight = parameters.data() + layer.weight;
  const float* bias = parameters.data() + layer.bias();
  Values output(bias, bias + layer.outputs);
  for (std::uint32_t i = 0; i < layer.inputs; ++i) {
    for (std::uint32_t j = 0; j < layer.outputs; ++j) {
      output[j] = Ops::fma(weight[i * layer.outputs + j], input[i], output[j]);
    }
  }
  return output;
}

// The gradient at a layer's inputs.
Values dense_backward(const DenseBlock& layer, const Values& parameters, const Values& delta) {
  const float* weight = parameters.data() + layer.weight;
  Values gradient(layer.inputs, 0.0F);
  for (std::uint32_t i = 0; i < layer.inputs; ++i) {
    for (std::uint32_t j = 0; j < layer.outputs; ++j) {
      gradient[i] = Ops::fma(weight[i * layer.outputs + j], delta[j], gradient[i]);
    }
  }
  return gradient;
}

// A layer's numbers behind SiLU and the slopes there.
struct Active {
  Values value;
  Values slope;
};

Active active(const Values& numbers) {
  Active result;
  for (const float number : numbers) {
    const Silu<Ops> both = silu<Ops>(number);
    result.value.push_back(both.value);
    result.slope.push_back(both.slope);
  }
  return result;
}

void multiply(Values& numbers, const Values& factors) {
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = Ops::mul(numbers[i], factors[i]);
}

void add(Values& sum, const float* terms) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = Ops::add(sum[i], terms[i]);
}

// What one row contributes to the sums of its batch.
struct RowPass {
  Values first_delta;                 // at the encoder's first layer, before SiLU
  std::vector<Values> encoder_input;  // of each dense layer
  std::vector<Values> encoder_delta;
  std::vector<Values> decoder_input;
  std::vector<Values> decoder_delta;
  std::vector<Values> hidden;           // [tokens] behind SiLU
  std::vector<Values> hidden_delta;     // [tokens] before SiLU
  std::vector<Values> logit_delta;      // [tokens]
  std::vector<Values> embedding_delta;  // [tokens]
  Values share_delta, mean_delta, log_scale_delta;
  float reconstruction = 0;
  float kl = 0;
};

class RowNetwork {
 public:
  RowNetwork(const TokenLayout& layout, const Values& parameters)
      : layout_(layout), parameters_(parameters) {
    if (layout.latent > 0) {
      make_mixture(parameters.data() + layout.prior_weight,
                   parameters.data() + layout.prior_log_scale, layout.latent, mixture_);
    }
  }

  RowPass pass(const std::uint8_t* tokens, const Values& noise, TokenScale scale) const {
    RowPass row;
    Latent latent;
    if (layout_.latent > 0) latent = encode(tokens, noise, scale, row);
    Values trunk = decode(latent.z, row);
    Values trunk_delta(layout_.hidden, 0.0F);
    if (layout_.autoregressive) {
      chain_heads(tokens, trunk, scale, row, trunk_delta);
    } else {
      parallel_heads(tokens, scale, row, trunk_delta);
    }
    backward(latent, trunk_delta, row);
    return row;
  }

  // Logits of a token; `known` are the tokens before it.
  Values logits(std::size_t q, const Values& hidden, const std::uint8_t* known) const {
    const TokenBlock& token = layout_.tokens[q];
    const float* start =
        token.parent < 0
            ? parameters_.data() + token.weight + std::size_t{layout_.hidden} * token.choices
            : parameters_.data() + token.table +
                  std::size_t{known[token.parent]} * padded_width(token.choices);
    Values result(start, start + token.choices);
    const float* weight = parameters_.data() + token.weight;
    for (std::uint32_t i = 0; i < layout_.hidden; ++i) {
      for (std::uint32_t k = 0; k < token.choices; ++k) {
        result[k] = Ops::fma(weight[i * token.choices + k], hidden[i], result[k]);
      }
    }
    return result;
  }

  Values decode(const Values& z, RowPass& row) const {
    Values numbers = z;
    for (std::size_t l = 0; l < layout_.decoder.size(); ++l) {
      row.decoder_input.push_back(numbers);
      numbers = dense(layout_.decoder[l], parameters_, numbers);
      if (l > 0) {
        Active both = active(numbers);
        row_slopes_.resize(layout_.decoder.size());
        row_slopes_[l] = both.slope;
        numbers = both.value;
      }
    }
    trunk_ = numbers;
    return numbers;
  }

  Active head_hidden(std::size_t q, const Values& sum) const {
    Values numbers = sum;
    add(numbers, parameters_.data() + layout_.tokens[q].hidden_bias);
    return active(numbers);
  }

  const float* embedding(std::size_t q, std::uint32_t choice) const {
    return parameters_.data() + layout_.tokens[q].embedding +
           std::size_t{choice} * padded_width(layout_.hidden);
  }

  const Mixture& mixture() const { return mixture_; }

 private:
  struct Latent {
    Values z, half_noise, prior_delta, log_var;
    float kl_scale = 0;
  };

  const TokenLayout& layout_;
  const Values& parameters_;
  Mixture mixture_{};
  mutable std::vector<Values> row_slopes_;  // of the decoder's layers, for the row at hand
  mutable std::vector<Values> encoder_slopes_;
  mutable Values first_slope_;
  mutable Values trunk_;

  Latent encode(const std::uint8_t* tokens, const Values& noise, TokenScale scale,
                RowPass& row) const {
    const float* bias = parameters_.data() + layout_.input_bias;
    Values numbers(bias, bias + layout_.input_width);
    for (std::size_t q = 0; q < layout_.tokens.size(); ++q) {
      add(numbers, parameters_.data() + layout_.tokens[q].input_embedding +
                       std::size_t{tokens[q]} * padded_width(layout_.input_width));
    }
    encoder_slopes_.clear();
    for (const DenseBlock& layer : layout_.encoder) {
      Active both = active(numbers);
      encoder_slopes_.push_back(both.slope);
      row.encoder_input.push_back(both.value);
      numbers = dense(layer, parameters_, both.value);
    }
    return draw(numbers, noise, scale, row);
  }

  Latent draw(const Values& moments, const Values& noise, TokenScale scale, RowPass& row) const {
    const std::uint32_t count = layout_.latent;
    Latent latent;
    latent.kl_scale = scale.kl;
    float terms = 0;
    for (std::uint32_t l = 0; l < count; ++l) {
      const float log_var = moments[count + l];
      const float clamped = clamp<Ops>(log_var, least_log_var, most_log_var);
      const float spread = Ops::mul(noise[l], exp<Ops>(Ops::mul(clamped, 0.5F)));
      latent.z.push_back(Ops::add(moments[l], spread));
      latent.half_noise.push_back(Ops::mul(spread, 0.5F));
      latent.log_var.push_back(log_var);
      terms = Ops::add(terms, Ops::fma(noise[l], noise[l], clamped));
    }
    row.kl = Ops::sub(Ops::mul(terms, -0.5F), prior(latent, scale.kl, row));
    return latent;
  }

  // log p(z) but for its constant; the gradients of -scale * log p(z).
  float prior(Latent& latent, float scale, RowPass& row) const {
    const std::uint32_t count = layout_.latent;
    const float* mean = parameters_.data() + layout_.prior_mean;
    const float* log_scale = parameters_.data() + layout_.prior_log_scale;
    std::array<float, mixture_components> share;
    float most = 0;
    for (std::uint32_t k = 0; k < mixture_components; ++k) {
      float squares = 0;
      for (std::uint32_t l = 0; l < count; ++l) {
        const float t = Ops::mul(Ops::sub(latent.z[l], mean[k * count + l]),
                                 mixture_.inverse_scale[k * count + l]);
        squares = Ops::fma(t, t, squares);
      }
      share[k] = Ops::fma(squares, -0.5F, mixture_.constant[k]);
      most = k == 0 ? share[k] : Ops::max(most, share[k]);
    }
    float sum = 0;
    for (float& one : share) {
      one = decayed_exp<Ops>(Ops::sub(one, most));
      sum = Ops::add(sum, one);
    }
    const float factor = Ops::div(scale, sum);
    latent.prior_delta.assign(count, 0.0F);
    for (std::uint32_t k = 0; k < mixture_components; ++k) {
      const float weighted = Ops::mul(share[k], factor);
      row.share_delta.push_back(Ops::fma(scale, mixture_.share[k], -weighted));
      for (std::uint32_t l = 0; l < count; ++l) {
        const std::uint32_t at = k * count + l;
        const float t = Ops::mul(Ops::sub(latent.z[l], mean[at]), mixture_.inverse_scale[at]);
        const float pull = Ops::mul(weighted, Ops::mul(t, mixture_.inverse_scale[at]));
        latent.prior_delta[l] = Ops::add(latent.prior_delta[l], pull);
        row.mean_delta.push_back(-pull);
        row.log_scale_delta.push_back(
            inside<Ops>(log_scale[at], least_log_scale, most_log_scale,
                        Ops::negative_fma(Ops::mul(weighted, t), t, weighted)));
      }
    }
    return Ops::add(log<Ops>(sum), most);
  }

  // Softmax and cross-entropy of a token; returns the gradient at its logits.
  static Values choose(std::size_t q, Values logits, const std::uint8_t* tokens, TokenScale scale,
                       RowPass& row) {
    const std::uint32_t choice = tokens[q];
    float most = logits[0];
    for (const float logit : logits) most = Ops::max(most, logit);
    const float chosen = Ops::sub(logits[choice], most);
    float sum = 0;
    for (float& logit : logits) {
      logit = decayed_exp<Ops>(Ops::sub(logit, most));
      sum = Ops::add(sum, logit);
    }
    const float factor = Ops::div(scale.reconstruction, sum);
    for (std::uint32_t k = 0; k < logits.size(); ++k) {
      logits[k] = Ops::mul(logits[k], factor);
      if (k == choice) logits[k] = Ops::sub(logits[k], scale.reconstruction);
    }
    row.reconstruction = Ops::add(row.reconstruction, Ops::sub(log<Ops>(sum), chosen));
    return logits;
  }

  // Adds to `gradient` what a token's logits pass back to its hidden numbers.
  void head_backward(std::size_t q, const Values& delta, Values& gradient) const {
    const TokenBlock& token = layout_.tokens[q];
    const float* weight = parameters_.data() + token.weight;
    for (std::uint32_t i = 0; i < layout_.hidden; ++i) {
      for (std::uint32_t k = 0; k < token.choices; ++k) {
        gradient[i] = Ops::fma(weight[i * token.choices + k], delta[k], gradient[i]);
      }
    }
  }

  void chain_heads(const std::uint8_t* tokens, Values sum, TokenScale scale, RowPass& row,
                   Values& trunk_delta) const {
    const std::size_t count = layout_.tokens.size();
    for (std::size_t q = 0; q < count; ++q) {
      Active hidden = head_hidden(q, sum);
      row.logit_delta.push_back(choose(q, logits(q, hidden.value, tokens), tokens, scale, row));
      Values delta(layout_.hidden, 0.0F);
      head_backward(q, row.logit_delta[q], delta);
      multiply(delta, hidden.slope);
      row.hidden.push_back(hidden.value);
      row.hidden_delta.push_back(delta);
      if (q + 1 < count) add(sum, embedding(q, tokens[q]));
    }
    row.embedding_delta.resize(count);
    for (std::size_t q = count; q-- > 0;) {
      row.embedding_delta[q] = trunk_delta;
      add(trunk_delta, row.hidden_delta[q].data());
    }
  }

  void parallel_heads(const std::uint8_t* tokens, TokenScale scale, RowPass& row,
                      Values& trunk_delta) const {
    for (std::size_t q = 0; q < layout_.tokens.size(); ++q) {
      row.hidden.push_back(trunk_);
      row.logit_delta.push_back(choose(q, logits(q, trunk_, tokens), tokens, scale, row));
      head_backward(q, row.logit_delta[q], trunk_delta);
    }
  }

  void backward(const Latent& latent, Values delta, RowPass& row) const {
    row.decoder_delta.resize(layout_.decoder.size());
    for (std::size_t l = layout_.decoder.size(); l-- > 0;) {
      if (l > 0) multiply(delta, row_slopes_[l]);
      row.decoder_delta[l] = delta;
      delta = dense_backward(layout_.decoder[l], parameters_, delta);
    }
    if (layout_.latent == 0) return;
    const std::uint32_t count = layout_.latent;
    Values moments(2 * std::size_t{count});
    for (std::uint32_t l = 0; l < count; ++l) {
      const float z_delta = Ops::add(delta[l], latent.prior_delta[l]);
      moments[l] = z_delta;
      moments[count + l] =
          inside<Ops>(latent.log_var[l], least_log_var, most_log_var,
                      Ops::fma(z_delta, latent.half_noise[l], Ops::mul(latent.kl_scale, -0.5F)));
    }
    row.encoder_delta.resize(layout_.encoder.size());
    delta = moments;
    for (std::size_t l = layout_.encoder.size(); l-- > 0;) {
      row.encoder_delta[l] = delta;
      delta = dense_backward(layout_.encoder[l], parameters_, delta);
      multiply(delta, encoder_slopes_[l]);
    }
    row.first_delta = delta;
  }
};

// The sums of one unit of rows.
class UnitSums {
 public:
  explicit UnitSums(const TokenLayout& layout)
      : layout_(layout),
        lanes_(unit_lanes, Values(layout.space + 2, 0.0F)),
        rows_(layout.space, 0.0F) {}

  void add_row(std::uint32_t r, const std::uint8_t* tokens, const RowPass& row) {
    Values& sums = lanes_[r % unit_lanes];
    add_dense(layout_.encoder, row.encoder_input, row.encoder_delta, sums);
    add_dense(layout_.decoder, row.decoder_input, row.decoder_delta, sums);
    add_numbers(layout_.input_bias, row.first_delta, sums);
    add_numbers(layout_.prior_weight, row.share_delta, sums);
    add_numbers(layout_.prior_mean, row.mean_delta, sums);
    add_numbers(layout_.prior_log_scale, row.log_scale_delta, sums);
    for (std::size_t q = 0; q < layout_.tokens.size(); ++q) add_token(q, tokens, row, sums);
    sums[layout_.space] = Ops::add(sums[layout_.space], row.reconstruction);
    sums[layout_.space + 1] = Ops::add(sums[layout_.space + 1], row.kl);
  }

  Values total() {
    for (const std::uint32_t distance : unit_lane_tree) {
      for (std::uint32_t lane = 0; lane < unit_lanes; ++lane) {
        if ((lane & distance) == 0) add(lanes_[lane], lanes_[lane + distance].data());
      }
    }
    // Each number is either a lane sum or a row-order sum; the other one is 0.
    Values sums = lanes_[0];
    for (std::size_t p = 0; p < rows_.size(); ++p) {
      if (rows_[p] != 0.0F) sums[p] = rows_[p];
    }
    return sums;
  }

 private:
  const TokenLayout& layout_;
  std::vector<Values> lanes_;
  Values rows_;

  static void add_numbers(std::size_t offset, const Values& numbers, Values& sums) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      sums[offset + i] = Ops::add(sums[offset + i], numbers[i]);
    }
  }

  static void add_outer(std::size_t weight, const Values& input, const Values& delta,
                        bool with_bias, Values& sums) {
    for (std::size_t i = 0; i < input.size(); ++i) {
      for (std::size_t j = 0; j < delta.size(); ++j) {
        float& chain = sums[weight + i * delta.size() + j];
        chain = Ops::fma(input[i], delta[j], chain);
      }
    }
    if (with_bias) add_numbers(weight + input.size() * delta.size(), delta, sums);
  }

  static void add_dense(const std::vector<DenseBlock>& layers, const std::vector<Values>& input,
                        const std::vector<Values>& delta, Values& sums) {
    for (std::size_t l = 0; l < delta.size(); ++l) {
      add_outer(layers[l].weight, input[l], delta[l], true, sums);
    }
  }

  void add_token(std::size_t q, const std::uint8_t* tokens, const RowPass& row, Values& sums) {
    const TokenBlock& token = layout_.tokens[q];
    if (!row.first_delta.empty()) {
      add_numbers(
          token.input_embedding + std::size_t{tokens[q]} * padded_width(layout_.input_width),
          row.first_delta, rows_);
    }
    add_outer(token.weight, row.hidden[q], row.logit_delta[q], token.parent < 0, sums);
    if (token.parent >= 0) {
      add_numbers(token.table + std::size_t{tokens[token.parent]} * padded_width(token.choices),
                  row.logit_delta[q], rows_);
    }
    if (!layout_.autoregressive) return;
    add_numbers(token.hidden_bias, row.hidden_delta[q], sums);
    if (q + 1 < layout_.tokens.size()) {
      add_numbers(token.embedding + std::size_t{tokens[q]} * padded_width(layout_.hidden),
                  row.embedding_delta[q], rows_);
    }
  }
};

}  // namespace

TokenSums batch_sums(const TokenLayout& layout, const std::vector<float>& parameters,
                     const TokenBatch& batch, const std::vector<std::vector<float>>& noise,
                     TokenScale scale) {
  const RowNetwork network(layout, parameters);
  const auto rows = static_cast<std::uint32_t>(batch.rows.size());
  std::vector<Values> units;
  for (std::uint32_t first = 0; first < rows; first += unit_rows) {
    UnitSums sums(layout);
    for (std::uint32_t r = first; r < rows && r < first + unit_rows; ++r) {
      sums.add_row(r - first, batch.rows[r], network.pass(batch.rows[r], noise[r], scale));
    }
    units.push_back(sums.total());
  }
  for (std::size_t distance = 1; distance < units.size(); distance *= 2) {
    for (std::size_t i = 0; i + distance < units.size(); i += 2 * distance) {
      add(units[i], units[i + distance].data());
    }
  }
  const Values& sum = units[0];
  return {Values(sum.begin(), sum.end() - 2), sum[layout.space], sum[layout.space + 1]};
}

TokenNetwork train(const TokenMatrix& data, const Tokenizer& tokenizer,
                   const TrainSettings& options) {
  TokenNetwork network{token_shape(tokenizer, options), {}, {}};
  const TokenLayout layout = layout_of(network.shape);
  const auto held_out = static_cast<std::uint32_t>(held_out_rows(options, data.rows()));
  const std::uint32_t rows = static_cast<std::uint32_t>(data.rows()) - held_out;
  const std::uint32_t batch_size = std::min(options.batch_size, rows);
  const std::uint64_t steps = (rows + batch_size - 1) / batch_size;
  State state{initial_parameters(network.shape, tokenizer, options.seed), Values(layout.space),
              Values(layout.space)};
  TrainSchedule schedule(options, steps * options.epochs);
  EarlyStop early_stop(options.epochs, steps);
  State kept;
  std::uint64_t step = 0;
  for (std::uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
    double reconstruction = 0;
    double kl = 0;
    const auto each_batch = [&](std::uint32_t first_row, std::uint32_t count, std::uint32_t number,
                                auto&& work) {
      const Shuffle shuffle = make_shuffle(count, options.seed, number);
      reconstruction = kl = 0;
      for (std::uint32_t first = 0; first < count; first += batch_size) {
        TokenBatch batch;
        std::vector<Values> noise;
        for (std::uint32_t r = first; r < count && r - first < batch_size; ++r) {
          const std::uint32_t row = shuffled_row(shuffle, r);
          batch.rows.push_back(data.row(first_row + row));
          batch.row_numbers.push_back(row);
          noise.push_back(row_noise(row, number,
                                    static_cast<std::uint32_t>(Purpose::training_noise),
                                    layout.latent, options.seed));
        }
        const TokenSums sums = work(batch, noise);
        reconstruction += static_cast<double>(sums.reconstruction);
        kl += static_cast<double>(sums.kl);
      }
    };
    each_batch(0, rows, epoch, [&](const TokenBatch& batch, const std::vector<Values>& noise) {
      const TokenScale scale =
          schedule.scale(step++, static_cast<std::uint32_t>(batch.rows.size()));
      TokenSums sums = batch_sums(layout, state.parameters, batch, noise, scale);
      adam_update(state, sums.gradient, schedule.next_step_size());
      return sums;
    });
    network.history.push_back({reconstruction / double(rows), kl / double(rows)});
    if (held_out == 0) continue;
    each_batch(rows, held_out, held_out_epoch,
               [&](const TokenBatch& batch, const std::vector<Values>& noise) {
                 return batch_sums(layout, state.parameters, batch, noise, {0, 0});
               });
    const double loss = validation_loss(reconstruction, kl, options.kl_weight, held_out);
    network.history.back().validation = loss;
    if (!options.stops_early) continue;
    const EarlyStop::Decision decision = early_stop.after_epoch(loss);
    if (decision.keep) kept = state;
    if (decision.wind_down) {
      state = kept;
      schedule.wind_down(early_stop.wind_down_epochs() * steps);
    }
    if (decision.stop) break;
  }
  network.parameters = state.parameters;
  return network;
}

std::vector<std::uint8_t> generate_tokens(const TokenNetwork& network, std::uint64_t seed,
                                          std::uint64_t row) {
  const TokenLayout layout = layout_of(network.shape);
  const RowNetwork decoder(layout, network.parameters);
  const auto random = [&](std::uint32_t index) {
    const PhiloxCounter words =
        philox4x32_10(noise_counter(row, 0, Purpose::generation_noise, index / 4), seed);
    return uniform<Ops>(words.word[index % 4]);
  };
  // The first choice at which the running sum reaches u times the whole.
  const auto draw = [](const Values& sums, float u) {
    const float threshold = Ops::mul(sums.back(), u);
    std::uint8_t choice = 0;
    for (const float sum : sums) {
      if (sum < threshold) ++choice;
    }
    return choice;
  };
  Values z;
  if (layout.latent > 0) {
    Values sums;
    for (const float share : decoder.mixture().share) {
      sums.push_back(sums.empty() ? share : Ops::add(sums.back(), share));
    }
    const std::uint32_t component = draw(sums, random(0));
    z = row_noise(row, 0, static_cast<std::uint32_t>(Purpose::latent_noise), layout.latent, seed);
    for (std::uint32_t l = 0; l < layout.latent; ++l) {
      const std::size_t at = std::size_t{component} * layout.latent + l;
      z[l] =
          Ops::fma(z[l], decoder.mixture().scale[at], network.parameters[layout.prior_mean + at]);
    }
  }
  RowPass unused;
  Values sum = decoder.decode(z, unused);
  std::vector<std::uint8_t> tokens(layout.tokens.size(), 0);
  for (std::size_t q = 0; q < tokens.size(); ++q) {
    const Values hidden = layout.autoregressive ? decoder.head_hidden(q, sum).value : sum;
    const Values logits = decoder.logits(q, hidden, tokens.data());
    const float most = *std::max_element(logits.begin(), logits.end());
    Values sums;
    for (const float logit : logits) {
      const float term = decayed_exp<Ops>(Ops::sub(logit, most));
      sums.push_back(sums.empty() ? term : Ops::add(sums.back(), term));
    }
    tokens[q] = draw(sums, random(1 + static_cast<std::uint32_t>(q)));
    if (layout.autoregressive && q + 1 < tokens.size()) {
      add(sum, decoder.embedding(q, tokens[q]));
    }
  }
  return tokens;
}

}  // namespace cuvae::plain
