// What the drawings of the report have in common: their units, figures and paths.
#pragma once

#include <string>
#include <vector>

#include "report/html.hpp"

namespace cuvae {

// Units of the drawings; the style sheet scales them to their box.
inline constexpr double chart_width = 320;
inline constexpr double chart_height = 190;
inline constexpr double plot_top = 16;
inline constexpr double plot_bottom = 168;
inline constexpr std::size_t name_characters = 60;

std::string number(double x);

// Where the highest share is.
std::size_t highest(const std::vector<double>& shares);

void axis_text(Html& html, double x, double y, Literal anchor, const std::string& text);

// Where bars stand: their edges from 0 to 1, the bottom, and the height of a share of `full`.
struct BarFrame {
  std::vector<double> places;  // [bars + 1]
  double width = chart_width;
  double bottom = plot_bottom;
  double height = plot_bottom - plot_top;
  double full = 1;
};

std::vector<double> equal_places(std::size_t bars);

// Bars side by side, each closed along the bottom.
std::string bar_path(const BarFrame& frame, const std::vector<double>& shares, double gap);

// The same as steps, open at the bottom.
std::string step_path(const BarFrame& frame, const std::vector<double>& shares);

// Shares summed up from the left, as a line.
std::string cumulative_path(const BarFrame& frame, const std::vector<double>& shares);

}  // namespace cuvae
