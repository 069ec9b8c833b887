// The number that a cell's spelling stands for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cuvae {

// Times HH:MM[:SS] as minutes, dates YYYY-MM-DD as days since 1970-01-01, everything else as a
// finite decimal number with `$` signs taken out; nothing where the cell is none of these.
std::optional<double> spelled_number(std::string_view cell);

enum class Spelling { number, time, date, currency };

// How a cell spells the number that spelled_number() reads.
Spelling spelling_of(std::string_view cell);

// A number in such a spelling, for the axis of a chart: rounded to what people read there.
std::string spell_for_axis(double number, Spelling spelling);

}  // namespace cuvae
