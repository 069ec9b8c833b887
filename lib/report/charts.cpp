#include "report/charts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/drawing.hpp"
#include "report/figures.hpp"

namespace cuvae {
namespace {

constexpr std::size_t label_bars_up_to = 6;  // values of an ordinal; more are drawn as bins

void draw_bar_pair(Html& html, double real, double synthetic, double most) {
  const auto width = [&](double share) {
    return fmt::format("width:{}%", number(share / most * 100));
  };
  const auto bars = html.element("span", {{"class", "bars"}, {"aria-hidden", "true"}});
  html.leaf("span", "", {{"class", "real"}, {"style", width(real)}});
  html.leaf("span", "", {{"class", "made"}, {"style", width(synthetic)}});
}

void draw_head_row(Html& html, Literal first) {
  const auto head = html.element("thead");
  const auto row = html.element("tr");
  html.leaf("th", first.text(), {{"scope", "col"}});
  html.leaf("th", "Real", {{"scope", "col"}});
  html.leaf("th", "Synth.", {{"scope", "col"}});
}

void draw_label_row(Html& html, const Histogram& histogram, std::size_t bin, double most) {
  const auto row = html.element("tr");
  {
    const auto head = html.element("th", {{"scope", "row"}});
    const bool rest = histogram.rest && bin + 1 == histogram.labels.size();
    if (rest || histogram.labels[bin].empty()) {
      html.leaf("i", rest ? "all others" : "missing");
    } else {
      const auto label = html.element("b");
      html.text(histogram.labels[bin], name_characters);
    }
    draw_bar_pair(html, histogram.real[bin], histogram.synthetic[bin], most);
  }
  html.leaf("td", percent_text(histogram.real[bin]));
  html.leaf("td", percent_text(histogram.synthetic[bin]));
}

void draw_label_table(Html& html, const ColumnMetrics& column, std::size_t begin, std::size_t end,
                      double most, bool caption) {
  const auto table = html.element("table", {{"class", "labels"}});
  if (caption) {
    html.leaf("caption", fmt::format("Shares of {}", displayed(column.name, name_characters)),
              {{"class", "unseen"}});
  }
  draw_head_row(html, "Value");
  const auto body = html.element("tbody");
  for (std::size_t bin = begin; bin < end; ++bin) {
    draw_label_row(html, column.histogram, bin, most);
  }
}

// 0 for next to nothing (blank), else 1 ... levels by strength; -1 where undefined.
constexpr int levels = 10;

int level_of(double strength, double full) {
  if (std::isnan(strength)) return -1;
  return static_cast<int>(std::lround(std::min(std::abs(strength) / full, 1.0) * levels));
}

// The cells that fit, as strokes along their rows: short even for a hundred columns.
template <class Fits>
std::string strokes(const HeatMap& map, Fits&& fits) {
  const std::size_t size = map.names.size();
  std::string path;
  for (std::size_t row = 0; row < size; ++row) {
    const auto cell = [&](std::size_t column) { return map.cells[row * size + column]; };
    for (std::size_t begin = 0; begin < size;) {
      if (!fits(cell(begin))) {
        ++begin;
        continue;
      }
      std::size_t end = begin + 1;
      while (end < size && fits(cell(end))) ++end;
      path += fmt::format("M{} {}.5h{}", begin, row, end - begin);
      begin = end;
    }
  }
  return path;
}

void draw_cells(Html& html, const HeatMap& map) {
  for (int level = 1; level <= levels; ++level) {
    for (const bool negative : {false, true}) {
      const std::string path = strokes(map, [&](double cell) {
        return level_of(cell, map.full) == level && (cell < 0) == negative;
      });
      if (path.empty()) continue;
      html.single("path", {{"class", negative ? "less" : "more"},
                           {"stroke-opacity", static_cast<double>(level) / levels},
                           {"d", path}});
    }
  }
  const std::string undefined = strokes(map, [](double cell) { return std::isnan(cell); });
  if (!undefined.empty()) html.single("path", {{"class", "void"}, {"d", undefined}});
}

void draw_cell_titles(Html& html, const HeatMap& map) {
  const std::size_t size = map.names.size();
  const auto group = html.element("g", {{"class", "hover"}});
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      const double cell = map.cells[row * size + column];
      const auto box = html.element("rect", {{"x", static_cast<double>(column)},
                                             {"y", static_cast<double>(row)},
                                             {"width", 1},
                                             {"height", 1}});
      const char* sign = map.difference && cell > 0 ? "+" : "";
      html.leaf("title", fmt::format("{} \u00D7 {}: {}{}", displayed(map.names[row], 24),
                                     displayed(map.names[column], 24), sign, score_text(cell)));
    }
  }
}

}  // namespace

