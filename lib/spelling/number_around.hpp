// What stands around the numbers of a column: signs, symbols, names, blanks.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "spelling/number_template.hpp"

namespace cuvae {

enum class NumberSide : std::uint8_t { negative, zero, positive };

// What stands around one cell and how often cells of that side have it.
struct AroundCount {
  Around around;
  SignedAround parts;
  NumberSide side = NumberSide::positive;
  std::uint64_t count = 0;
};

// What stands around a number of each side, when they belong together.
struct AroundForm {
  Around negative;
  Around zero;
  Around positive;
  std::uint64_t count = 0;
};

// The blanks that line up all cells; none where they are no more than a part of what stands around
// them. `cells` are whole cells.
struct PaddedCell {
  std::string_view before;
  std::string_view behind;
  int characters = 0;  // of the whole cell
};
Padding learn_padding(std::span<const PaddedCell> cells);

// A cell's texts without the padding.
void strip_padding(const Padding& padding, std::string_view& before, std::string_view& behind);

// Distinct ones, most frequent first.
std::vector<AroundForm> around_forms(std::span<const AroundCount> counts);

// Whether a text around numbers is a sign, a symbol, a currency or a unit, rather than a part of a
// code such as T-17, v1.2 or 12-A.
bool may_stand_around(const Around& bare, bool whole_only);

// Whether a name stands there, such as kg.
bool has_name(const Around& bare);

int characters_of(std::string_view text);

}  // namespace cuvae
