#include "evaluate/floor_and_ceiling.hpp"

#include <algorithm>
#include <cmath>

#include "evaluate/features.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t most_rows = 500'000;
constexpr std::uint32_t shuffled_round = 2000;  // and one more for every column
constexpr std::uint32_t halves_round = 6;

// These rows of a column; labels that no row has any more stay known.
Column picked(const Column& column, const std::uint32_t* rows, std::uint64_t count) {
  Column result;
  result.name = column.name;
  result.kind = column.kind;
  result.decimals = column.decimals;
  result.spelling = column.spelling;
  result.markers = column.markers;
  if (!is_coded(column.kind)) {
    for (std::uint64_t i = 0; i < count; ++i) {
      result.values.push_back(column.values[rows[i]]);
      result.missing += std::isnan(result.values.back()) ? 1 : 0;
    }
    return result;
  }
  result.labels = column.labels;
  result.counts.assign(column.labels.size(), 0);
  result.codes = CodeVector(count, column.labels.size());
  result.codes.visit([&](auto out) {
    using Code = typename decltype(out)::value_type;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint32_t code = column.codes[rows[i]];
      out[i] = static_cast<Code>(code);
      ++result.counts[code];
    }
  });
  for (std::size_t label = 0; label < column.labels.size(); ++label) {
    if (column.labels[label].empty()) result.missing = result.counts[label];
  }
  return result;
}

}  // namespace

Table shuffled_table(const Table& table) {
  Table result;
  result.rows = std::min(table.rows, most_rows);
  result.source = table.source;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const auto rows =
        shuffled_rows(table.rows, result.rows, shuffled_round + static_cast<std::uint32_t>(c));
    result.columns.push_back(picked(table.columns[c], rows.data(), result.rows));
  }
  return result;
}

Halves halves_of(const Table& table) {
  const std::uint64_t each = std::min(table.rows, most_rows) / 2;
  const auto rows = shuffled_rows(table.rows, 2 * each, halves_round);
  Halves halves;
  for (Table* half : {&halves.first, &halves.second}) {
    half->rows = each;
    half->source = table.source;
    for (const Column& column : table.columns) {
      half->columns.push_back(
          picked(column, rows.data() + (half == &halves.second ? each : 0), each));
    }
  }
  return halves;
}

}  // namespace cuvae
