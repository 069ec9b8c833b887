#include "train/protected_table.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "protect/protect.hpp"
#include "rules/rule.hpp"

namespace cuvae {
namespace {

// Rules that map labels of a column to those of another know the labels of before. Copies of cells
// stay copies.
void settle_rules(const Table& before, Table& table) {
  if (!table.rules) return;
  std::vector<Rule> kept;
  for (const Rule& rule : *table.rules) {
    if (rule.is == Rule::Is::copy && rule.labels.empty()) {
      const std::string name = table.columns[rule.target].name;
      table.columns[rule.target] = table.columns[rule.sources.front()];
      table.columns[rule.target].name = name;
    }
    const auto changed = [&](std::uint32_t column) {
      return before.columns[column].labels != table.columns[column].labels;
    };
    if (!rule.labels.empty() && (changed(rule.sources.front()) || changed(rule.target))) continue;
    kept.push_back(rule);
  }
  table.rules = kept.empty() ? nullptr : std::make_shared<const std::vector<Rule>>(std::move(kept));
}

}  // namespace

std::optional<Table> protected_table(const Table& table, const TrainOptions& options,
                                     Monitor& monitor) {
  const ProtectOptions how{options.protect_rare, options.person, options.protect_star};
  const Protection found = rare_labels(table, how);
  const bool labels = std::any_of(found.columns.begin(), found.columns.end(),
                                  [](const ProtectedColumn& column) { return column.done; });
  const bool numbers = options.protect_rare.value_or(0) > 1;
  for (const std::string& note : found.notes) monitor.note(note);
  if (!labels && !numbers) return std::nullopt;
  Table changed = table;
  protect(changed, how);
  settle_rules(table, changed);
  return changed;
}

}  // namespace cuvae
