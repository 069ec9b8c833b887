#include "report/figures.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace cuvae {

std::string score_text(double score) {
  if (score == 0) return "0";
  return std::isfinite(score) ? fmt::format("{:.3f}", score) : "\u2013";
}

std::string nats_text(double nats) {
  if (!std::isfinite(nats)) return "\u2013";
  if (nats == 0) return "0";
  if (std::abs(nats) < 0.0001) return "< 0.0001";
  return std::abs(nats) < 0.1 ? fmt::format("{:.4f}", nats) : fmt::format("{:.3f}", nats);
}

std::string percent_text(double share) {
  if (!std::isfinite(share)) return "\u2013";
  const double percent = share * 100;
  if (percent == 0) return "0 %";
  if (percent < 0.01) return "< 0.01 %";
  if (percent == 100) return "100 %";
  return percent < 1 ? fmt::format("{:.2f} %", percent) : fmt::format("{:.1f} %", percent);
}

std::string figure_text(MetricScale scale, double value) {
  if (scale == MetricScale::nats) return nats_text(value);
  return scale == MetricScale::share ? percent_text(value) : score_text(value);
}

const char* unit_text(MetricScale scale) {
  switch (scale) {
    case MetricScale::score:
      return " of 1";
    case MetricScale::nats:
      return " nats";
    case MetricScale::area:
      return " AUC";
    case MetricScale::share:
      break;
  }
  return "";
}

double meter_share(const Metric& metric, double value) {
  const auto [empty, full] = metric.meter;
  if (empty == full) return std::numeric_limits<double>::quiet_NaN();
  // No share of -0: it would be spelled so.
  return std::clamp((value - empty) / (full - empty), 0.0, 1.0) + 0.0;
}

double shape_score(const ColumnMetrics& column) {
  return 1 - distance(column);
}

}  // namespace cuvae
