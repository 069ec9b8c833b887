// What sets a kind of column apart, said once.
#pragma once

#include <array>
#include <string_view>

#include <cuvae/table.hpp>

#include "text/cell_format.hpp"

namespace cuvae {

struct ColumnKindTraits {
  ColumnKind kind;
  std::string_view name;  // in schemas and messages
  // Value columns: how their cells are spelled, but for the decimals of those that have their own.
  CellFormat format{};
  // Why a column is of this kind, behind "all 7 cells"; empty where the reader says more.
  std::string_view reason{};
  // A column is such by its spelling (lib/spelling) alone.
  bool by_spelling = false;
};

constexpr bool is_value_format(const ColumnKindTraits& traits) {
  return !is_coded(traits.kind) && !traits.by_spelling;
}

// In the order in which columns are asked whether they are such. A kind of value column needs no
// more than its line here and in ColumnKind.
inline constexpr std::array column_kinds{
    ColumnKindTraits{ColumnKind::currency,
                     "currency",
                     {.before = "$", .decimals = 2, .fixed = true},
                     "are amounts with $"},
    ColumnKindTraits{ColumnKind::continuous, "continuous"},
    ColumnKindTraits{ColumnKind::ordinal, "ordinal"},
    ColumnKindTraits{ColumnKind::instant, "instant", {}, {}, true},
    ColumnKindTraits{ColumnKind::key, "key", {}, {}, true},
    ColumnKindTraits{ColumnKind::label, "label"}};

constexpr const ColumnKindTraits& traits_of(ColumnKind kind) {
  for (const ColumnKindTraits& traits : column_kinds) {
    if (traits.kind == kind) return traits;
  }
  return column_kinds.back();
}

}  // namespace cuvae
