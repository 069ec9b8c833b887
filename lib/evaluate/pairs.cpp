#include "evaluate/pairs.hpp"

#include <array>
#include <cmath>

#include "evaluate/contingency.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

struct Pair {
  std::size_t first;
  std::size_t second;
};

PairMetrics from_correlations(double real, double other) {
  PairMetrics metrics{std::abs(real), std::abs(other), 1 - std::abs(real - other) / 2};
  if (std::isnan(other) && !std::isnan(real)) metrics.similarity = 0.5;
  return metrics;
}

}  // namespace

std::size_t pair_steps(std::size_t columns) {
  return columns * (columns - 1) / 2;
}

std::vector<PairMetrics> compare_pairs(const Alignment& alignment, std::size_t other,
                                       unsigned threads, Steps& steps) {
  const std::size_t columns = alignment.bases.size();
  std::vector<PairMetrics> metrics(pair_steps(columns));
  std::vector<Pair> numeric;
  std::vector<Pair> dense;
  std::vector<std::vector<Pair>> grouped(columns);
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = i + 1; j < columns; ++j) {
      const std::size_t cells = categories_of(alignment, i) * categories_of(alignment, j);
      if (alignment.bases[i].numeric && alignment.bases[j].numeric) {
        numeric.push_back({i, j});
      } else if (cells <= dense_cells) {
        dense.push_back({i, j});
      } else {
        grouped[i].push_back({i, j});
      }
    }
  }
  const auto result = [&](const Pair& pair) -> PairMetrics& {
    return metrics[pair_index(columns, pair.first, pair.second)];
  };

  if (!numeric.empty()) {
    const std::vector<double> real = correlations(alignment, 0, threads, steps);
    const std::vector<double> others = correlations(alignment, other, threads, steps);
    for (const Pair& pair : numeric) {
      const std::size_t index = pair_index(columns, pair.first, pair.second);
      result(pair) = from_correlations(real[index], others[index]);
      steps.advance();
    }
  }
  for_each_index(threads, dense.size(), [&](std::size_t index) {
    const Pair& pair = dense[index];
    result(pair) = count_densely(alignment, other, pair.first, pair.second);
    steps.advance();
  });
  for (std::size_t first = 0; first < columns; ++first) {
    if (grouped[first].empty()) continue;
    const Groups real_groups(alignment.tables[0], first);
    const Groups other_groups(alignment.tables[other], first);
    for_each_index(threads, grouped[first].size(), [&](std::size_t index) {
      const Pair& pair = grouped[first][index];
      result(pair) =
          count_by_groups(alignment, other, pair.first, pair.second, real_groups, other_groups);
      steps.advance();
    });
  }
  return metrics;
}

}  // namespace cuvae
