// Which columns the network learns in place of a table's own. Plain columns are learned as they
// are. A spelled column is learned as the numbers of its parts and, where cells differ in more than
// their number, as a choice: which of its forms spells the cell, or which marker stands for none.
// Keys are not learned at all, but for whether there is one. A column that a rule computes from
// others is not learned either, or only what the rule leaves open, and its form.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <cuvae/schema.hpp>
#include <cuvae/table.hpp>

#include "rules/rule.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {

struct ColumnLayout {
  enum class Is : std::uint8_t { plain, spelled, key, derived };

  Is is = Is::plain;
  std::uint32_t first = 0;  // of its inner columns; those of the parts come before the choice
  std::uint32_t parts = 0;  // how many of them are numbers
  bool choice = false;      // whether one of them is a choice
  std::int32_t rule = -1;   // of Layout::rules, that computes a derived column

  std::uint32_t inner_columns() const { return is == Is::plain ? 1 : parts + (choice ? 1 : 0); }

  friend bool operator==(const ColumnLayout&, const ColumnLayout&) = default;
};

class Layout {
 public:
  // Of the table's columns; `inner` is filled by the caller from the inner table's schema.
  std::vector<ColumnLayout> columns;  // [columns of the table]
  Schema inner;                       // what the network learns
  std::vector<Rule> rules;            // in an order in which each can be computed

  friend bool operator==(const Layout&, const Layout&) = default;
};

// Null where every column is plain: the network learns the table itself.
std::shared_ptr<Layout> layout_of(const Table& table);

// The layout of one column: of a derived one where `rule` is a rule's place in `rules`, else -1.
ColumnLayout column_layout(const ColumnSchema& column, const std::vector<Rule>& rules,
                           std::int32_t rule, std::uint32_t first);

// A derived column's cells are numbers that need not lie in the range of those that were seen: in
// the schema of the table it has a spelling, if only its kind's.
void spell_derived(const Layout& layout, Schema& schema);

// The table that the network learns. Plain columns are copied. Throws Error(runtime): not enough
// memory.
Table inner_table(const Table& table, const Layout& layout, unsigned threads);

// The label of a choice in its inner column.
std::string choice_label(std::uint32_t choice);

// The choices of a spelled column: its forms, then its markers.
inline std::uint32_t choices_of(const Spelling& spelling, const std::vector<std::string>& markers) {
  return spelling.forms() + static_cast<std::uint32_t>(markers.size());
}

// Names of the inner columns of those named, which are columns of the table; others are left as
// they are.
std::vector<std::string> inner_names(const Layout& layout, const Schema& schema,
                                     const std::vector<std::string>& names);

// JSON with the inner columns that are not the table's own.
std::string to_json(const Layout& layout);

// The inverse of to_json(), for a table of this schema. Throws Error(data).
std::shared_ptr<const Layout> layout_from_json(std::string_view text, const Schema& schema);

}  // namespace cuvae
