#include <algorithm>
#include <cmath>
#include <string>

#include <cuvae/train.hpp>

#include "kernels/arithmetic/shuffle.hpp"
#include "models/published/backend.hpp"

namespace cuvae {
namespace {

// Batches beyond this gain nothing and would ask for gigabytes of sums.
constexpr std::uint32_t max_batch_size = 1U << 20;

void check(const Matrix& data, const TrainOptions& options) {
  const auto require = [](bool met, const std::string& message) {
    if (!met) throw Error(ErrorKind::usage, message);
  };
  check_shape({data.columns(), options.hidden, options.latent});
  require(options.epochs >= 1, "the number of epochs must be at least 1");
  require(options.batch_size >= 1 && options.batch_size <= max_batch_size,
          "the batch size must be 1 to " + std::to_string(max_batch_size) + ", not " +
              std::to_string(options.batch_size));
  require(std::isfinite(options.learning_rate) && options.learning_rate > 0,
          "the learning rate must be a positive number");
  require(std::isfinite(options.kl_weight) && options.kl_weight >= 0,
          "the KL weight must be 0 or a positive number");
  require(options.recipe == "seed",
          "the recipe '" + options.recipe + "' trains on tokens: see cuvae::train_tokens");
  require(data.rows() >= 1, "the table has no rows to train on");
  require(data.rows() <= max_shuffled_rows,
          "the table has " + std::to_string(data.rows()) + " rows; at most " +
              std::to_string(max_shuffled_rows) + " can be trained on");
}

}  // namespace

TrainOptions recipe_options(const std::string& recipe) {
  TrainOptions options;
  options.recipe = recipe;
  if (recipe == "seed") return options;
  if (recipe != "fast" && recipe != "best") {
    throw Error(ErrorKind::usage, "unknown recipe '" + recipe + "'; there are: seed, fast, best");
  }
  options.epochs = 0;
  options.learning_rate = 3e-3F;
  return options;
}

std::uint32_t default_epochs(std::uint64_t rows) {
  constexpr std::uint64_t rows_to_see = 5'000'000;
  constexpr std::uint64_t most_epochs = 400;
  if (rows == 0) return 1;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>((rows_to_see + rows - 1) / rows, most_epochs));
}

PublishedNetwork train(const Matrix& data, const TrainOptions& options, const DeviceChoice& device,
                       Monitor& monitor,
                       const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) {
  check(data, options);
  return make_backend(device, {data.columns(), options.hidden, options.latent})
      ->train(data, options, monitor, on_epoch);
}

}  // namespace cuvae
