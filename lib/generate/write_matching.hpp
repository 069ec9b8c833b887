// The rows of a generator that meet conditions, to a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <cuvae/monitor.hpp>

#include "generate/write_rows.hpp"
#include "rows/conditions.hpp"

namespace cuvae {

// Rows drawn without one that is wanted, after which the search is given up.
inline constexpr std::uint64_t most_rows_in_vain = 20'000'000;

struct Matching {
  Conditions conditions;
  // Take as many rows of each label of this coded column, as far as `rows` can be divided.
  std::optional<std::uint32_t> balanced_column;
};

struct MatchingResult {
  std::uint64_t bytes = 0;
  std::uint64_t drawn = 0;  // rows of the endless table that were looked at
};

// Writes `header`, then the first range.rows rows from range.first_row on that are wanted: exactly
// what the model says of rows under these conditions. The bytes are the same for any number of
// workers and rows a chunk. Throws Error(data) where no row turns up any more.
MatchingResult write_matching(const RowFormatter& formatter, const Schema& schema,
                              const std::vector<ColumnCoding>& codings, RowGenerator& generator,
                              const Matching& matching, const RowRange& range,
                              std::string_view header, OutputFile& file, Monitor& monitor);

}  // namespace cuvae
