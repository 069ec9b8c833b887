// Columns of numbers, dates and times as the report draws them.
#pragma once

#include <cuvae/evaluate.hpp>

#include "evaluate/alignment.hpp"

namespace cuvae {

// Of a numeric column. Scale and quantiles come from at most 100,000 real rows, spread evenly.
NumberDrawing number_drawing(const Basis& basis, const AlignedColumn& real,
                             const AlignedColumn& other);

}  // namespace cuvae
