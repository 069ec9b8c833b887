// Associations of column pairs in two tables.
#pragma once

#include <vector>

#include <cuvae/evaluate.hpp>

#include "evaluate/alignment.hpp"
#include "support/shared_progress.hpp"

namespace cuvae {

class EvaluationDevice;

struct ColumnPair {
  std::size_t first;
  std::size_t second;
};

// One pair of columns: strengths as in Associations, NaN where undefined.
struct PairMetrics {
  double real = 0;
  double other = 0;
  double similarity = 0;
};

// [columns * (columns - 1) / 2] pairs in the order (0, 1), (0, 2) ... (1, 2) ... of the real table
// and tables[other].
std::vector<PairMetrics> compare_pairs(const Alignment& alignment, std::size_t other,
                                       EvaluationDevice& device, unsigned threads,
                                       SharedProgress& progress);

// Steps of progress that compare_pairs() takes.
std::size_t pair_steps(std::size_t columns);

// Place of the pair (first, second), first < second, in that order.
constexpr std::size_t pair_index(std::size_t columns, std::size_t first, std::size_t second) {
  return first * (2 * columns - first - 1) / 2 + second - first - 1;
}

// Pearson correlations of all pairs of numeric columns of one table: [pairs] in the order above,
// NaN where one column is constant over the rows that have both, and for other pairs.
std::vector<double> correlations(const Alignment& alignment, std::size_t table, unsigned threads,
                                 SharedProgress& progress);

}  // namespace cuvae
