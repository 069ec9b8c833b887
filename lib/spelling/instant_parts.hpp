// Instants as numbers that a network learns well: the calendar's parts that the data dwell on.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <vector>

#include "spelling/calendar.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {

// How a day is told in two numbers.
enum class DayParts : std::uint8_t {
  none,           // times of day have none
  week,           // week since 1970, weekday
  month,          // month since year 0, day
  month_backward  // month since year 0, days left in it
};

struct MomentCount {
  Moment moment;
  std::uint64_t count = 0;
};

class InstantParts {
 public:
  static constexpr std::size_t most = 4;  // two for the day, seconds of the day, nanoseconds

  // A part is first + step * k; a step of 0 leaves it out, since it is always `first`.
  struct Steps {
    std::int64_t first = 0;
    std::int64_t step = 0;
  };

  InstantParts() = default;
  static InstantParts learn(std::span<const MomentCount> moments, bool has_date);

  std::vector<SpellingPart> parts() const;
  void split(const Moment& moment, double* parts) const;
  Moment join(const double* parts) const;  // one that exists

  nlohmann::json to_json() const;
  static InstantParts from_json(const nlohmann::json& json, bool has_date);

 private:
  DayParts day_ = DayParts::none;
  std::array<Steps, most> steps_{};
};

}  // namespace cuvae
