#include "kernels/published/reference.hpp"

#include <array>
#include <cmath>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/arithmetic/order.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/arithmetic/shuffle.hpp"
#include "kernels/published/loss.hpp"

namespace cuvae::plain {
namespace {

using Ops = ScalarOps;
using Layers = std::array<Layer, layer_count>;
using Values = std::vector<float>;

bool has_relu(std::size_t layer) {
  return layer < 3 || layer == 5 || layer == 6;
}

// bias + sum over inputs, one fma chain per output.
Values dense(const Layer& layer, const Values& parameters, const Values& input) {
  const float* weight = parameters.data() + layer.offset;
  const float* bias = weight + layer.weights();
  Values output(bias, bias + layer.outputs);
  for (std::uint32_t i = 0; i < layer.inputs; ++i) {
    for (std::uint32_t j = 0; j < layer.outputs; ++j) {
      output[j] = Ops::fma(weight[i * layer.outputs + j], input[i], output[j]);
    }
  }
  return output;
}

Values relu(Values values) {
  for (float& value : values) value = Ops::max(value, 0.0F);
  return values;
}

// The gradient at a layer's inputs from that at its outputs, one fma chain per input. Where the
// inputs came out of a ReLU, it is 0 for those that are 0.
Values dense_backward(const Layer& layer, const Values& parameters, const Values& output_gradient,
                      const Values& input, bool input_has_relu) {
  const float* weight = parameters.data() + layer.offset;
  Values gradient(layer.inputs, 0.0F);
  for (std::uint32_t i = 0; i < layer.inputs; ++i) {
    for (std::uint32_t j = 0; j < layer.outputs; ++j) {
      gradient[i] = Ops::fma(weight[i * layer.outputs + j], output_gradient[j], gradient[i]);
    }
    if (input_has_relu && !(input[i] > 0.0F)) gradient[i] = 0.0F;
  }
  return gradient;
}

// What one row contributes to the sums of its batch.
struct RowPass {
  std::array<Values, layer_count> inputs;     // of each layer
  std::array<Values, layer_count> gradients;  // at each layer's outputs
  float reconstruction = 0;
  float kl_terms = 0;
};

Values decode(const Layers& layers, const Values& parameters, Values hidden,
              std::array<Values, layer_count>* inputs) {
  for (std::size_t l = 4; l < layer_count; ++l) {
    if (inputs != nullptr) (*inputs)[l] = hidden;
    hidden = dense(layers[l], parameters, hidden);
    if (has_relu(l)) hidden = relu(std::move(hidden));
  }
  return hidden;
}

RowPass row_pass(const Layers& layers, const Values& parameters, const float* row,
                 const Values& noise, Loss loss, LossScale scale) {
  const std::uint32_t columns = layers[0].inputs;
  const std::uint32_t latent = layers[4].inputs;
  RowPass pass;
  Values hidden(row, row + columns);
  for (std::size_t l = 0; l < 4; ++l) {
    pass.inputs[l] = hidden;
    hidden = dense(layers[l], parameters, hidden);
    if (has_relu(l)) hidden = relu(std::move(hidden));
  }
  std::vector<Latent<Ops>> latents(latent);
  Values z(latent);
  for (std::uint32_t k = 0; k < latent; ++k) {
    latents[k] = reparameterize<Ops>(hidden[k], hidden[latent + k], noise[k], scale.kl);
    z[k] = latents[k].z;
    pass.kl_terms = Ops::add(pass.kl_terms, latents[k].kl_term);
  }
  const Values logits = decode(layers, parameters, z, &pass.inputs);

  RowLoss<Ops> row_loss;
  pass.gradients[7].resize(columns);
  for (std::uint32_t j = 0; j < columns; ++j) {
    const auto element = loss == Loss::bce_kl ? cross_entropy<Ops> : squared_error<Ops>;
    pass.gradients[7][j] = element(logits[j], row[j], scale.reconstruction, row_loss);
    if (loss == Loss::bce_kl && ((j + 1) % columns_per_logarithm == 0 || j + 1 == columns)) {
      row_loss.fold();
    }
  }
  pass.reconstruction = row_loss.sum;

  for (std::size_t l = 7; l > 4; --l) {
    pass.gradients[l - 1] =
        dense_backward(layers[l], parameters, pass.gradients[l], pass.inputs[l], has_relu(l - 1));
  }
  const Values z_gradient =
      dense_backward(layers[4], parameters, pass.gradients[4], pass.inputs[4], false);
  pass.gradients[3].resize(2 * latent);
  for (std::uint32_t k = 0; k < latent; ++k) {
    pass.gradients[3][k] = Ops::add(z_gradient[k], latents[k].kl_mean);
    pass.gradients[3][latent + k] =
        Ops::fma(z_gradient[k], latents[k].half_noise, latents[k].kl_log_var);
  }
  for (std::size_t l = 3; l > 0; --l) {
    pass.gradients[l - 1] =
        dense_backward(layers[l], parameters, pass.gradients[l], pass.inputs[l], has_relu(l - 1));
  }
  return pass;
}

// Adds a row to the chains of its lane: sums has the parameters, then the two losses.
void add_row(const Layers& layers, const RowPass& pass, Values& sums) {
  for (std::size_t l = 0; l < layer_count; ++l) {
    const Layer& layer = layers[l];
    float* weight = sums.data() + layer.offset;
    float* bias = weight + layer.weights();
    for (std::uint32_t i = 0; i < layer.inputs; ++i) {
      for (std::uint32_t j = 0; j < layer.outputs; ++j) {
        float& chain = weight[i * layer.outputs + j];
        chain = Ops::fma(pass.inputs[l][i], pass.gradients[l][j], chain);
      }
    }
    for (std::uint32_t j = 0; j < layer.outputs; ++j) {
      bias[j] = Ops::add(bias[j], pass.gradients[l][j]);
    }
  }
  float* losses = sums.data() + sums.size() - 2;
  losses[0] = Ops::add(losses[0], pass.reconstruction);
  losses[1] = Ops::add(losses[1], pass.kl_terms);
}

void add_to(Values& sum, const Values& other) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = Ops::add(sum[i], other[i]);
}

}  // namespace

