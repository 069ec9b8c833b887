#include <algorithm>
#include <cmath>
#include <span>

#include <cuvae/error.hpp>
#include <cuvae/table.hpp>

#include "kernels/arithmetic/shuffle.hpp"

namespace cuvae {
namespace {

// No epoch of training has this number, so the order of its rows has nothing to do with it.
constexpr std::uint32_t split_round = 0xffffffffU;

CodeVector forms_of(const Column& column, const std::vector<bool>& taken, bool side,
                    std::uint64_t rows, const Storage& storage) {
  return column.forms.visit([&]<class Form>(std::span<const Form> forms) {
    CodeVector part(rows, std::size_t{1} << (8 * sizeof(Form)), storage);
    part.visit([&]<class Out>(std::span<Out> out) {
      std::size_t next = 0;
      for (std::size_t row = 0; row < taken.size(); ++row) {
        if (taken[row] == side) out[next++] = static_cast<Out>(forms[row]);
      }
    });
    return part;
  });
}

// The rows of a column for which taken[row] is `side`.
Column part_of(const Column& column, const std::vector<bool>& taken, bool side, std::uint64_t rows,
               const Storage& storage) {
  Column part;
  part.name = column.name;
  part.kind = column.kind;
  part.reason = column.reason;
  part.decimals = column.decimals;
  part.heading = column.heading;
  part.quoted = column.quoted;
  part.spelling = column.spelling;
  part.markers = column.markers;
  if (column.forms.size() > 0) part.forms = forms_of(column, taken, side, rows, storage);
  if (!is_coded(column.kind)) {
    part.values = LargeVector<double>(storage);
    part.values.reserve(rows);
    for (std::size_t row = 0; row < taken.size(); ++row) {
      if (taken[row] != side) continue;
      part.values.push_back(column.values[row]);
      part.missing += std::isnan(column.values[row]) ? 1 : 0;
    }
    return part;
  }
  column.codes.visit([&](auto codes) {
    std::vector<std::uint64_t> counts(column.labels.size(), 0);
    for (std::size_t row = 0; row < taken.size(); ++row) {
      if (taken[row] == side) ++counts[codes[row]];
    }
    // Labels that only the other part has are unknown to this one.
    std::vector<std::uint32_t> codes_of(counts.size(), 0);
    for (std::size_t label = 0; label < counts.size(); ++label) {
      if (counts[label] == 0) continue;
      codes_of[label] = static_cast<std::uint32_t>(part.labels.size());
      part.labels.push_back(column.labels[label]);
      part.counts.push_back(counts[label]);
      if (column.labels[label].empty()) part.missing = counts[label];
    }
    part.codes = CodeVector(rows, part.labels.size(), storage);
    part.codes.visit([&](auto out) {
      using Code = typename decltype(out)::value_type;
      std::size_t next = 0;
      for (std::size_t row = 0; row < taken.size(); ++row) {
        if (taken[row] == side) out[next++] = static_cast<Code>(codes_of[codes[row]]);
      }
    });
  });
  return part;
}

Table part_of(const Table& table, const std::vector<bool>& taken, bool side, std::uint64_t rows) {
  Table part;
  part.rows = rows;
  part.delimiter = table.delimiter;
  part.carriage_returns = table.carriage_returns;
  part.style = table.style;
  part.bytes = table.bytes;
  part.source = table.source;
  part.fingerprint = table.fingerprint;
  part.empty_columns = table.empty_columns;
  part.notes = table.notes;
  part.rules = table.rules;
  part.storage = table.storage;
  for (const Column& column : table.columns) {
    part.columns.push_back(part_of(column, taken, side, rows, table.storage));
  }
  return part;
}

}  // namespace

SplitTable split_table(const Table& table, double share, std::uint64_t seed) {
  if (!(share > 0 && share < 1)) {
    throw Error(ErrorKind::usage, "the share of rows to set aside must be between 0 and 1");
  }
  if (table.rows > max_shuffled_rows) {
    throw Error(ErrorKind::usage, "the table has too many rows to be parted");
  }
  const auto aside =
      static_cast<std::uint64_t>(std::llround(share * static_cast<double>(table.rows)));
  if (aside < 1 || aside >= table.rows) {
    throw Error(ErrorKind::data,
                "the table has too few rows to set some aside; take another share");
  }
  std::vector<bool> taken(table.rows, false);
  const Shuffle shuffle = make_shuffle(static_cast<std::uint32_t>(table.rows), seed, split_round);
  for (std::uint32_t i = 0; i < aside; ++i) taken[shuffled_row(shuffle, i)] = true;
  return {part_of(table, taken, false, table.rows - aside), part_of(table, taken, true, aside)};
}

}  // namespace cuvae
