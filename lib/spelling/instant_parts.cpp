#include "spelling/instant_parts.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <string_view>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

using Values = std::array<std::int64_t, InstantParts::most>;

constexpr std::array<std::string_view, 4> day_part_names{"none", "week", "month", "month_backward"};

Values values_of(const Moment& moment, DayParts day) {
  Values values{};
  if (day == DayParts::week) {
    values[0] = week_number(moment.days);
    values[1] = weekday(moment.days);
  } else if (day != DayParts::none) {
    const CalendarDay date = calendar_day(moment.days);
    values[0] = std::int64_t{date.year} * 12 + date.month - 1;
    values[1] = day == DayParts::month ? date.day : days_of_month(date.year, date.month) - date.day;
  }
  values[2] = moment.nanoseconds / nanoseconds_a_second;
  values[3] = moment.nanoseconds % nanoseconds_a_second;
  return values;
}

Moment moment_of(const Values& values, DayParts day) {
  Moment moment;
  if (day == DayParts::week) {
    constexpr std::int64_t most = last_day / 7;
    const std::int64_t week = std::clamp(values[0], -most, most);
    moment.days = week * 7 - 3 + std::clamp<std::int64_t>(values[1], 0, 6);
  } else if (day != DayParts::none) {
    const std::int64_t month = std::clamp<std::int64_t>(values[0], 12, 9999 * 12 + 11);
    CalendarDay date{static_cast<int>(month / 12), static_cast<int>(month % 12) + 1, 1};
    const std::int64_t last = days_of_month(date.year, date.month);
    date.day = static_cast<int>(
        std::clamp<std::int64_t>(day == DayParts::month ? values[1] : last - values[1], 1, last));
    moment.days = day_number(date);
  }
  moment.days = std::clamp(moment.days, first_day, last_day);
  if (day == DayParts::none) moment.days = 0;
  const std::int64_t most_seconds =
      day == DayParts::none ? most_hours * 3600 - 1 : seconds_a_day - 1;
  moment.nanoseconds = std::clamp<std::int64_t>(values[2], 0, most_seconds) * nanoseconds_a_second +
                       std::clamp<std::int64_t>(values[3], 0, nanoseconds_a_second - 1);
  return moment;
}

// How much more than the calendar alone the shares of these days tell, in bits: their divergence
// from the calendar's shares, less what that many distinct days would show by chance.
double information(std::span<const double> rows, std::span<const double> days_of_calendar,
                   double distinct_days) {
  const double all_rows = std::accumulate(rows.begin(), rows.end(), 0.0);
  const double all_days = std::accumulate(days_of_calendar.begin(), days_of_calendar.end(), 0.0);
  double bits = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == 0) continue;
    const double share = rows[i] / all_rows;
    bits += share * std::log2(share * all_days / days_of_calendar[i]);
  }
  const double degrees = static_cast<double>(rows.size()) - 1;
  return bits - degrees / (2 * distinct_days * std::log(2.0));
}

// The parts in which the data's days differ most from the calendar's.
DayParts choose_day_parts(std::span<const MomentCount> moments) {
  std::vector<std::int64_t> days;
  days.reserve(moments.size());
  std::array<double, 7> weekdays{};
  std::array<double, 31> forward{};
  std::array<double, 31> backward{};
  for (const MomentCount& item : moments) {
    const double rows = static_cast<double>(item.count);
    const auto at = [&](DayParts day) {
      return static_cast<std::size_t>(values_of(item.moment, day)[1]);
    };
    weekdays[at(DayParts::week)] += rows;
    forward[at(DayParts::month) - 1] += rows;
    backward[at(DayParts::month_backward)] += rows;
    days.push_back(item.moment.days);
  }
  // Few days say little, but a part that is always the same is right whatever chance has it.
  const auto is_one = [](std::span<const double> rows) {
    return std::count(rows.begin(), rows.end(), 0.0) + 1 ==
           static_cast<std::ptrdiff_t>(rows.size());
  };
  if (is_one(forward)) return DayParts::month;
  if (is_one(backward)) return DayParts::month_backward;
  if (is_one(weekdays)) return DayParts::week;
  std::sort(days.begin(), days.end());
  const auto distinct = static_cast<double>(std::unique(days.begin(), days.end()) - days.begin());
  std::array<double, 7> a_week{};
  a_week.fill(1);
  // Days 29, 30 and 31 (or the 29th, 30th and 31st from behind) in 400 years of 4,800 months.
  std::array<double, 31> a_month{};
  a_month.fill(4800);
  a_month[28] = 4497;
  a_month[29] = 4400;
  a_month[30] = 2800;
  const double week = information(weekdays, a_week, distinct);
  const double month = information(forward, a_month, distinct);
  const double month_backward = information(backward, a_month, distinct);
  // Below this, all of them tell nothing.
  constexpr double least_bits = 0.01;
  if (std::max(month, month_backward) <= std::max(week, least_bits)) return DayParts::week;
  return month_backward > month + least_bits ? DayParts::month_backward : DayParts::month;
}

