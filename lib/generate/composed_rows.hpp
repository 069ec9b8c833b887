// Rows of the table composed from rows of the columns that the network learned.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "generate/row_source.hpp"
#include "generate/typed_column.hpp"
#include "layout/layout.hpp"

namespace cuvae {

// A source of the table's rows from one of the network's. Keeps references to the schema, which has
// the table's columns, and the layout, which belong to the model. `seed` makes the keys.
std::unique_ptr<RowSource> compose_rows(const Schema& schema, const Layout& layout,
                                        std::unique_ptr<RowSource> inner, std::uint64_t seed);

}  // namespace cuvae
