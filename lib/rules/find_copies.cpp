#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "rules/propose.hpp"
#include "spelling/spelling.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t fewest_repeats = 20;  // of labels that determine each other
constexpr std::uint64_t repeat_share = 100;   // at least one row in so many repeats a label
constexpr std::size_t fewest_values = 3;      // of value columns
constexpr std::uint32_t no_label = std::numeric_limits<std::uint32_t>::max();

bool same_spelling(const Column& a, const Column& b) {
  if (!a.spelling || !b.spelling) return a.spelling == b.spelling;
  return a.spelling == b.spelling || a.spelling->to_json() == b.spelling->to_json();
}

bool same_codes(const CodeVector& a, const CodeVector& b) {
  return a.size() == b.size() && a.visit([&](auto left) {
    return b.visit([&](auto right) {
      return std::equal(left.begin(), left.end(), right.begin(), right.end());
    });
  });
}

bool same_number(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

// [labels of a] the label of b that stands with it; empty where they don't determine each other.
std::vector<std::uint32_t> label_map(const Column& a, const Column& b) {
  std::vector<std::uint32_t> map(a.labels.size(), no_label);
  std::vector<std::uint32_t> back(b.labels.size(), no_label);
  const bool holds = a.codes.visit([&](auto left) {
    return b.codes.visit([&](auto right) {
      for (std::size_t row = 0; row < left.size(); ++row) {
        const std::uint32_t x = left[row];
        const std::uint32_t y = right[row];
        if (map[x] == no_label && back[y] == no_label) {
          map[x] = y;
          back[y] = x;
        } else if (map[x] != y || back[y] != x) {
          return false;
        }
      }
      return true;
    });
  });
  if (!holds) return {};
  // Labels that no row has stand for any.
  std::replace(map.begin(), map.end(), no_label, std::uint32_t{0});
  return map;
}

// What the tokenizer would join row by row: most rows have a label of their own.
bool nearly_unique(const Column& column) {
  return is_coded(column.kind) && column.labels.size() * 2 > column.codes.size();
}

bool repeats(const Column& column) {
  const std::uint64_t repeated = column.codes.size() - column.labels.size();
  return column.labels.size() < column.codes.size() && repeated >= fewest_repeats &&
         repeated * repeat_share >= column.codes.size();
}

std::vector<std::uint64_t> sampled(const Column& column, const std::vector<std::uint32_t>& sample) {
  std::vector<std::uint64_t> cells;
  for (const std::uint32_t row : sample) {
    cells.push_back(is_coded(column.kind) ? column.codes[row]
                                          : std::bit_cast<std::uint64_t>(column.values[row]));
  }
  return cells;
}

// Numbers of the labels in the order in which they turn up, which labels that determine each other
// share.
std::vector<std::uint64_t> by_turn(std::vector<std::uint64_t> cells) {
  std::map<std::uint64_t, std::uint64_t> turns;
  for (std::uint64_t& cell : cells) cell = turns.emplace(cell, turns.size()).first->second;
  return cells;
}

bool holds_several(std::vector<std::uint64_t> cells) {
  std::sort(cells.begin(), cells.end());
  return static_cast<std::size_t>(std::unique(cells.begin(), cells.end()) - cells.begin()) >=
         fewest_values;
}

Rule copy_rule(std::size_t target, std::size_t source) {
  Rule rule;
  rule.target = static_cast<std::uint32_t>(target);
  rule.sources = {static_cast<std::uint32_t>(source)};
  return rule;
}

}  // namespace

bool same_cells(const Column& a, const Column& b) {
  if (a.kind != b.kind || a.decimals != b.decimals || a.markers != b.markers ||
      a.missing != b.missing || a.labels != b.labels || !same_spelling(a, b)) {
    return false;
  }
  if (is_coded(a.kind)) return same_codes(a.codes, b.codes);
  return a.values.size() == b.values.size() &&
         std::equal(a.values.begin(), a.values.end(), b.values.begin(), same_number) &&
         same_codes(a.forms, b.forms);
}

std::vector<Rule> find_copies(const Table& table, const std::vector<std::uint32_t>& sample,
                              unsigned threads) {
  const std::size_t columns = table.columns.size();
  std::vector<std::vector<std::uint64_t>> cells(columns);
  for_each_index(threads, columns, [&](std::size_t c) {
    const Column& column = table.columns[c];
    const bool wanted = !is_coded(column.kind) || nearly_unique(column);
    if (!wanted) return;
    cells[c] = sampled(column, sample);
    if (!holds_several(cells[c])) cells[c].clear();
  });
  std::vector<Rule> rules;
  std::vector<bool> copied(columns, false);
  std::map<std::vector<std::uint64_t>, std::vector<std::size_t>> alike;
  for (std::size_t c = 0; c < columns; ++c) {
    if (cells[c].empty()) continue;
    auto& earlier = alike[cells[c]];
    for (const std::size_t source : earlier) {
      if (!same_cells(table.columns[source], table.columns[c])) continue;
      rules.push_back(copy_rule(c, source));
      copied[c] = true;
      break;
    }
    if (!copied[c]) earlier.push_back(c);
  }
  alike.clear();
  for (std::size_t c = 0; c < columns; ++c) {
    const Column& column = table.columns[c];
    const bool labels = is_coded(column.kind) && column.kind != ColumnKind::key && !column.spelling;
    if (cells[c].empty() || copied[c] || !labels || !repeats(column)) continue;
    auto& earlier = alike[by_turn(cells[c])];
    for (const std::size_t source : earlier) {
      Rule rule = copy_rule(c, source);
      rule.labels = label_map(table.columns[source], column);
      if (rule.labels.empty()) continue;
      rules.push_back(std::move(rule));
      copied[c] = true;
      break;
    }
    if (!copied[c]) earlier.push_back(c);
  }
  return rules;
}

}  // namespace cuvae
