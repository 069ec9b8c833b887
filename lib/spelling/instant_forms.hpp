// The forms of a column of instants, and what learning them needs to hand over.
#pragma once

#include "spelling/instant_format.hpp"
#include "spelling/instant_parts.hpp"
#include "spelling/instant_spelling.hpp"

namespace cuvae {

// How cells of a column are written: by a format, or, of a cell that is no time, as it stands.
struct InstantForm {
  InstantFormat format{};
  int past_month_end = 0;  // the day is so many days beyond its month, as in 2023-02-30
  std::string constant{};  // not empty: the cell
  Moment moment{};         // what it stands for
};

inline constexpr std::size_t most_instant_forms = 16;

struct InstantForms {
  std::vector<InstantForm> forms;
  bool has_date = true;

  // The first form that spells the cell exactly.
  struct Found {
    Moment moment;
    std::uint32_t form = 0;
  };
  std::optional<Found> find(std::string_view cell) const;
};

// Forms that spell all cells; nothing where there are none. `moments` gets the cells' in any order.
std::optional<InstantForms> learn_forms(std::span<const CellCount> cells, std::string_view format,
                                        std::vector<MomentCount>& moments, std::string& note);

// From numbers to moments and back.
std::int64_t units_a_day(TimeUnit unit);
std::int64_t nanoseconds_of(TimeUnit unit);
double number_of(const InstantScale& scale, const Moment& moment);  // with a fraction if need be
Moment moment_of(const InstantScale& scale, double number);         // the nearest, within bounds

}  // namespace cuvae
