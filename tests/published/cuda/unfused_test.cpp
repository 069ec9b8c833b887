// The unfused training step, which benchmarks compare with. It runs here between plain matrix
// products, and with cuBLASLt and cuRAND where those, or stand-ins for them, can start; what is
// asked of cuBLASLt is looked at on the host, too.
#include <cmath>
#include <random>

#include <cuvae/error.hpp>

#include "kernels/published/reference.hpp"
#include "measure/unfused/training.hpp"
#include "runtime/cuda/device_copy.hpp"
#include "runtime/cuda/gpu_test.hpp"

#if defined(CUVAE_HAS_CUBLASLT)
#include "measure/unfused/cublaslt.hpp"
#endif

namespace cuvae::unfused {
namespace {

constexpr Layer layer{5, 7, 0};
constexpr std::uint32_t rows = 6;

class Unfused : public GpuTest {};

std::vector<float> random_numbers(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> draw(-1, 1);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = draw(engine);
  return numbers;
}

// What a Product says, computed on the host from its description alone.
std::vector<float> product_on_host(const Product& product, const std::vector<float>& a,
                                   const std::vector<float>& b) {
  const auto at = [](const std::vector<float>& matrix, const Operand& operand, std::size_t row,
                     std::size_t column) {
    return operand.transposed ? matrix.at(row * operand.stride + column)
                              : matrix.at(column * operand.stride + row);
  };
  std::vector<float> d(std::size_t{product.n} * product.d.stride);
  for (std::size_t j = 0; j < product.n; ++j) {
    for (std::size_t i = 0; i < product.m; ++i) {
      for (std::size_t k = 0; k < product.k; ++k) {
        d[j * product.d.stride + i] += at(a, product.a, i, k) * at(b, product.b, k, j);
      }
    }
  }
  return d;
}

TEST(UnfusedProducts, AreThoseOfADenseLayer) {
  const std::uint32_t in = padded(layer.inputs);
  const std::uint32_t out = padded(layer.outputs);
  const auto weights = random_numbers(std::size_t{layer.inputs} * out, 1);
  const auto inputs = random_numbers(std::size_t{rows} * in, 2);
  const auto gradients = random_numbers(std::size_t{rows} * out, 3);

  const auto outputs = product_on_host(forward_product(layer, rows, true), weights, inputs);
  for (std::uint32_t r = 0; r < rows; ++r) {
    for (std::uint32_t j = 0; j < layer.outputs; ++j) {
      float sum = 0;
      for (std::uint32_t i = 0; i < layer.inputs; ++i) {
        sum += weights[i * out + j] * inputs[r * in + i];
      }
      EXPECT_FLOAT_EQ(outputs[r * out + j], sum);
    }
  }
  const auto back = product_on_host(input_gradient_product(layer, rows), weights, gradients);
  for (std::uint32_t r = 0; r < rows; ++r) {
    for (std::uint32_t i = 0; i < layer.inputs; ++i) {
      float sum = 0;
      for (std::uint32_t j = 0; j < layer.outputs; ++j) {
        sum += weights[i * out + j] * gradients[r * out + j];
      }
      EXPECT_FLOAT_EQ(back[r * in + i], sum);
    }
  }
  const auto weight_gradient =
      product_on_host(weight_gradient_product(layer, rows), gradients, inputs);
  for (std::uint32_t i = 0; i < layer.inputs; ++i) {
    for (std::uint32_t j = 0; j < layer.outputs; ++j) {
      float sum = 0;
      for (std::uint32_t r = 0; r < rows; ++r) sum += inputs[r * in + i] * gradients[r * out + j];
      EXPECT_FLOAT_EQ(weight_gradient[i * out + j], sum);
    }
  }
}

TEST(UnfusedProducts, RefuseWhatDoesNotFit) {
  const Product good = forward_product(layer, rows, false);
  EXPECT_NO_THROW(check(good));
  const auto refused = [&](auto change) {
    Product product = good;
    change(product);
    EXPECT_THROW(check(product), Error);
  };
  refused([](Product& p) { p.m = 0; });
  refused([](Product& p) { p.k += 1; });
  refused([](Product& p) { p.n -= 1; });
  refused([](Product& p) { p.a.stride = p.a.rows - 1; });
  refused([](Product& p) { p.b.transposed = true; });
  refused([](Product& p) { p.d.transposed = true; });
  refused([](Product& p) { p.d.rows = 3; });
}

#if defined(CUVAE_HAS_CUBLASLT)
template <class T>
T layout_attribute(const CublasLt& library, cublasLtMatrixLayout_t layout,
                   cublasLtMatrixLayoutAttribute_t attribute) {
  T value{};
  std::size_t written = 0;
  library.check(library.layout_get(layout, attribute, &value, sizeof value, &written), "get");
  return value;
}

template <class T>
T operation_attribute(const CublasLt& library, const Description& description,
                      cublasLtMatmulDescAttributes_t attribute) {
  T value{};
  std::size_t written = 0;
  library.check(
      library.description_get(description.operation(), attribute, &value, sizeof value, &written),
      "get");
  return value;
}

void expect_layout(const CublasLt& library, cublasLtMatrixLayout_t layout, const Operand& operand) {
  EXPECT_EQ(layout_attribute<std::uint64_t>(library, layout, CUBLASLT_MATRIX_LAYOUT_ROWS),
            operand.rows);
  EXPECT_EQ(layout_attribute<std::uint64_t>(library, layout, CUBLASLT_MATRIX_LAYOUT_COLS),
            operand.columns);
  EXPECT_EQ(layout_attribute<std::int64_t>(library, layout, CUBLASLT_MATRIX_LAYOUT_LD),
            operand.stride);
  EXPECT_EQ(layout_attribute<std::uint32_t>(library, layout, CUBLASLT_MATRIX_LAYOUT_TYPE),
            CUDA_R_32F);
}

TEST(UnfusedProducts, AreDescribedToCublasLt) {
  const auto library = std::make_shared<const CublasLt>();
  const float bias = 0;
  for (const Product& product :
       {forward_product(layer, rows, true), forward_product(layer, rows, false),
        input_gradient_product(layer, rows), weight_gradient_product(layer, rows)}) {
    Description description(library, product);
    expect_layout(*library, description.a(), product.a);
    expect_layout(*library, description.b(), product.b);
    expect_layout(*library, description.d(), product.d);
    EXPECT_EQ(
        operation_attribute<cublasOperation_t>(*library, description, CUBLASLT_MATMUL_DESC_TRANSA),
        product.a.transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    EXPECT_EQ(
        operation_attribute<cublasOperation_t>(*library, description, CUBLASLT_MATMUL_DESC_TRANSB),
        product.b.transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
    const auto epilogue = operation_attribute<cublasLtEpilogue_t>(*library, description,
                                                                  CUBLASLT_MATMUL_DESC_EPILOGUE);
    EXPECT_EQ(epilogue, product.epilogue == Epilogue::none        ? CUBLASLT_EPILOGUE_DEFAULT
                        : product.epilogue == Epilogue::bias      ? CUBLASLT_EPILOGUE_BIAS
                        : product.epilogue == Epilogue::relu_bias ? CUBLASLT_EPILOGUE_RELU_BIAS
                                                                  : CUBLASLT_EPILOGUE_BGRADA);
    description.set_bias(&bias);
    EXPECT_EQ(
        operation_attribute<const float*>(*library, description, CUBLASLT_MATMUL_DESC_BIAS_POINTER),
        &bias);
  }
  Product wrong = forward_product(layer, rows, true);
  wrong.a.stride = 1;
  EXPECT_THROW(Description(library, wrong), Error);
}
#endif

TEST_F(Unfused, ColumnSums) {
  const cuda::Stream stream;
  for (const std::uint32_t count : {1U, 255U, 700U}) {
    const auto gradients = random_numbers(std::size_t{count} * padded(7), 3);
    const auto uploaded = to_device(gradients, stream);
    const auto sums = room_for<float>(7, stream);
    CUVAE_CUDA(launch_column_sums(uploaded.get(), 7, count, sums.get(), stream.get()));
    const auto made = to_host(sums.get(), 7, stream);
    for (std::uint32_t c = 0; c < 7; ++c) {
      double sum = 0;
      for (std::uint32_t r = 0; r < count; ++r) {
        sum += static_cast<double>(gradients[std::size_t{r} * padded(7) + c]);
      }
      EXPECT_NEAR(static_cast<double>(made[c]), sum, 1e-4) << c;
    }
  }
}

Matrix random_matrix(std::uint64_t count, std::uint32_t columns) {
  std::mt19937 engine(4);
  std::uniform_real_distribution<float> draw(0, 1);
  Matrix matrix(count, columns);
  for (std::uint64_t r = 0; r < count; ++r) {
    for (std::uint32_t c = 0; c < columns; ++c) matrix.row(r)[c] = draw(engine);
  }
  return matrix;
}

void expect_near_the_fused(std::shared_ptr<Multiplier> multiplier, const TrainSettings& options,
                           std::uint64_t count, std::uint32_t columns, bool replay) {
  const Matrix data = random_matrix(count, columns);
  const PublishedNetwork wanted = plain::train(data, options);
  Training training(data, options, {std::move(multiplier), make_project_noise()}, replay);
  for (const EpochLoss& loss : wanted.history) {
    const EpochLoss made = training.run_epoch();
    EXPECT_NEAR(made.reconstruction, loss.reconstruction, 1e-5);
    EXPECT_NEAR(made.kl, loss.kl, 1e-5);
  }
  const std::vector<float> parameters = training.parameters();
  ASSERT_EQ(parameters.size(), wanted.parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    // Adam turns the last bits of a small gradient into a part of a step.
    ASSERT_NEAR(static_cast<double>(parameters[p]), static_cast<double>(wanted.parameters[p]), 2e-4)
        << p;
  }
}

TrainSettings short_training(Loss loss) {
  TrainSettings options;
  options.epochs = 3;
  options.batch_size = 64;
  options.seed = 6;
  options.loss = loss;
  return options;
}

TEST_F(Unfused, TrainsToTheSameNetwork) {
  for (const Loss loss : {Loss::bce_kl, Loss::mse}) {
    for (const bool replay : {false, true}) {
      expect_near_the_fused(make_plain_multiplier(), short_training(loss), 150, 15, replay);
    }
  }
  TrainSettings other = short_training(Loss::bce_kl);
  other.hidden = {9, 6};
  other.latent = 3;
  expect_near_the_fused(make_plain_multiplier(), other, 40, 17, true);
}

// Nothing where it can't start: the real libraries need a driver.
template <class Make>
auto started(Make make) -> decltype(make()) {
  try {
    return make();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::device) << error.what();
    return nullptr;
  }
}

TEST_F(Unfused, TrainsWithCublasLt) {
  const auto multiplier = started([] { return make_cublaslt_multiplier(std::size_t{1} << 20); });
  if (!multiplier) GTEST_SKIP() << "cuBLASLt can't start here";
  for (const bool replay : {false, true}) {
    expect_near_the_fused(multiplier, short_training(Loss::bce_kl), 150, 15, replay);
  }
}

TEST_F(Unfused, CurandNumbersAreNormalAndNeverTheSame) {
  const auto noise = started([] { return make_curand_noise(5); });
  if (!noise) GTEST_SKIP() << "cuRAND can't start here";
  constexpr std::uint32_t count = 20'001;  // odd: it makes pairs
  constexpr std::uint32_t latent = 3;
  const cuda::Stream stream;
  const auto room = room_for<float>(count * latent + 1, stream);
  std::vector<float> last(count * latent);
  for (int epoch = 0; epoch < 2; ++epoch) {
    noise->fill(nullptr, count, latent, room.get(), stream.get());
    const auto numbers = to_host(room.get(), count * latent, stream);
    double sum = 0;
    double squares = 0;
    std::size_t same = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto number = static_cast<double>(numbers[i]);
      sum += number;
      squares += number * number;
      same += numbers[i] == last[i];
    }
    const auto n = static_cast<double>(numbers.size());
    EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
    EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2 / n));
    EXPECT_LT(same, 10U);
    last = numbers;
  }
}

