// Repeated measurements of one thing.
#pragma once

#include <cstddef>
#include <vector>

namespace cuvae::measure {

// Order statistics; quantiles between two values are taken in proportion.
struct Spread {
  double minimum = 0;
  double lower_quartile = 0;
  double median = 0;
  double upper_quartile = 0;
  double maximum = 0;
  std::size_t repeats = 0;
};

// Of at least one value.
Spread spread_of(std::vector<double> values);

}  // namespace cuvae::measure
