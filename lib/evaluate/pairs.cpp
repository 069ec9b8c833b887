#include "evaluate/pairs.hpp"

#include <cmath>

#include "evaluate/evaluation_device.hpp"

namespace cuvae {
namespace {

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
                                       EvaluationDevice& device, unsigned threads,
                                       SharedProgress& progress) {
  const std::size_t columns = alignment.bases.size();
  std::vector<PairMetrics> metrics(pair_steps(columns));
  std::vector<ColumnPair> numeric;
  std::vector<ColumnPair> categories;
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = i + 1; j < columns; ++j) {
      const bool numbers = alignment.bases[i].numeric && alignment.bases[j].numeric;
      (numbers ? numeric : categories).push_back({i, j});
    }
  }
  const auto index_of = [&](const ColumnPair& pair) {
    return pair_index(columns, pair.first, pair.second);
  };

  if (!numeric.empty()) {
    const std::vector<double> real = correlations(alignment, 0, threads, progress);
    const std::vector<double> others = correlations(alignment, other, threads, progress);
    for (const ColumnPair& pair : numeric) {
      const std::size_t index = index_of(pair);
      metrics[index] = from_correlations(real[index], others[index]);
      progress.advance();
    }
  }
  const std::vector<PairMetrics> counted =
      device.compare_categories(alignment, other, categories, progress);
  for (std::size_t i = 0; i < categories.size(); ++i) metrics[index_of(categories[i])] = counted[i];
  return metrics;
}

}  // namespace cuvae
