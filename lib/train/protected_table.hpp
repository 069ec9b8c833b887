// The table that is learned where some of its cells must not be.
#pragma once

#include <optional>

#include <cuvae/train.hpp>

namespace cuvae {

// Nothing where the table is learned as it is. Tells the monitor what rare cells there are and what
// becomes of them. Throws Error(usage) where there is no column of people of that name.
std::optional<Table> protected_table(const Table& table, const TrainOptions& options,
                                     Monitor& monitor);

}  // namespace cuvae
