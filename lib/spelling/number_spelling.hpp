// Numbers with decimals, signs, marks and symbols as the column has them.
#pragma once

#include "spelling/spelling.hpp"

namespace cuvae {

// The spelling of these cells; null where some are no numbers or where spelling them again would
// change one. `cells` hold no missing ones.
std::shared_ptr<const Spelling> learn_numbers(std::span<const CellCount> cells);

std::shared_ptr<const Spelling> number_spelling_from_json(const nlohmann::json& json);

}  // namespace cuvae
