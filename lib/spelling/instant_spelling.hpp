// Dates, times of day and instants as the column spells them.
#pragma once

#include "spelling/spelling.hpp"

namespace cuvae {

// The spelling of these cells; null where some are no instants. `format` is strftime's where the
// caller knows it ("" where not; "epoch", "epoch-ms", "epoch-us" for counts since 1970). `note` is
// what a person should know, as a predicate to stand behind "column 'x' ": that no cell tells day
// from month; also, where null, that the format is none.
std::shared_ptr<const Spelling> learn_instants(std::span<const CellCount> cells,
                                               std::string_view format, std::string& note);

std::shared_ptr<const Spelling> instant_spelling_from_json(const nlohmann::json& json);

// Whether a single cell is written like an instant, one that does not exist included.
bool looks_like_instant(std::string_view cell);

// For whole numbers that look like counts since 1970, or like dates without separators: the note
// that says how to take them so, as a predicate; "" for others.
std::string epoch_offer(std::span<const CellCount> cells);

// What the numbers of an instant spelling count.
enum class TimeUnit : std::uint8_t {
  day,
  minute,
  second,
  millisecond,
  microsecond,
  nanosecond,
};

struct InstantScale {
  TimeUnit unit = TimeUnit::day;
  bool has_date = true;         // false: times of day, counted from midnight, also beyond 24 hours
  bool has_time = false;        // false: dates alone
  std::int64_t origin_day = 0;  // the day that the numbers count from, since 1970-01-01
};

// Nothing where it is no spelling of instants.
std::optional<InstantScale> instant_scale(const Spelling& spelling);

// 2024-01-31, 2024-01-31T10:15:00.250 or 10:15, with as many digits as the unit has. Gives one past
// the last character; at most `most_iso_bytes`.
inline constexpr std::size_t most_iso_bytes = 40;
char* spell_iso(char* out, const InstantScale& scale, double number);

}  // namespace cuvae