// Noise of a known value: what the training does with it, whoever made it.
class ConstantNoise : public Noise {
 public:
  explicit ConstantNoise(std::vector<float> numbers) : numbers_(std::move(numbers)) {}
  void fill(const Table*, std::uint32_t count, std::uint32_t latent, float* numbers,
            cudaStream_t stream) override {
    ASSERT_LE(std::size_t{count} * latent, numbers_.size());
    CUVAE_CUDA(cudaMemcpyAsync(numbers, numbers_.data(),
                               std::size_t{count} * latent * sizeof(float), cudaMemcpyHostToDevice,
                               stream));
    CUVAE_CUDA(cudaStreamSynchronize(stream));
  }

 private:
  std::vector<float> numbers_;
};

// All libraries at once learn what the reference learns; their noise differs, and so a little do
// the losses. The same numbers by another hand give the same losses.
TEST_F(Unfused, LearnsWithLibrariesAlone) {
  const auto multiplier = started([] { return make_cublaslt_multiplier(std::size_t{1} << 20); });
  const auto noise = started([] { return make_curand_noise(9); });
  if (!multiplier || !noise) GTEST_SKIP() << "cuBLASLt or cuRAND can't start here";
  const TrainSettings options = short_training(Loss::bce_kl);
  const Matrix data = random_matrix(600, 15);
  const PublishedNetwork wanted = plain::train(data, options);
  Training training(data, options, {multiplier, noise}, true);

  const cuda::Stream stream;
  const auto room = room_for<float>(600 * options.latent + 1, stream);
  const auto same_noise = make_curand_noise(9);
  same_noise->fill(nullptr, 600, options.latent, room.get(), stream.get());
  const auto numbers = to_host(room.get(), 600 * options.latent, stream);
  Training other(data, options, {make_plain_multiplier(), std::make_shared<ConstantNoise>(numbers)},
                 false);

  const EpochLoss first = training.run_epoch();
  const EpochLoss by_hand = other.run_epoch();
  EXPECT_NEAR(first.reconstruction, by_hand.reconstruction, 1e-5);
  EXPECT_NEAR(first.kl, by_hand.kl, 1e-5);
  EXPECT_NEAR(first.reconstruction, wanted.history[0].reconstruction, 0.01);
  for (std::size_t epoch = 1; epoch < wanted.history.size(); ++epoch) {
    const EpochLoss made = training.run_epoch();
    EXPECT_NEAR(made.reconstruction, wanted.history[epoch].reconstruction, 0.01);
    EXPECT_NEAR(made.kl, wanted.history[epoch].kl, 0.05);
  }
}

}  // namespace
}  // namespace cuvae::unfused
