// What changes from step to step while a token network trains: Adam's step size and the KL weight.
#pragma once

#include <algorithm>
#include <cstdint>

#include <cuvae/train.hpp>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/arithmetic/elementary.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"

namespace cuvae {

// Factors of a batch's gradients: means over its own rows.
struct TokenScale {
  float reconstruction;  // 1 / rows
  float kl;              // weight / rows
};

class TrainSchedule {
 public:
  TrainSchedule(const TrainSettings& options, std::uint64_t steps)
      : adam_(options.learning_rate),
        steps_(steps),
        warm_up_(std::max<std::uint64_t>(1, std::min<std::uint64_t>(3000, steps * 3 / 10))),
        kl_weight_(options.kl_weight) {}

  // The step size of the next step; counts it.
  float next_step_size() {
    constexpr float least = 0.02F;
    const float turn =
        static_cast<float>(static_cast<double>(step_) / (2.0 * static_cast<double>(steps_)));
    float sine, cosine;
    sin_cos_turn<ScalarOps>(turn, sine, cosine);
    ++step_;
    return adam_.next() * (least + (1.0F - least) * 0.5F * (1.0F + cosine));
  }

  // Of step number `step`, from 0.
  TokenScale scale(std::uint64_t step, std::uint32_t rows) const {
    const float share =
        step >= warm_up_
            ? 1.0F
            : static_cast<float>(static_cast<double>(step) / static_cast<double>(warm_up_));
    const float mean = 1.0F / static_cast<float>(rows);
    return {mean, kl_weight_ * share * mean};
  }

 private:
  AdamSteps adam_;
  std::uint64_t steps_;
  std::uint64_t warm_up_;
  float kl_weight_;
  std::uint64_t step_ = 0;
};

}  // namespace cuvae
