#include "models/check_settings.hpp"

#include <cmath>
#include <string>

#include <cuvae/error.hpp>
#include <cuvae/train.hpp>

#include "kernels/arithmetic/shuffle.hpp"

namespace cuvae {
namespace {
constexpr float most_validation = 0.5F;
}

void check_settings(const TrainSettings& settings, std::uint64_t rows) {
  const auto require = [](bool met, const std::string& message) {
    if (!met) throw Error(ErrorKind::usage, message);
  };
  require(settings.epochs >= 1, "the number of epochs must be at least 1");
  require(settings.batch_size >= 1 && settings.batch_size <= most_batch_rows,
          "the batch size must be 1 to " + std::to_string(most_batch_rows) + ", not " +
              std::to_string(settings.batch_size));
  require(std::isfinite(settings.learning_rate) && settings.learning_rate > 0,
          "the learning rate must be a positive number");
  require(std::isfinite(settings.kl_weight) && settings.kl_weight >= 0,
          "the KL weight must be 0 or a positive number");
  require(settings.width >= least_width && settings.width <= most_width &&
              settings.width % least_width == 0,
          "`width` must be a multiple of 32 up to 256, not " + std::to_string(settings.width));
  require(settings.validation >= 0 && settings.validation <= most_validation,
          "`validation` must be 0 to 0.5");
  require(rows >= 1, "the table has no rows to train on");
  require(rows <= max_shuffled_rows, "the table has " + std::to_string(rows) + " rows; at most " +
                                         std::to_string(max_shuffled_rows) + " can be trained on");
}

}  // namespace cuvae
