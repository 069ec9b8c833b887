#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "report/charts.hpp"
#include "report/drawing.hpp"
#include "report/figures.hpp"

namespace cuvae {
namespace {

constexpr std::size_t tick_characters = 16;
constexpr double character_width = 6.6;  // of a digit, in units of the drawing; a little generous
constexpr double label_space = 8;        // between two labels of an axis

constexpr std::array<std::string_view, 7> weekday_names{
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

std::string spelled_label(const std::string& label) {
  return label.empty() ? "(missing)" : label;
}

// How wide a text is at most, counted in characters and not in bytes.
double width_of(const std::string& text) {
  const auto characters = std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  });
  return static_cast<double>(characters) * character_width;
}

// The two tables' bars over one axis, whatever the column's kind.
struct Bars {
  std::vector<double> places;
  std::vector<AxisTick> ticks;
  const std::vector<double>& real;
  const std::vector<double>& synthetic;
  double highest_share() const {
    return std::max({1e-12, real[highest(real)], synthetic[highest(synthetic)]});
  }
};

Bars bars_of(const ColumnMetrics& column) {
  if (column.drawing) {
    const NumberDrawing& drawing = *column.drawing;
    return {drawing.places, drawing.ticks, drawing.real, drawing.synthetic};
  }
  const Histogram& histogram = column.histogram;
  const std::size_t bins = histogram.real.size();
  Bars bars{equal_places(bins), {}, histogram.real, histogram.synthetic};
  if (histogram.ticks.size() == 3) {
    bars.ticks = {{0, histogram.ticks[0]}, {1, histogram.ticks[2]}, {0.5, histogram.ticks[1]}};
    return bars;
  }
  const std::size_t labels = histogram.labels.size() - (histogram.rest ? 1 : 0);
  if (labels == 0) return bars;
  const auto add = [&](std::size_t bin, double place) {
    bars.ticks.push_back({place, displayed(spelled_label(histogram.labels[bin]), 12)});
  };
  add(0, 0);
  add(labels - 1, bars.places[labels]);
  const std::size_t middle = (labels - 1) / 2;
  add(middle, (bars.places[middle] + bars.places[middle + 1]) / 2);
  return bars;
}

// The labels that find room, those that come first before the others.
void draw_ticks(Html& html, const std::vector<AxisTick>& ticks, double y) {
  std::vector<std::pair<double, double>> taken;
  for (const AxisTick& tick : ticks) {
    const std::string text = displayed(tick.text, tick_characters);
    const double width = width_of(text);
    const double middle = tick.place * chart_width;
    const bool at_start = middle < width / 2;
    const bool at_end = !at_start && middle > chart_width - width / 2;
    const double left = at_start ? 0 : at_end ? chart_width - width : middle - width / 2;
    const bool is_free = std::all_of(taken.begin(), taken.end(), [&](const auto& other) {
      return left >= other.second + label_space || left + width + label_space <= other.first;
    });
    if (!is_free) continue;
    taken.emplace_back(left, left + width);
    html.single("path", {{"class", "base"},
                         {"d", fmt::format("M{} {}v4", number(middle), number(plot_bottom))}});
    if (at_start) {
      axis_text(html, 0, y, "start", text);
    } else if (at_end) {
      axis_text(html, chart_width, y, "end", text);
    } else {
      axis_text(html, middle, y, "middle", text);
    }
  }
}

std::string bin_name(const Histogram& histogram, std::size_t bin, std::size_t bins) {
  if (!histogram.labels.empty()) return spelled_label(histogram.labels[bin]);
  return fmt::format("bin {} of {}", bin + 1, bins);
}

std::string describe(const ColumnMetrics& column, const Bars& bars) {
  const std::size_t bins = bars.real.size();
  const std::size_t real = highest(bars.real);
  const std::size_t synthetic = highest(bars.synthetic);
  std::string text = fmt::format("Histograms of {}", displayed(column.name, name_characters));
  if (column.histogram.labels.empty() && bars.ticks.size() > 1) {
    text += fmt::format(" from {} to {}", bars.ticks[0].text, bars.ticks[1].text);
  }
  if (column.drawing && column.drawing->scale == NumberDrawing::Scale::symmetric_log) {
    text += ", on a logarithmic axis";
  } else if (column.drawing && column.drawing->scale == NumberDrawing::Scale::quantile) {
    text += ", on an axis of quantiles";
  }
  const auto named = [&](std::size_t bin) {
    return displayed(bin_name(column.histogram, bin, bins), name_characters);
  };
  return text + fmt::format(". Highest real: {} with {}; highest synthetic: {} with {}.",
                            named(real), percent_text(bars.real[real]), named(synthetic),
                            percent_text(bars.synthetic[synthetic]));
}

void draw_bars(Html& html, const ColumnMetrics& column, const Bars& bars) {
  BarFrame frame;
  frame.places = bars.places;
  frame.full = bars.highest_share();
  const auto svg = html.element("svg", {{"viewBox", "0 0 320 190"},
                                        {"role", "img"},
                                        {"class", "histogram"},
                                        {"aria-label", describe(column, bars)}});
  html.single("path", {{"class", "grid"}, {"d", "M0 16H320M0 92H320"}});
  axis_text(html, chart_width, plot_top - 4, "end", percent_text(frame.full));
  const double gap = bars.real.size() > 40 ? 0.8 : 2;
  html.single("path", {{"class", "real"}, {"d", bar_path(frame, bars.real, gap)}});
  html.single("path", {{"class", "made"}, {"d", step_path(frame, bars.synthetic)}});
  html.single("path", {{"class", "base"}, {"d", "M0 168H320"}});
  draw_ticks(html, bars.ticks, chart_height - 6);
}

// Under the bars, over the same axis.
void draw_cumulative(Html& html, const ColumnMetrics& column, const NumberDrawing& drawing) {
  BarFrame frame;
  frame.places = drawing.places;
  frame.bottom = 84;
  frame.height = 68;
  const auto svg = html.element(
      "svg", {{"viewBox", "0 0 320 86"},
              {"role", "img"},
              {"class", "cumulative"},
              {"aria-label",
               fmt::format("Cumulative shares of {}, real and synthetic; the largest "
                           "gap is {}.",
                           displayed(column.name, name_characters), percent_text(column.ks))}});
  html.single("path", {{"class", "grid"}, {"d", "M0 16H320M0 50H320"}});
  axis_text(html, 0, plot_top - 4, "start", "Rows up to here");
  axis_text(html, chart_width, plot_top - 4, "end", "100 %");
  html.single("path", {{"class", "line"}, {"d", cumulative_path(frame, drawing.real)}});
  html.single("path", {{"class", "made"}, {"d", cumulative_path(frame, drawing.synthetic)}});
  html.single("path", {{"class", "base"}, {"d", "M0 84H320"}});
}

void draw_profile(Html& html, const TimeProfile& profile, const std::string& caption,
                  const std::string& description, const std::vector<AxisTick>& marks) {
  BarFrame frame;
  frame.places = equal_places(profile.real.size());
  frame.width = 150;
  frame.bottom = 56;
  frame.height = 40;
  frame.full = std::max(
      {1e-12, profile.real[highest(profile.real)], profile.synthetic[highest(profile.synthetic)]});
  const auto svg = html.element("svg", {{"viewBox", "0 0 150 72"},
                                        {"role", "img"},
                                        {"class", "profile"},
                                        {"aria-label", description}});
  axis_text(html, 0, 11, "start", caption);
  axis_text(html, frame.width, 11, "end", percent_text(frame.full));
  html.single("path", {{"class", "real"}, {"d", bar_path(frame, profile.real, 2)}});
  html.single("path", {{"class", "made"}, {"d", step_path(frame, profile.synthetic)}});
  html.single("path", {{"class", "base"}, {"d", "M0 56H150"}});
  for (const AxisTick& mark : marks) {
    axis_text(html, mark.place * frame.width, 69, "middle", mark.text);
  }
}

void draw_profiles(Html& html, const ColumnMetrics& column, const NumberDrawing& drawing) {
  const TimeProfile& weekdays = drawing.weekdays;
  const TimeProfile& hours = drawing.hours;
  if (weekdays.real.empty() && hours.real.empty()) return;
  const std::string name = displayed(column.name, name_characters);
  const auto box = html.element("div", {{"class", "profiles"}});
  if (!weekdays.real.empty()) {
    std::vector<AxisTick> marks;
    for (std::size_t day = 0; day < weekday_names.size(); ++day) {
      marks.push_back(
          {(static_cast<double>(day) + 0.5) / 7, std::string(weekday_names[day].substr(0, 2))});
    }
    draw_profile(html, weekdays, "Weekday",
                 fmt::format("Weekdays of {}. Most frequent: {} in real rows, {} in synthetic.",
                             name, weekday_names[highest(weekdays.real)],
                             weekday_names[highest(weekdays.synthetic)]),
                 marks);
  }
  if (!hours.real.empty()) {
    std::vector<AxisTick> marks;
    for (const int hour : {0, 6, 12, 18, 23}) {
      marks.push_back({(hour + 0.5) / 24, fmt::format("{}", hour)});
    }
    draw_profile(html, hours, "Hour of day",
                 fmt::format("Hours of the day of {}. Most frequent: {} in real rows, {} in "
                             "synthetic.",
                             name, highest(hours.real), highest(hours.synthetic)),
                 marks);
  }
}

}  // namespace

void draw_histogram(Html& html, const ColumnMetrics& column) {
  draw_bars(html, column, bars_of(column));
  if (!column.drawing) return;
  if (column.drawing->scale == NumberDrawing::Scale::symmetric_log) {
    html.leaf("p", "Logarithmic axis.", {{"class", "axis"}});
  } else if (column.drawing->scale == NumberDrawing::Scale::quantile) {
    html.leaf("p", "Axis of quantiles.", {{"class", "axis"}});
  }
  draw_cumulative(html, column, *column.drawing);
  draw_profiles(html, column, *column.drawing);
}

}  // namespace cuvae
