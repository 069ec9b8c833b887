// Typed batches as structures of the Arrow C data interface. Every structure made here owns what
// it shows, and lives as long as whoever took it wants.
#pragma once

#include <vector>

#include <cuvae/arrow.hpp>
#include <cuvae/row_sink.hpp>

namespace cuvae {

// A struct type with one child a column.
void export_schema(const std::vector<RowColumn>& columns, const ArrowOptions& how,
                   ArrowSchema* out);

// A struct array of these columns.
void export_batch(const std::vector<RowColumn>& columns, const RowBatch& batch,
                  const ArrowOptions& how, ArrowArray* out);

}  // namespace cuvae
