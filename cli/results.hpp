// Scores as people read them.
#pragma once

#include <string>

#include <cuvae/evaluate.hpp>

#include "console.hpp"

namespace cuvae::cli {

// Overall scores, then a line for each column; with a holdout, its numbers beside.
std::string score_table(const Evaluation& evaluation, const Console& console);

}  // namespace cuvae::cli
