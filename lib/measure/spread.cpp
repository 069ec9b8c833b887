#include "measure/spread.hpp"

#include <algorithm>
#include <cmath>

namespace cuvae::measure {

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto quantile = [&](double share) {
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], place - std::floor(place));
  };
  return {values.front(), quantile(0.25), quantile(0.5),
          quantile(0.75), values.back(),  values.size()};
}

}  // namespace cuvae::measure
