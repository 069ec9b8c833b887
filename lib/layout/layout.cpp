#include "layout/layout.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "spelling/kind_spelling.hpp"

namespace cuvae {

ColumnLayout column_layout(const ColumnSchema& column, const std::vector<Rule>& rules,
                           std::int32_t rule, std::uint32_t first) {
  ColumnLayout made;
  made.first = first;
  made.rule = rule;
  const bool varied =
      column.spelling && (column.spelling->forms() > 1 || column.markers.size() > 1);
  if (rule >= 0) {
    const Rule& by = rules[static_cast<std::size_t>(rule)];
    made.is = ColumnLayout::Is::derived;
    made.parts = has_part(by) ? 1 : 0;
    made.choice = by.is != Rule::Is::copy && varied;
  } else if (column.kind == ColumnKind::key) {
    made.is = ColumnLayout::Is::key;
    made.choice = !column.markers.empty();
  } else if (column.spelling) {
    made.is = ColumnLayout::Is::spelled;
    made.parts = static_cast<std::uint32_t>(column.spelling->parts().size());
    made.choice = varied;
  }
  return made;
}

std::shared_ptr<Layout> layout_of(const Table& table) {
  const bool plain =
      !table.rules && std::all_of(table.columns.begin(), table.columns.end(),
                                  [](const Column& column) { return !column.spelling; });
  if (plain) return nullptr;
  auto layout = std::make_shared<Layout>();
  std::vector<std::int32_t> rule_of(table.columns.size(), -1);
  if (table.rules) layout->rules = *table.rules;
  for (std::size_t r = 0; r < layout->rules.size(); ++r) {
    rule_of[layout->rules[r].target] = static_cast<std::int32_t>(r);
  }
  std::uint32_t next = 0;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    ColumnSchema column;
    column.kind = table.columns[c].kind;
    column.spelling = table.columns[c].spelling;
    column.markers = table.columns[c].markers;
    layout->columns.push_back(column_layout(column, layout->rules, rule_of[c], next));
    next += layout->columns.back().inner_columns();
  }
  return layout;
}

void spell_derived(const Layout& layout, Schema& schema) {
  for (std::size_t c = 0; c < schema.columns.size(); ++c) {
    ColumnSchema& column = schema.columns[c];
    const ColumnLayout& how = layout.columns[c];
    if (how.is != ColumnLayout::Is::derived || column.spelling) continue;
    const Rule& rule = layout.rules[static_cast<std::size_t>(how.rule)];
    if (rule.is == Rule::Is::copy) continue;  // has its source's cells
    column.spelling = kind_spelling(column.kind, column.decimals);
    if (column.missing > 0) column.markers = {""};
  }
}

std::string choice_label(std::uint32_t choice) {
  return fmt::format("{}", choice);
}

std::vector<std::string> inner_names(const Layout& layout, const Schema& schema,
                                     const std::vector<std::string>& names) {
  std::vector<std::string> inner;
  for (const std::string& name : names) {
    const auto at = std::find_if(schema.columns.begin(), schema.columns.end(),
                                 [&](const ColumnSchema& column) { return column.name == name; });
    if (at == schema.columns.end()) {
      inner.push_back(name);
      continue;
    }
    const ColumnLayout& column =
        layout.columns[static_cast<std::size_t>(at - schema.columns.begin())];
    for (std::uint32_t i = 0; i < column.inner_columns(); ++i) {
      inner.push_back(layout.inner.columns[column.first + i].name);
    }
  }
  return inner;
}

}  // namespace cuvae
