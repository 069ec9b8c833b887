#include <algorithm>
#include <string>

#include <cuvae/train.hpp>

#include "models/check_options.hpp"
#include "models/published/backend.hpp"

namespace cuvae {
namespace {

void check(const Matrix& data, const TrainOptions& options) {
  check_shape({data.columns(), options.hidden, options.latent});
  if (options.recipe != "seed") {
    throw Error(ErrorKind::usage,
                "the recipe '" + options.recipe + "' trains on tokens: see cuvae::train_tokens");
  }
  check_options(options, data.rows());
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
