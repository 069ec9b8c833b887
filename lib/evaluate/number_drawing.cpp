#include "evaluate/number_drawing.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>

#include "spelling/instant_forms.hpp"
#include "spelling/instant_spelling.hpp"

namespace cuvae {
namespace {

using Scale = NumberDrawing::Scale;

constexpr std::size_t most_sampled = 100'000;
constexpr std::size_t sparse_bins = histogram_bins / 10;
constexpr double crowded_share = 0.6;  // of the rows, in sparse_bins bins: equal bins hide the rest
constexpr double crowded_times = 0.9;  // a calendar that runs evenly is worth more
constexpr double worthwhile_gain = 0.1;  // what another scale must spread better
constexpr std::size_t most_day_ticks = 12;
constexpr std::size_t most_tick_characters = 12;  // of a date: some find room on an axis

// What the numbers of dates and times count, whether spelled or coded.
std::optional<InstantScale> time_scale(const Basis& basis) {
  if (basis.spelling) return instant_scale(*basis.spelling);
  if (basis.format.form == CellForm::date) return InstantScale{TimeUnit::day, true, false, 0};
  if (basis.format.form == CellForm::time) return InstantScale{TimeUnit::minute, false, true, 0};
  return std::nullopt;
}

// Real numbers in order, a sample of them where there are many.
std::vector<double> sorted_sample(const AlignedColumn& column) {
  std::vector<double> sample;
  const std::uint64_t stride = column.present / most_sampled + 1;
  std::uint64_t next = 0;
  std::uint64_t seen = 0;
  for_each_number(column, [&](double number, std::uint64_t count) {
    for (seen += count; next < seen; next += stride) sample.push_back(number);
  });
  std::sort(sample.begin(), sample.end());
  return sample;
}

// The least distance of two different numbers: narrower bins would only show gaps.
double least_step(const std::vector<double>& sorted) {
  double step = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i] > sorted[i - 1]) step = std::min(step, sorted[i] - sorted[i - 1]);
  }
  return std::isfinite(step) ? step : 0;
}

// Where the numbers stand on the axis. Edges ascend; the axis runs straight between them in
// `position`, which is what the scale makes of a number.
class Axis {
 public:
  Axis(Scale scale, double low, double high, const std::vector<double>& sorted)
      : scale_(scale), low_(low), high_(high) {
    if (scale == Scale::quantile) {
      set_quantiles(sorted);
      return;
    }
    if (scale == Scale::symmetric_log) set_unit(sorted);
    const double from = position(low);
    constexpr auto bins = static_cast<double>(histogram_bins);
    const double width = position(high) / bins - from / bins;  // parts can't overflow
    const double step = scale == Scale::equal ? 0 : least_step(sorted);
    edges_.push_back(low);
    for (std::size_t bin = 1; bin < histogram_bins; ++bin) {
      const double edge = number_at(from + static_cast<double>(bin) * width);
      if (edge - edges_.back() >= step && high - edge >= step && edge > edges_.back()) {
        edges_.push_back(edge);
      }
    }
    edges_.push_back(high);
  }

  Scale scale() const { return scale_; }
  const std::vector<double>& edges() const { return edges_; }

  std::size_t bin_of(double number) const {
    const auto above = std::upper_bound(edges_.begin() + 1, edges_.end() - 1, number);
    return static_cast<std::size_t>(above - edges_.begin()) - 1;
  }

  // 0 to 1.
  double place_of(double number) const {
    if (number <= low_) return 0;
    if (number >= high_) return 1;
    if (scale_ != Scale::quantile) {
      const double from = position(low_) / 2;
      return (position(number) / 2 - from) / (position(high_) / 2 - from);
    }
    const std::size_t bin = bin_of(number);
    const double from = edges_[bin] / 2;
    const double within = (number / 2 - from) / (edges_[bin + 1] / 2 - from);
    return (static_cast<double>(bin) + within) / static_cast<double>(edges_.size() - 1);
  }

  // What symmetric logarithms are taken in units of.
  double unit() const { return unit_; }

 private:
  double position(double number) const {
    if (scale_ != Scale::symmetric_log) return number;
    return std::copysign(std::log1p(std::abs(number) / unit_), number);
  }
  double number_at(double position) const {
    if (scale_ != Scale::symmetric_log) return position;
    return std::copysign(std::expm1(std::abs(position)) * unit_, position);
  }

