// What trees learn about real rows from synthetic ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <cuvae/evaluate.hpp>

#include "evaluate/alignment.hpp"
#include "support/shared_progress.hpp"

namespace cuvae {

// Predicts `target`, a column of the alignment of the real, the synthetic and perhaps a holdout
// table. Nothing where no question can be asked of the rows that were drawn.
std::optional<Prediction> predict(const Alignment& alignment, const std::string& target,
                                  unsigned threads, SharedProgress& progress);

// Steps of progress that predict() takes.
inline constexpr std::size_t prediction_steps = 1;

}  // namespace cuvae
