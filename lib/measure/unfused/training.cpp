#include "measure/unfused/training.hpp"

#include <algorithm>

#include "kernels/published/reference.hpp"

namespace cuvae::unfused {
namespace {

constexpr const char* purpose = "the unfused training step";
constexpr std::size_t aligned_floats = 64;  // 256 bytes

std::size_t align(std::size_t floats) {
  return (floats + aligned_floats - 1) / aligned_floats * aligned_floats;
}

bool has_relu(std::size_t layer) {
  return layer < 3 || layer == 5 || layer == 6;
}

template <class T>
void upload(const cuda::DeviceArray<T>& to, const T* from, std::size_t count,
            const cuda::Stream& stream) {
  CUVAE_CUDA(
      cudaMemcpyAsync(to.get(), from, count * sizeof(T), cudaMemcpyHostToDevice, stream.get()));
  stream.synchronize();
}

}  // namespace

Training::Training(const Matrix& data, const TrainSettings& options, Parts parts, bool replay)
    : shape_{data.columns(), options.hidden, options.latent},
      options_(options),
      parts_(std::move(parts)),
      rows_(static_cast<std::uint32_t>(data.rows())),
      batch_size_(std::min(options.batch_size, rows_)),
      adam_steps_(options.learning_rate) {
  check_shape(shape_);
  plan_parameters();
  allocate_activations();
  const auto floats = [&](std::size_t count) {
    cuda::DeviceArray<float> array(count, stream_.get(), {}, purpose);
    CUVAE_CUDA(cudaMemsetAsync(array.get(), 0, count * sizeof(float), stream_.get()));
    return array;
  };
  const std::size_t table_floats = std::size_t{rows_} * data.stride();
  table_rows_ = {table_floats, stream_.get(), {}, purpose};
  upload(table_rows_, data.row(0), table_floats, stream_);
  table_ = {1, stream_.get(), {}, purpose};
  const Table table{table_rows_.get(), data.stride(),
                    shape_.columns,    make_shuffle(rows_, options_.seed, 0),
                    options_.seed,     0};
  upload(table_, &table, 1, stream_);
  state_ = {1, stream_.get(), {}, purpose};
  noise_ = floats(std::size_t{rows_} * shape_.latent + 1);
  parameters_ = floats(padded_count_);
  gradient_ = floats(padded_count_);
  moment_1_ = floats(padded_count_);
  moment_2_ = floats(padded_count_);
  reconstruction_terms_ = floats(std::size_t{batch_size_} * shape_.columns);
  kl_terms_ = floats(std::size_t{batch_size_} * shape_.latent);

  const std::vector<float> first = plain::initial_parameters(shape_, options_.seed);
  std::vector<float> spread(padded_count_);
  for (const Place& place : places_) {
    const Layer& layer = place.layer;
    for (std::uint32_t i = 0; i < layer.inputs; ++i) {
      std::copy_n(first.data() + layer.offset + std::size_t{i} * layer.outputs, layer.outputs,
                  spread.data() + place.weights + std::size_t{i} * padded(layer.outputs));
    }
  }
  upload(parameters_, spread.data(), spread.size(), stream_);

  step_sizes_ = floats((rows_ - 1) / batch_size_ + 1);

  prepare_products(batch_size_);
  if (rows_ % batch_size_ != 0) prepare_products(rows_ % batch_size_);
  stream_.synchronize();
  if (replay) capture_step();
}

Training::~Training() {
  static_cast<void>(cudaStreamSynchronize(stream_.get()));
}

void Training::plan_parameters() {
  const auto layers = layers_of(shape_);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    Place place{};
    place.layer = layers[l];
    place.relu = has_relu(l);
    place.weights = padded_count_;
    place.biases = align(place.weights + std::size_t{layers[l].inputs} * padded(layers[l].outputs));
    padded_count_ = align(place.biases + layers[l].outputs);
    places_.push_back(place);
  }
}

float* Training::activations(std::uint32_t width) {
  buffers_.emplace_back(std::size_t{batch_size_} * padded(width), stream_.get(), CudaAllocator{},
                        purpose);
  return buffers_.back().get();
}

void Training::allocate_activations() {
  half_noise_ = activations(shape_.latent);
  for (std::size_t l = 0; l < places_.size(); ++l) {
    Place& place = places_[l];
    const bool continues = l != 0 && l != 4;  // the table and the drawn latents begin a half
    place.inputs = continues ? places_[l - 1].outputs : activations(place.layer.inputs);
    place.outputs = activations(place.layer.outputs);
    place.input_gradient = l == 0 ? nullptr : activations(place.layer.inputs);
  }
}

void Training::prepare_products(std::uint32_t rows) {
  for (std::size_t l = 0; l < places_.size(); ++l) {
    const Layer& layer = places_[l].layer;
    parts_.multiplier->prepare(forward_product(layer, rows, places_[l].relu));
    parts_.multiplier->prepare(weight_gradient_product(layer, rows));
    if (l > 0) parts_.multiplier->prepare(input_gradient_product(layer, rows));
  }
}

void Training::enqueue_forward(const Place& place, std::uint32_t rows) {
  parts_.multiplier->multiply(forward_product(place.layer, rows, place.relu),
                              {parameters_.get() + place.weights, place.inputs, place.outputs,
                               parameters_.get() + place.biases},
                              stream_.get());
}

