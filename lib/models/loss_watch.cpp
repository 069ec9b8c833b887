#include "models/loss_watch.hpp"

#include <cmath>
#include <fmt/format.h>

#include <cuvae/error.hpp>

namespace cuvae {

void check_losses(double reconstruction, double kl, std::uint32_t epoch, std::uint32_t step,
                  std::uint32_t steps, const TrainSettings& settings) {
  if (std::isfinite(reconstruction) && std::isfinite(kl)) return;
  throw Error(ErrorKind::runtime,
              fmt::format("epoch {} of {}, step {} of {}: the loss is not a finite number; train "
                          "again with a `learning_rate` below {}, or a smaller `kl_weight`",
                          epoch + 1, settings.epochs, step + 1, steps, settings.learning_rate));
}

}  // namespace cuvae
