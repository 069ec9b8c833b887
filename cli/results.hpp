// Scores as people read them.
#pragma once

#include <string>

#include <cuvae/evaluate.hpp>

#include "terminal/console.hpp"

namespace cuvae::cli {

// Overall scores, then a line for each column; with a holdout, its numbers beside.
std::string score_table(const Evaluation& evaluation, const Console& console);

// Where there is a target and nothing was learned about it.
inline constexpr const char* too_few_asked =
    "target    not asked about: no label stands in five of the held-out rows; hold out more";

}  // namespace cuvae::cli