void Training::enqueue_backward(std::size_t layer, std::uint32_t rows) {
  const Place& place = places_[layer];
  // At the outputs of the last layer of a half, the loss left the gradient in place of them.
  const bool last_of_half = layer == 3 || layer == 7;
  const float* const gradient = last_of_half ? place.outputs : places_[layer + 1].input_gradient;
  parts_.multiplier->multiply(
      weight_gradient_product(place.layer, rows),
      {gradient, place.inputs, gradient_.get() + place.weights, gradient_.get() + place.biases},
      stream_.get());
  if (layer == 0) return;
  parts_.multiplier->multiply(
      input_gradient_product(place.layer, rows),
      {parameters_.get() + place.weights, gradient, place.input_gradient, nullptr}, stream_.get());
  if (places_[layer - 1].relu) {
    CUVAE_CUDA(launch_relu_backward(place.inputs, place.layer.inputs, rows, place.input_gradient,
                                    stream_.get()));
  }
}

void Training::enqueue_step(std::uint32_t rows) {
  const LossScale scale = loss_scale(rows, shape_.columns, shape_.latent,
                                     options_.loss == Loss::bce_kl ? options_.kl_weight : 0.0F);
  cudaStream_t stream = stream_.get();
  float* const x = places_[0].inputs;
  float* const statistics = places_[3].outputs;
  CUVAE_CUDA(
      launch_gather(table_.get(), state_.get(), shape_.columns, batch_size_, rows, x, stream));
  for (std::size_t l = 0; l < 4; ++l) enqueue_forward(places_[l], rows);
  CUVAE_CUDA(launch_draw(noise_.get(), state_.get(), shape_.latent, batch_size_, rows, scale.kl,
                         statistics, places_[4].inputs, half_noise_, kl_terms_.get(), stream));
  for (std::size_t l = 4; l < 8; ++l) enqueue_forward(places_[l], rows);
  CUVAE_CUDA(launch_loss(x, shape_.columns, rows, options_.loss, scale.reconstruction,
                         places_[7].outputs, reconstruction_terms_.get(), stream));
  for (std::size_t l = 7; l >= 4; --l) enqueue_backward(l, rows);
  CUVAE_CUDA(launch_draw_backward(places_[4].input_gradient, half_noise_, shape_.latent, rows,
                                  statistics, stream));
  for (std::size_t l = 4; l-- > 0;) enqueue_backward(l, rows);
  CUVAE_CUDA(launch_adam(gradient_.get(), step_sizes_.get(), state_.get(),
                         static_cast<std::uint32_t>(padded_count_), parameters_.get(),
                         moment_1_.get(), moment_2_.get(), stream));
  CUVAE_CUDA(launch_next_step(state_.get(), stream));
}

void Training::capture_step() {
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t step = nullptr;
  CUVAE_CUDA(cudaStreamBeginCapture(stream_.get(), cudaStreamCaptureModeThreadLocal));
  enqueue_step(batch_size_);
  CUVAE_CUDA(cudaStreamEndCapture(stream_.get(), &graph));
  const cudaError_t status = cudaGraphInstantiate(&step, graph, 0);
  static_cast<void>(cudaGraphDestroy(graph));
  CUVAE_CUDA(status);
  step_.reset(step);
}

EpochLoss Training::run_epoch() {
  const Table table{table_rows_.get(), (shape_.columns + 15) / 16 * 16,
                    shape_.columns,    make_shuffle(rows_, options_.seed, epoch_),
                    options_.seed,     epoch_};
  upload(table_, &table, 1, stream_);
  std::vector<float> step_sizes(step_sizes_.size());
  for (float& step_size : step_sizes) step_size = adam_steps_.next();
  upload(step_sizes_, step_sizes.data(), step_sizes.size(), stream_);
  parts_.noise->fill(table_.get(), rows_, shape_.latent, noise_.get(), stream_.get());
  for (const auto* terms : {&reconstruction_terms_, &kl_terms_}) {
    CUVAE_CUDA(cudaMemsetAsync(terms->get(), 0, terms->size() * sizeof(float), stream_.get()));
  }
  CUVAE_CUDA(cudaMemsetAsync(state_.get(), 0, sizeof(StepState), stream_.get()));
  for (std::uint32_t first = 0; first < rows_; first += batch_size_) {
    const std::uint32_t rows = std::min(batch_size_, rows_ - first);
    if (rows == batch_size_ && step_) {
      CUVAE_CUDA(cudaGraphLaunch(step_.get(), stream_.get()));
    } else {
      enqueue_step(rows);
    }
  }
  ++epoch_;
  const auto sum_of = [&](const cuda::DeviceArray<float>& terms) {
    float total = 0;
    CUVAE_CUDA(sum(terms.get(), terms.size(), {}, stream_.get(), total));
    return static_cast<double>(total);
  };
  const double reconstruction = sum_of(reconstruction_terms_);
  const double kl = sum_of(kl_terms_);
  return {reconstruction / (static_cast<double>(rows_) * shape_.columns),
          -0.5 * kl / (static_cast<double>(rows_) * shape_.latent)};
}

std::vector<float> Training::parameters() const {
  std::vector<float> spread(padded_count_);
  CUVAE_CUDA(cudaMemcpyAsync(spread.data(), parameters_.get(), spread.size() * sizeof(float),
                             cudaMemcpyDeviceToHost, stream_.get()));
  stream_.synchronize();
  std::vector<float> parameters(parameter_count(shape_));
  for (const Place& place : places_) {
    const Layer& layer = place.layer;
    float* const to = parameters.data() + layer.offset;
    for (std::uint32_t i = 0; i < layer.inputs; ++i) {
      std::copy_n(spread.data() + place.weights + std::size_t{i} * padded(layer.outputs),
                  layer.outputs, to + std::size_t{i} * layer.outputs);
    }
    std::copy_n(spread.data() + place.biases, layer.outputs, to + layer.weights());
  }
  return parameters;
}

}  // namespace cuvae::unfused
