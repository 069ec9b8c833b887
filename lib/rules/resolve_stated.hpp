// Stated rules as rules for a table's columns.
#pragma once

#include <optional>
#include <vector>

#include <cuvae/table.hpp>

#include "rules/numeric_columns.hpp"
#include "rules/propose.hpp"
#include "rules/stated_rule.hpp"

namespace cuvae {

// The ways in which a stated rule may be meant; one must hold. Throws Error(usage): names no
// column, or columns that it can't compute with.
Proposal resolve_stated(const StatedRule& stated, const Table& table,
                        const std::vector<NumericColumn>& columns);

}  // namespace cuvae
