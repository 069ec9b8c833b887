#include "report/drawing.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace cuvae {

std::string number(double x) {
  return fmt::format("{:.4g}", x);
}

std::size_t highest(const std::vector<double>& shares) {
  return static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin());
}

void axis_text(Html& html, double x, double y, Literal anchor, const std::string& text) {
  html.leaf("text", text, {{"x", x}, {"y", y}, {"text-anchor", anchor.text()}});
}

std::vector<double> equal_places(std::size_t bars) {
  std::vector<double> places;
  for (std::size_t i = 0; i <= bars; ++i) {
    places.push_back(static_cast<double>(i) / static_cast<double>(bars));
  }
  return places;
}

std::string bar_path(const BarFrame& frame, const std::vector<double>& shares, double gap) {
  std::string path;
  for (std::size_t bar = 0; bar < shares.size(); ++bar) {
    const double height = shares[bar] / frame.full * frame.height;
    if (height <= 0) continue;
    const double width = (frame.places[bar + 1] - frame.places[bar]) * frame.width;
    const double space = std::min(gap, width / 4);
    path +=
        fmt::format("M{} {}v-{}h{}v{}z", number(frame.places[bar] * frame.width + space / 2),
                    number(frame.bottom), number(height), number(width - space), number(height));
  }
  return path;
}

std::string step_path(const BarFrame& frame, const std::vector<double>& shares) {
  std::string path = fmt::format("M0 {}", number(frame.bottom));
  double y = frame.bottom;
  for (std::size_t bar = 0; bar < shares.size(); ++bar) {
    const double next = frame.bottom - shares[bar] / frame.full * frame.height;
    if (std::abs(next - y) > 0.005) path += fmt::format("V{}", number(next));
    path += fmt::format("H{}", number(frame.places[bar + 1] * frame.width));
    y = next;
  }
  return path + fmt::format("V{}", number(frame.bottom));
}

std::string cumulative_path(const BarFrame& frame, const std::vector<double>& shares) {
  std::string path = fmt::format("M0 {}", number(frame.bottom));
  double sum = 0;
  for (std::size_t bar = 0; bar < shares.size(); ++bar) {
    sum += shares[bar];
    path += fmt::format("L{} {}", number(frame.places[bar + 1] * frame.width),
                        number(frame.bottom - std::min(sum, 1.0) * frame.height));
  }
  return path;
}

}  // namespace cuvae
