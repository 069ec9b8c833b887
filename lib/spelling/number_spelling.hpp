// Numbers with decimals, signs, marks and symbols as the column has them.
#pragma once

#include "spelling/spelling.hpp"

namespace cuvae {

// The spelling of these cells; null where some are no numbers, where they are codes that only look
// like numbers (zeros in front, 1.1 beside 1.10), or where spelling them again would change one.
// `cells` hold no missing ones. `note` gets what a person should know: "1,234" could be read two
// ways. It is the predicate of a sentence about the column.
std::shared_ptr<const Spelling> learn_numbers(std::span<const CellCount> cells,
                                              std::string* note = nullptr);

// Whole numbers without marks, sign plus or zeros in front.
std::shared_ptr<const Spelling> whole_number_spelling();

std::shared_ptr<const Spelling> number_spelling_from_json(const nlohmann::json& json);

}  // namespace cuvae
