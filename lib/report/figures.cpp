#include "report/figures.hpp"

#include <cmath>
#include <fmt/format.h>

namespace cuvae {

std::string whole_number(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

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

double shape_score(const ColumnMetrics& column) {
  return 1 - (column.numeric ? column.ks : column.tv);
}

}  // namespace cuvae
