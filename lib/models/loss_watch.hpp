// Stops a training that can't come to anything any more.
#pragma once

#include <cstdint>

#include <cuvae/settings.hpp>

namespace cuvae {

// Throws Error(runtime), naming the step and the remedy, where one of a step's two losses is not
// finite: no later step will be. Steps and epochs count from 0.
void check_losses(double reconstruction, double kl, std::uint32_t epoch, std::uint32_t step,
                  std::uint32_t steps, const TrainSettings& settings);

}  // namespace cuvae