  // A tenth of the numbers lie closer to zero, not counting zero itself.
  void set_unit(const std::vector<double>& sorted) {
    std::vector<double> sizes;
    for (const double number : sorted) {
      if (number != 0) sizes.push_back(std::abs(number));
    }
    if (sizes.empty()) return;
    const auto tenth = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 10);
    std::nth_element(sizes.begin(), tenth, sizes.end());
    unit_ = *tenth;
  }

  void set_quantiles(const std::vector<double>& sorted) {
    edges_.push_back(low_);
    for (std::size_t bin = 1; bin < histogram_bins; ++bin) {
      const double edge = sorted[bin * sorted.size() / histogram_bins];
      if (edge > edges_.back() && edge < high_) edges_.push_back(edge);
    }
    edges_.push_back(high_);
  }

  Scale scale_;
  double low_;
  double high_;
  double unit_ = 1;
  std::vector<double> edges_;
};

std::vector<double> shares_of(const AlignedColumn& column, const Axis& axis) {
  std::vector<std::uint64_t> counts(axis.edges().size() - 1);
  for_each_number(
      column, [&](double number, std::uint64_t count) { counts[axis.bin_of(number)] += count; });
  std::vector<double> shares;
  for (const std::uint64_t count : counts) {
    shares.push_back(
        column.present > 0 ? static_cast<double>(count) / static_cast<double>(column.present) : 0);
  }
  return shares;
}

// How many of the numbers stand in a tenth of the axis at most, as a share.
double crowding(const Axis& axis, const std::vector<double>& sorted) {
  std::vector<std::uint64_t> counts(histogram_bins);
  for (const double number : sorted) {
    const double place = axis.place_of(number) * static_cast<double>(histogram_bins);
    ++counts[std::min(static_cast<std::size_t>(place), histogram_bins - 1)];
  }
  std::partial_sort(counts.begin(), counts.begin() + sparse_bins, counts.end(), std::greater<>());
  const std::uint64_t crowd =
      std::accumulate(counts.begin(), counts.begin() + sparse_bins, std::uint64_t{0});
  return static_cast<double>(crowd) / static_cast<double>(sorted.size());
}

double highest_bar(const Axis& axis, const std::vector<double>& sorted) {
  std::vector<std::uint64_t> counts(axis.edges().size() - 1);
  for (const double number : sorted) ++counts[axis.bin_of(number)];
  return static_cast<double>(*std::max_element(counts.begin(), counts.end())) /
         static_cast<double>(sorted.size());
}

// The first scale that spreads the numbers, else the one that spreads them best by far.
Axis choose_axis(const Basis& basis, const std::vector<double>& sorted, bool is_time) {
  Axis best(Scale::equal, basis.low, basis.high, sorted);
  if (!(basis.low < basis.high) || sorted.empty()) return best;
  double least = crowding(best, sorted);
  double lowest = highest_bar(best, sorted);
  for (const Scale scale : {Scale::symmetric_log, Scale::quantile}) {
    if (least <= (is_time ? crowded_times : crowded_share)) break;
    if (scale == Scale::symmetric_log && is_time) continue;
    const Axis other(scale, basis.low, basis.high, sorted);
    const double crowd = crowding(other, sorted);
    const double bar = highest_bar(other, sorted);  // numbers that many rows have stay crowded
    if (crowd > least - worthwhile_gain && bar > lowest - worthwhile_gain) continue;
    least = crowd;
    lowest = bar;
    best = other;
  }
  return best;
}

// Zero and powers of ten, the far ones first.
std::vector<double> magnitudes(const Axis& axis) {
  const double low = axis.edges().front();
  const double high = axis.edges().back();
  std::vector<double> numbers;
  if (low < 0 && high > 0) numbers.push_back(0);
  const double most = std::max(std::abs(low), std::abs(high));
  for (double power = std::pow(10, std::floor(std::log10(most)));
       power >= axis.unit() && numbers.size() < 24; power /= 10) {
    for (const double number : {power, -power}) {
      if (number > low && number < high) numbers.push_back(number);
    }
  }
  return numbers;
}

// Beginnings of years, months or days between two days, the widest that give two marks or more.
std::vector<double> calendar_days(std::int64_t first, std::int64_t last) {
  const CalendarDay begin = calendar_day(first);
  const auto months_of = [](CalendarDay date) { return date.year * 12 + date.month - 1; };
  const int months = months_of(calendar_day(last)) - months_of(begin);
  std::vector<double> days;
  for (const int step : {1200, 600, 240, 120, 60, 24, 12, 6, 3, 1}) {
    days.clear();
    for (int month = (months_of(begin) / step + 1) * step; month <= months_of(begin) + months;
         month += step) {
      days.push_back(static_cast<double>(day_number({month / 12, month % 12 + 1, 1})));
    }
    if (days.size() >= 3) return days;
  }
  if (last - first > 62) return days;
  const std::int64_t stride = (last - first) / static_cast<std::int64_t>(most_day_ticks) + 1;
  days.clear();
  for (std::int64_t day = first + stride; day < last; day += stride) {
    days.push_back(static_cast<double>(day));
  }
  return days;
}

