// The spelling that a kind of value column has anyway, where one is asked for.
#pragma once

#include "spelling/spelling.hpp"

namespace cuvae {

// `decimals` as in Column. The kind is one of values without a spelling of its own.
std::shared_ptr<const Spelling> kind_spelling(ColumnKind kind, int decimals);

std::shared_ptr<const Spelling> kind_spelling_from_json(const nlohmann::json& json);

}  // namespace cuvae
