// Keys: cells that name one row each, made anew for generated rows.
#pragma once

#include "spelling/spelling.hpp"

namespace cuvae {

// The shape of these cells where they are keys: distinct, or nearly, in each of `rows` rows, and of
// a shape that can be made anew; null where not. With `forced` they are keys because the caller
// says so.
std::shared_ptr<const Spelling> learn_keys(std::span<const CellCount> cells, std::uint64_t rows,
                                           bool forced);

std::shared_ptr<const Spelling> key_spelling_from_json(const nlohmann::json& json);

}  // namespace cuvae
