// What a single cell may be: an instant of which at most the order of day, month and year is open.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "spelling/instant_format.hpp"

namespace cuvae {

enum class DateOrder : std::uint8_t { day_first, month_first, year_first };
inline constexpr std::size_t date_orders = 3;

struct InstantShape {
  InstantFormat format;  // day first where that is open

  // The elements that are day, month and year in an order that is open; only with a separator.
  std::array<std::size_t, 3> open{};
  char separator = '\0';

  bool is_open() const { return separator != '\0'; }

  // Nothing where the year has four digits and can't stand first.
  std::optional<InstantFormat> in_order(DateOrder order) const;
};

// Longer cells are no instants.
inline constexpr std::size_t most_instant_bytes = 64;

// Nothing for what is no date or time as people and programs write them; digits alone are none.
std::optional<InstantShape> shape_of(std::string_view cell);

}  // namespace cuvae