bool has_label_bars(const ColumnMetrics& column) {
  return !column.numeric &&
         (column.kind == ColumnKind::label || column.histogram.labels.size() <= label_bars_up_to);
}

void draw_label_bars(Html& html, const ColumnMetrics& column, std::size_t open_rows,
                     std::size_t rows) {
  const Histogram& histogram = column.histogram;
  const double most = std::max({1e-12, histogram.real[highest(histogram.real)],
                                histogram.synthetic[highest(histogram.synthetic)]});
  const std::size_t end = std::min(rows, histogram.labels.size());
  // One more row costs less than a fold.
  const std::size_t open = end <= open_rows + 1 ? end : open_rows;
  draw_label_table(html, column, 0, open, most, true);
  if (open == end) return;
  const auto details = html.element("details");
  html.leaf("summary", fmt::format("{} more", end - open));
  draw_label_table(html, column, open, end, most, false);
}

bool has_missing(const ColumnMetrics& column) {
  return column.missing_real > 0 || column.missing_synthetic > 0;
}

void draw_missing_table(Html& html, const std::vector<ColumnMetrics>& columns, std::size_t rows) {
  std::vector<const ColumnMetrics*> shown;
  double most = 0;
  for (const ColumnMetrics& column : columns) {
    if (!has_missing(column)) continue;
    most = std::max({most, column.missing_real, column.missing_synthetic});
    shown.push_back(&column);
  }
  std::stable_sort(shown.begin(), shown.end(),
                   [](const auto* a, const auto* b) { return a->missing_real > b->missing_real; });
  if (shown.size() > rows) shown.resize(rows);
  const auto table = html.element("table", {{"class", "labels"}});
  html.leaf("caption", "Shares of missing cells", {{"class", "unseen"}});
  draw_head_row(html, "Column");
  const auto body = html.element("tbody");
  for (const ColumnMetrics* const column : shown) {
    const auto row = html.element("tr");
    {
      const auto head = html.element("th", {{"scope", "row"}});
      {
        const auto name = html.element("b");
        html.text(column->name, name_characters);
      }
      draw_bar_pair(html, column->missing_real, column->missing_synthetic, most);
    }
    html.leaf("td", percent_text(column->missing_real));
    html.leaf("td", percent_text(column->missing_synthetic));
  }
}

