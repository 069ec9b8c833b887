#include "layout/layout.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cuvae {

std::shared_ptr<Layout> layout_of(const Table& table) {
  const bool plain = std::all_of(table.columns.begin(), table.columns.end(),
                                 [](const Column& column) { return !column.spelling; });
  if (plain) return nullptr;
  auto layout = std::make_shared<Layout>();
  std::uint32_t next = 0;
  for (const Column& column : table.columns) {
    ColumnLayout& made = layout->columns.emplace_back();
    made.first = next;
    if (column.kind == ColumnKind::key) {
      made.is = ColumnLayout::Is::key;
      made.choice = !column.markers.empty();
    } else if (column.spelling) {
      made.is = ColumnLayout::Is::spelled;
      made.parts = static_cast<std::uint32_t>(column.spelling->parts().size());
      made.choice = column.spelling->forms() > 1 || column.markers.size() > 1;
    }
    next += made.inner_columns();
  }
  return layout;
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
