// What changes from step to step while a token network trains, Adam's step size and the KL weight,
// and when it ends.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

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

// Stands for an epoch where held-out rows are asked: they always have the same noise and the same
// order.
inline constexpr std::uint32_t held_out_epoch = 0xFFFFFFFFU;

// Steps over which the KL weight grows. Where held-out rows may end a training long before its most
// steps, they are a smaller share of these.
inline std::uint64_t warm_up_steps(bool stops_early, std::uint64_t steps) {
  const std::uint64_t share = stops_early ? steps / 10 : steps * 3 / 10;
  return std::max<std::uint64_t>(1, std::min<std::uint64_t>(3000, share));
}

// What an epoch's held-out rows cost, nats a row.
inline double validation_loss(double reconstruction, double kl, float kl_weight,
                              std::uint32_t rows) {
  return (reconstruction + static_cast<double>(kl_weight) * kl) / static_cast<double>(rows);
}

class TrainSchedule {
 public:
  TrainSchedule(const TrainSettings& options, std::uint64_t steps)
      : adam_(options.learning_rate),
        steps_(steps),
        warm_up_(warm_up_steps(options.stops_early, steps)),
        kl_weight_(options.kl_weight) {}

  // The step size of the next step; counts it.
  float next_step_size() {
    factor_ = least_factor + (from_ - least_factor) * 0.5F * (1.0F + cosine());
    ++step_;
    return adam_.next() * factor_;
  }

  // From now on the step size falls from where it is to its end within so many steps.
  void wind_down(std::uint64_t steps) {
    from_ = factor_;
    start_ = step_;
    steps_ = std::max<std::uint64_t>(1, steps);
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
  static constexpr float least_factor = 0.02F;

  // 1 at the start of the fall, -1 at its end.
  float cosine() const {
    const float turn = static_cast<float>(static_cast<double>(step_ - start_) /
                                          (2.0 * static_cast<double>(steps_)));
    float sine, cosine;
    sin_cos_turn<ScalarOps>(turn, sine, cosine);
    return cosine;
  }

  AdamSteps adam_;
  std::uint64_t steps_;
  std::uint64_t warm_up_;
  float kl_weight_;
  std::uint64_t step_ = 0;
  std::uint64_t start_ = 0;  // of the fall, which takes steps_
  float from_ = 1;
  float factor_ = 1;  // of the last step
};

// Decides after each epoch, by what held-out rows cost, how to go on. While they get cheaper,
// training goes on as planned. When they don't for a while, it goes back to where they were
// cheapest and brings the step size down from there, in half the epochs that led there: that takes
// the noise off the parameters without time to learn rows by heart. Rows drawn come closer to real
// ones a little beyond the cheapest place, so the end counts and not the best epoch on the way.
class EarlyStop {
 public:
  struct Decision {
    bool keep = false;       // the parameters and moments as they are
    bool wind_down = false;  // go back to those kept, then within wind_down_epochs()
    bool stop = false;
  };

  EarlyStop(std::uint32_t epochs, std::uint64_t steps_of_epoch)
      : epochs_(epochs),
        end_(epochs),
        least_patience_(std::max<std::uint64_t>(
            5, (least_patience_steps + steps_of_epoch - 1) / steps_of_epoch)),
        warm_up_epochs_((warm_up_steps(true, epochs * steps_of_epoch) + steps_of_epoch - 1) /
                        steps_of_epoch) {}

  Decision after_epoch(double loss) {
    ++done_;
    Decision decision;
    // Before the KL weight is whole, a lower loss than later may come from a latent without limits.
    if (done_ < warm_up_epochs_ && done_ < epochs_) return decision;
    if (done_ >= end_) {
      decision.stop = true;
    } else if (winding_down_) {
      return decision;
    } else if (loss < best_) {
      best_ = loss;
      best_epoch_ = done_;
      decision.keep = true;
    } else if (done_ - best_epoch_ >= std::max(least_patience_, best_epoch_ / 4)) {
      winding_down_ = decision.wind_down = true;
      end_ = std::min(epochs_, done_ + wind_down_epochs());
    }
    return decision;
  }

  std::uint64_t wind_down_epochs() const { return std::max(least_patience_, best_epoch_ / 2); }

 private:
  static constexpr std::uint64_t least_patience_steps = 50;
  std::uint64_t epochs_;
  std::uint64_t end_;
  std::uint64_t least_patience_;
  std::uint64_t warm_up_epochs_;
  std::uint64_t done_ = 0;
  std::uint64_t best_epoch_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
  bool winding_down_ = false;
};

}  // namespace cuvae