void draw_heat_map(Html& html, const HeatMap& map, bool titles) {
  const std::size_t size = map.names.size();
  const double label_room = size > 30 ? 7.0 : 4.6;  // cells
  const auto side = static_cast<double>(size);
  const auto figure = html.element("figure");
  html.leaf("figcaption", map.caption);
  const auto scroller = html.element(
      "div",
      {{"class", "scroll"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", map.caption}});
  const auto svg = html.element(
      "svg", {{"viewBox", fmt::format("{} 0 {} {}", number(-label_room), number(side + label_room),
                                      number(side + label_room))},
              {"role", "img"},
              {"class", map.difference ? "heat difference" : "heat"},
              {"style", fmt::format("min-width:{}px", size * 13 + 70)},
              {"aria-label", map.description}});
  html.single("rect", {{"class", "blank"}, {"width", side}, {"height", side}});
  draw_cells(html, map);
  {
    const auto labels = html.element("g", {{"class", "names"}});
    for (std::size_t i = 0; i < size; ++i) {
      const std::string name = displayed(map.names[i], size > 30 ? 16 : 11);
      const double place = static_cast<double>(i) + 0.5;
      html.leaf("text", name, {{"x", -0.25}, {"y", place + 0.18}, {"text-anchor", "end"}});
      html.leaf("text", name,
                {{"transform", fmt::format("translate({} {}) rotate(-60)", number(place + 0.25),
                                           number(side + 0.5))},
                 {"text-anchor", "end"}});
    }
  }
  if (titles) draw_cell_titles(html, map);
}

void draw_curve(Html& html, const std::string& name, const std::vector<double>& losses,
                bool second) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double loss : losses) {
    if (!std::isfinite(loss)) continue;
    low = std::min(low, loss);
    high = std::max(high, loss);
  }
  const double span = high > low ? high - low : 1;
  const auto figure = html.element("figure");
  html.leaf("figcaption", name);
  const auto svg = html.element(
      "svg", {{"viewBox", "0 0 320 190"},
              {"role", "img"},
              {"class", "curve"},
              {"aria-label",
               fmt::format("{} over {} epochs: first {}, last {}, lowest {}.", name, losses.size(),
                           nats_text(losses.front()), nats_text(losses.back()), nats_text(low))}});
  html.single("path", {{"class", "grid"}, {"d", "M0 16H320M0 92H320"}});
  html.single("path", {{"class", "base"}, {"d", "M0 168H320"}});
  std::string path;
  // Thousands of epochs are drawn as some hundred points.
  const std::size_t stride = (losses.size() + 319) / 320;
  const double last = losses.size() > 1 ? static_cast<double>(losses.size() - 1) : 1;
  double x = 0;
  double y = 0;
  for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
    if (!std::isfinite(losses[epoch]) || (epoch % stride != 0 && epoch + 1 != losses.size()))
      continue;
    x = 4 + static_cast<double>(epoch) / last * (chart_width - 8);
    y = plot_bottom - (losses[epoch] - low) / span * (plot_bottom - plot_top - 8) - 4;
    path += fmt::format("{}{} {}", path.empty() ? 'M' : 'L', number(x), number(y));
  }
  if (path.empty()) return;
  html.single("path", {{"class", second ? "made" : "line"}, {"d", path}});
  html.single("circle",
              {{"class", second ? "made dot" : "line dot"}, {"cx", x}, {"cy", y}, {"r", 3.5}});
  axis_text(html, 0, plot_top - 4, "start", nats_text(high));
  axis_text(html, chart_width, plot_bottom - 8 > y + 10 ? y + 16 : y - 8, "end",
            nats_text(losses.back()));
  axis_text(html, 0, chart_height - 6, "start", "epoch 1");
  axis_text(html, chart_width, chart_height - 6, "end", fmt::format("{}", losses.size()));
}

void draw_meter(Html& html, double value, double mark, const std::string& description) {
  const auto svg = html.element("svg", {{"viewBox", "0 0 100 8"},
                                        {"role", "img"},
                                        {"class", "meter"},
                                        {"preserveAspectRatio", "none"},
                                        {"aria-label", description}});
  html.single("rect", {{"class", "track"}, {"y", 1}, {"width", 100}, {"height", 6}, {"rx", 1}});
  if (std::isfinite(value)) {
    html.single("rect", {{"class", "fill"},
                         {"y", 1},
                         {"width", std::clamp(value, 0.0, 1.0) * 100},
                         {"height", 6},
                         {"rx", 1}});
  }
  if (std::isfinite(mark)) {
    html.single("rect", {{"class", "mark"},
                         {"x", std::clamp(mark, 0.0, 1.0) * 100 - 0.4},
                         {"width", 0.8},
                         {"height", 8}});
  }
}

}  // namespace cuvae