std::vector<float> initial_parameters(const PublishedShape& shape, std::uint64_t seed) {
  std::vector<float> parameters(parameter_count(shape), 0.0F);
  for (const Layer& layer : layers_of(shape)) {
    const float limit = Ops::sqrt(6.0F / static_cast<float>(layer.inputs + layer.outputs));
    for (std::size_t p = layer.offset; p < layer.offset + layer.weights(); ++p) {
      const PhiloxCounter words =
          philox4x32_10(noise_counter(p, 0, Purpose::initial_weights, 0), seed);
      const float u = uniform<Ops>(words.word[0]);
      parameters[p] = Ops::mul(limit, Ops::fma(u, 2.0F, -1.0F));
    }
  }
  return parameters;
}

BatchSums batch_sums(const PublishedShape& shape, const std::vector<float>& parameters,
                     const Batch& batch, const std::vector<std::vector<float>>& noise, Loss loss,
                     float kl_weight) {
  const Layers layers = layers_of(shape);
  const std::size_t count = parameter_count(shape);
  const auto rows = static_cast<std::uint32_t>(batch.rows.size());
  const LossScale scale =
      loss_scale(rows, shape.columns, shape.latent, loss == Loss::bce_kl ? kl_weight : 0.0F);
  std::vector<Values> segments;
  for (std::uint32_t first = 0; first < rows; first += segment_rows) {
    std::vector<Values> lanes(lane_count, Values(count + 2, 0.0F));
    for (std::uint32_t r = first; r < rows && r < first + segment_rows; ++r) {
      add_row(layers, row_pass(layers, parameters, batch.rows[r], noise[r], loss, scale),
              lanes[r % lane_count]);
    }
    for (const std::uint32_t distance : lane_tree) {
      for (std::uint32_t lane = 0; lane < lane_count; ++lane) {
        if ((lane & distance) == 0) add_to(lanes[lane], lanes[lane + distance]);
      }
    }
    segments.push_back(lanes[0]);
  }
  for (std::size_t distance = 1; distance < segments.size(); distance *= 2) {
    for (std::size_t i = 0; i + distance < segments.size(); i += 2 * distance) {
      add_to(segments[i], segments[i + distance]);
    }
  }
  const Values& sum = segments[0];
  return {Values(sum.begin(), sum.end() - 2), sum[count], sum[count + 1]};
}

PublishedNetwork train(const Matrix& data, const TrainSettings& options) {
  const PublishedShape shape{data.columns(), options.hidden, options.latent};
  const auto rows = static_cast<std::uint32_t>(data.rows());
  State state{initial_parameters(shape, options.seed), Values(parameter_count(shape)),
              Values(parameter_count(shape))};
  AdamSteps step_sizes(options.learning_rate);
  PublishedNetwork network{shape, {}, {}};
  for (std::uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
    const Shuffle shuffle = make_shuffle(rows, options.seed, epoch);
    double reconstruction = 0;
    double kl_terms = 0;
    for (std::uint32_t first = 0; first < rows; first += options.batch_size) {
      Batch batch;
      std::vector<Values> noise;
      for (std::uint32_t r = first; r < rows && r - first < options.batch_size; ++r) {
        const std::uint32_t row = shuffled_row(shuffle, r);
        batch.rows.push_back(data.row(row));
        batch.row_numbers.push_back(row);
        noise.push_back(row_noise(row, epoch, static_cast<std::uint32_t>(Purpose::training_noise),
                                  shape.latent, options.seed));
      }
      const BatchSums sums =
          batch_sums(shape, state.parameters, batch, noise, options.loss, options.kl_weight);
      adam_update(state, sums.gradient, step_sizes.next());
      reconstruction += static_cast<double>(sums.reconstruction);
      kl_terms += static_cast<double>(sums.kl_terms);
    }
    network.history.push_back({reconstruction / (double(rows) * shape.columns),
                               -0.5 * kl_terms / (double(rows) * shape.latent)});
  }
  network.parameters = state.parameters;
  return network;
}

std::vector<float> generate_row(const PublishedNetwork& network, std::uint64_t seed,
                                std::uint64_t row) {
  Values row_values = decode(layers_of(network.shape), network.parameters,
                             row_noise(row, 0, static_cast<std::uint32_t>(Purpose::latent_noise),
                                       network.shape.latent, seed),
                             nullptr);
  for (float& value : row_values) value = sigmoid<Ops>(value).value;
  return row_values;
}

}  // namespace cuvae::plain
