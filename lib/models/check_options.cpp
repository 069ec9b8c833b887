#include "models/check_options.hpp"

#include <cmath>
#include <fmt/format.h>
#include <string>

#include <cuvae/error.hpp>

#include "kernels/arithmetic/shuffle.hpp"

namespace cuvae {
namespace {

// Batches beyond this gain nothing and would ask for gigabytes of sums.
constexpr std::uint32_t max_batch_size = 1U << 20;

}  // namespace

void check_options(const TrainOptions& options, std::uint64_t rows) {
  const auto require = [](bool met, const std::string& message) {
    if (!met) throw Error(ErrorKind::usage, message);
  };
  require(options.epochs >= 1, "the number of epochs must be at least 1");
  require(
      options.batch_size >= 1 && options.batch_size <= max_batch_size,
      fmt::format("the batch size must be 1 to {}, not {}", max_batch_size, options.batch_size));
  require(std::isfinite(options.learning_rate) && options.learning_rate > 0,
          "the learning rate must be a positive number");
  require(std::isfinite(options.kl_weight) && options.kl_weight >= 0,
          "the KL weight must be 0 or a positive number");
  require(rows >= 1, "the table has no rows to train on");
  require(
      rows <= max_shuffled_rows,
      fmt::format("the table has {} rows; at most {} can be trained on", rows, max_shuffled_rows));
}

}  // namespace cuvae
