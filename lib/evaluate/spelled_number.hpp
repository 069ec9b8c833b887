// The number that a cell's spelling stands for.
#pragma once

#include <optional>
#include <string_view>

namespace cuvae {

// Times HH:MM[:SS] as minutes, dates YYYY-MM-DD as days since 1970-01-01, everything else as a
// finite decimal number with `$` signs taken out; nothing where the cell is none of these.
std::optional<double> spelled_number(std::string_view cell);

}  // namespace cuvae
