// The rows of a generator that meet conditions, to whatever takes them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <cuvae/monitor.hpp>

#include "generate/deliver_rows.hpp"
#include "rows/conditions.hpp"

namespace cuvae {

// Rows drawn without one that is wanted, after which the search is given up.
inline constexpr std::uint64_t most_rows_in_vain = 20'000'000;

struct Matching {
  Conditions conditions;
  // Take as many rows of each label of this coded column, as far as `rows` can be divided.
  std::optional<std::uint32_t> balanced_column;
};

// Delivers the first delivery.rows rows from delivery.first_row on that are wanted: exactly what
// the model says of rows under these conditions. `schema` and `codings` are of the generator's
// codes. Returns how many rows of the endless table were looked at. Throws Error(data) where no row
// turns up any more.
std::uint64_t deliver_matching(RowGenerator& generator, const Schema& schema,
                               const std::vector<ColumnCoding>& codings, const Matching& matching,
                               const Delivery& delivery, RowConsumer& consumer, Monitor& monitor);

}  // namespace cuvae