std::int64_t nearest_whole(double number) {
  constexpr double most = 1e15;
  return std::isnan(number) ? 0 : std::llround(std::clamp(number, -most, most));
}

}  // namespace

InstantParts InstantParts::learn(std::span<const MomentCount> moments, bool has_date) {
  InstantParts result;
  if (has_date) result.day_ = choose_day_parts(moments);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const Values values = values_of(moments[i].moment, result.day_);
    for (std::size_t part = 0; part < most; ++part) {
      Steps& steps = result.steps_[part];
      if (i == 0) steps.first = values[part];
      steps.step = std::gcd(steps.step, values[part] - steps.first);
    }
  }
  // The same for all moments in any order: multiples of the step beyond the least residue.
  for (Steps& steps : result.steps_) {
    if (steps.step > 0) steps.first = floor_modulo(steps.first, steps.step);
  }
  return result;
}

std::vector<SpellingPart> InstantParts::parts() const {
  const bool backward = day_ == DayParts::month_backward;
  const std::array<std::string_view, most> names{day_ == DayParts::week ? "week" : "month",
                                                 day_ == DayParts::week ? "weekday"
                                                 : backward             ? "days left"
                                                                        : "day",
                                                 "time", "fraction"};
  std::vector<SpellingPart> result;
  for (std::size_t part = 0; part < most; ++part) {
    if (steps_[part].step > 0) result.push_back({std::string(names[part]), 0});
  }
  if (result.empty())
    result.push_back({"", 0});  // a column of one instant is one part all the same
  if (result.size() == 1) result.front().name.clear();
  return result;
}

void InstantParts::split(const Moment& moment, double* parts) const {
  const Values values = values_of(moment, day_);
  double* out = parts;
  for (std::size_t part = 0; part < most; ++part) {
    const Steps& steps = steps_[part];
    if (steps.step > 0) {
      *out++ = static_cast<double>(floor_divide(values[part] - steps.first, steps.step));
    }
  }
  if (out == parts) *out = 0;
}

Moment InstantParts::join(const double* parts) const {
  Values values{};
  for (std::size_t part = 0; part < most; ++part) {
    const Steps& steps = steps_[part];
    values[part] = steps.first;
    if (steps.step == 0) continue;
    // Beyond this no part has a meaning, and the product fits.
    const std::int64_t most_steps = (std::int64_t{1} << 60) / steps.step;
    values[part] += std::clamp(nearest_whole(*parts++), -most_steps, most_steps) * steps.step;
  }
  return moment_of(values, day_);
}

nlohmann::json InstantParts::to_json() const {
  auto json = nlohmann::json::object();
  json["days"] = day_part_names[static_cast<std::size_t>(day_)];
  auto& steps = json["steps"] = nlohmann::json::array();
  for (const Steps& part : steps_) steps.push_back({part.first, part.step});
  return json;
}

InstantParts InstantParts::from_json(const nlohmann::json& json, bool has_date) {
  InstantParts result;
  const auto refuse = [](std::string_view what) {
    throw Error(ErrorKind::data, std::string("schema: parts of an instant: ") += what);
  };
  const auto& days = json.at("days").get_ref<const std::string&>();
  const auto* const found = std::find(day_part_names.begin(), day_part_names.end(), days);
  if (found == day_part_names.end()) refuse("`days` is none that is known");
  result.day_ = static_cast<DayParts>(found - day_part_names.begin());
  if ((result.day_ != DayParts::none) != has_date) refuse("`days` do not fit the forms");
  const auto& steps = json.at("steps");
  if (!steps.is_array() || steps.size() != most) refuse("`steps` are not four");
  constexpr std::int64_t most_value = std::int64_t{1} << 53;
  for (std::size_t part = 0; part < most; ++part) {
    const auto& pair = steps[part];
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_integer() ||
        !pair[1].is_number_integer()) {
      refuse("`steps` are no pairs of whole numbers");
    }
    Steps& read = result.steps_[part];
    read = {pair[0].get<std::int64_t>(), pair[1].get<std::int64_t>()};
    if (read.first < -most_value || read.first > most_value || read.step < 0 ||
        read.step > most_value) {
      refuse("`steps` are out of range");
    }
  }
  return result;
}

}  // namespace cuvae
