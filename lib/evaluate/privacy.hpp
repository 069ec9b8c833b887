// How close synthetic rows come to the rows that the model learned from.
#pragma once

#include <cuvae/evaluate.hpp>

#include "evaluate/alignment.hpp"
#include "evaluate/evaluation_device.hpp"
#include "support/shared_progress.hpp"

namespace cuvae {

// Shares of rows that equal some real row in every cell but keys.
struct Copies {
  double synthetic = 0;
  double holdout = 0;  // 0 without one
};

// alignment.tables: real, synthetic and perhaps a holdout. A step for each.
Copies count_copies(const Alignment& alignment, unsigned threads, SharedProgress& progress);

// Fills all of Privacy but copies and the holdout's scores and columns. alignment.tables: real,
// synthetic, holdout.
Privacy measure_privacy(const Alignment& alignment, EvaluationDevice& device,
                        SharedProgress& progress);

// Steps of progress that measure_privacy() takes.
std::size_t privacy_steps(std::uint64_t real_rows, std::uint64_t synthetic_rows,
                          std::uint64_t holdout_rows);

}  // namespace cuvae