// A date or time as the column spells it, in short where that is long.
std::string time_text(const Basis& basis, InstantScale scale, double number) {
  std::string text = spell_for_axis(basis, number);
  if (text.size() <= most_tick_characters) return text;
  const Moment low = moment_of(scale, basis.low);
  const Moment high = moment_of(scale, basis.high);
  std::string shortened(most_iso_bytes, '\0');
  Moment moment = moment_of(scale, number);
  InstantScale short_scale;
  if (high.days - low.days < 2) {
    short_scale = {TimeUnit::minute, false, true, 0};
    moment.days = 0;
  } else {
    moment.nanoseconds = 0;  // else an evening would be the next day
  }
  const double short_number = number_of(short_scale, moment);
  shortened.resize(static_cast<std::size_t>(spell_iso(shortened.data(), short_scale, short_number) -
                                            shortened.data()));
  return shortened;
}

std::vector<double> inner_ticks(const Axis& axis, const std::optional<InstantScale>& time) {
  const std::vector<double>& edges = axis.edges();
  const double low = edges.front();
  const double high = edges.back();
  if (axis.scale() == Scale::quantile) {
    const std::size_t bins = edges.size() - 1;
    return {edges[bins / 2], edges[bins / 4], edges[bins * 3 / 4]};
  }
  if (axis.scale() == Scale::symmetric_log) return magnitudes(axis);
  if (time && time->has_date) {
    std::vector<double> numbers;
    for (const double day :
         calendar_days(moment_of(*time, low).days, moment_of(*time, high).days)) {
      numbers.push_back(number_of(*time, {static_cast<std::int64_t>(day), 0}));
    }
    if (!numbers.empty()) return numbers;
  }
  return {low + (high - low) / 2};
}

std::vector<AxisTick> ticks_of(const Basis& basis, const Axis& axis,
                               const std::optional<InstantScale>& time) {
  std::vector<AxisTick> ticks;
  const auto add = [&](double number) {
    ticks.push_back({axis.place_of(number),
                     time ? time_text(basis, *time, number) : spell_for_axis(basis, number)});
  };
  add(axis.edges().front());
  if (axis.edges().front() == axis.edges().back()) return ticks;
  add(axis.edges().back());
  ticks.back().place = 1;
  for (const double number : inner_ticks(axis, time)) add(number);
  return ticks;
}

template <class Place>
std::vector<double> profile(const AlignedColumn& column, std::size_t places, Place&& place_of) {
  std::vector<double> shares(places);
  for_each_number(column, [&](double number, std::uint64_t count) {
    shares[place_of(number)] += static_cast<double>(count);
  });
  for (double& share : shares)
    share /= static_cast<double>(std::max<std::uint64_t>(column.present, 1));
  return shares;
}

void add_profiles(NumberDrawing& drawing, const InstantScale& scale, const AlignedColumn& real,
                  const AlignedColumn& other) {
  constexpr std::int64_t nanoseconds_an_hour = 3600 * nanoseconds_a_second;
  if (scale.has_date) {
    const auto place = [&](double number) {
      return static_cast<std::size_t>(weekday(moment_of(scale, number).days));
    };
    drawing.weekdays = {profile(real, 7, place), profile(other, 7, place)};
  }
  if (scale.has_time) {
    const auto place = [&](double number) {
      return static_cast<std::size_t>(
          floor_modulo(moment_of(scale, number).nanoseconds / nanoseconds_an_hour, 24));
    };
    drawing.hours = {profile(real, 24, place), profile(other, 24, place)};
  }
}

}  // namespace

NumberDrawing number_drawing(const Basis& basis, const AlignedColumn& real,
                             const AlignedColumn& other) {
  const std::optional<InstantScale> time = time_scale(basis);
  const Axis axis = choose_axis(basis, sorted_sample(real), time.has_value());
  NumberDrawing drawing;
  drawing.scale = axis.scale();
  const std::vector<double>& edges = axis.edges();
  for (std::size_t i = 0; i < edges.size(); ++i) {
    drawing.places.push_back(axis.scale() == Scale::quantile
                                 ? static_cast<double>(i) / static_cast<double>(edges.size() - 1)
                                 : axis.place_of(edges[i]));
  }
  drawing.places.back() = 1;
  drawing.ticks = ticks_of(basis, axis, time);
  drawing.real = shares_of(real, axis);
  drawing.synthetic = shares_of(other, axis);
  if (time) add_profiles(drawing, *time, real, other);
  return drawing;
}

}  // namespace cuvae
