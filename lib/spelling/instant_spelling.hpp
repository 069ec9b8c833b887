// Dates, times of day and instants as the column spells them.
#pragma once

#include "spelling/spelling.hpp"

namespace cuvae {

// The spelling of these cells; null where some are no instants. `format` is strftime's where the
// caller knows it ("" where not; "epoch", "epoch-ms", "epoch-us" for counts since 1970). `note` is
// what a person should know: day and month could be told apart by no cell.
std::shared_ptr<const Spelling> learn_instants(std::span<const CellCount> cells,
                                               std::string_view format, std::string& note);

std::shared_ptr<const Spelling> instant_spelling_from_json(const nlohmann::json& json);

}  // namespace cuvae
