#include "spelling/instant_forms.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace cuvae {

std::optional<InstantForms::Found> InstantForms::find(std::string_view cell) const {
  // A format spells no more than a cell and what it takes instead of it: a padding, a full name.
  constexpr std::size_t most = most_format_bytes + most_format_elements * 21;
  std::array<char, most> buffer;
  for (std::size_t i = 0; i < forms.size(); ++i) {
    const InstantForm& form = forms[i];
    if (!form.constant.empty()) {
      if (cell == form.constant) return Found{form.moment, static_cast<std::uint32_t>(i)};
      continue;
    }
    const InstantReading reading = read_instant(form.format, cell);
    if (reading.reading == Reading::none || reading.past_month_end != form.past_month_end ||
        (reading.reading == Reading::impossible && form.past_month_end == 0)) {
      continue;
    }
    const char* const end =
        spell_instant(buffer.data(), form.format, reading.moment, form.past_month_end);
    if (std::string_view(buffer.data(), static_cast<std::size_t>(end - buffer.data())) == cell) {
      return Found{reading.moment, static_cast<std::uint32_t>(i)};
    }
  }
  return std::nullopt;
}

std::int64_t nanoseconds_of(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::day:
      return nanoseconds_a_day;
    case TimeUnit::minute:
      return 60 * nanoseconds_a_second;
    case TimeUnit::second:
      return nanoseconds_a_second;
    case TimeUnit::millisecond:
      return 1'000'000;
    case TimeUnit::microsecond:
      return 1'000;
    case TimeUnit::nanosecond:
      return 1;
  }
  return 1;
}

std::int64_t units_a_day(TimeUnit unit) {
  return nanoseconds_a_day / nanoseconds_of(unit);
}

double number_of(const InstantScale& scale, const Moment& moment) {
  const std::int64_t a_unit = nanoseconds_of(scale.unit);
  const std::int64_t rest = moment.nanoseconds % a_unit;
  // In doubles, since the product may be beyond 64 bits for what a person writes; exact for all
  // numbers of a column.
  const double whole = static_cast<double>(moment.days - scale.origin_day) *
                           static_cast<double>(units_a_day(scale.unit)) +
                       static_cast<double>(moment.nanoseconds / a_unit);
  return rest == 0 ? whole : whole + static_cast<double>(rest) / static_cast<double>(a_unit);
}

Moment moment_of(const InstantScale& scale, double number) {
  constexpr double most = 9e15;
  const std::int64_t count = std::isnan(number) ? 0 : std::llround(std::clamp(number, -most, most));
  const std::int64_t a_unit = nanoseconds_of(scale.unit);
  if (!scale.has_date) {
    const std::int64_t most_count = most_hours * 3600 * nanoseconds_a_second / a_unit - 1;
    return {0, std::clamp<std::int64_t>(count, 0, most_count) * a_unit};
  }
  const std::int64_t a_day = units_a_day(scale.unit);
  const std::int64_t days = floor_divide(count, a_day) + scale.origin_day;
  if (days < first_day) return {first_day, 0};
  if (days > last_day) return {last_day, nanoseconds_a_day - a_unit};
  return {days, floor_modulo(count, a_day) * a_unit};
}

}  // namespace cuvae
