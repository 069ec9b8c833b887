#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include <cuvae/inspect.hpp>

#include "spelling/cell_text.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

// The labels in order, the missing one left out; the most frequent as examples.
void describe_labels(const std::vector<std::string>& labels,
                     const std::vector<std::uint64_t>& counts, std::size_t examples,
                     ColumnSummary& summary) {
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return labels[i].empty(); });
  summary.distinct = order.size();
  if (order.empty()) return;
  summary.minimum = labels[order.front()];
  summary.maximum = labels[order.back()];
  const std::size_t example_count = std::min(examples, order.size());
  const auto frequency = [&](std::size_t i) { return i < counts.size() ? counts[i] : 0; };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(example_count),
                    order.end(), [&](std::size_t a, std::size_t b) {
                      return frequency(a) != frequency(b) ? frequency(a) > frequency(b) : a < b;
                    });
  for (std::size_t i = 0; i < example_count; ++i) {
    summary.examples.push_back({labels[order[i]], frequency(order[i])});
  }
}

// A number of a value column as a cell, in the first form of those that have a spelling.
std::string example(double value, ColumnKind kind, int decimals, const Spelling* spelling) {
  if (spelling == nullptr) return spell(value, kind, decimals);
  return cell_text(*spelling, {value, 0});
}

void describe_values(const Column& column, std::size_t examples, ColumnSummary& summary) {
  const auto text = [&](double value) {
    return example(value, column.kind, column.decimals, column.spelling.get());
  };
  std::vector<double> present;
  present.reserve(column.values.size() - column.missing);
  for (std::size_t row = 0; row < column.values.size(); ++row) {
    const double value = column.values[row];
    if (std::isnan(value)) continue;
    present.push_back(value);
    if (summary.examples.size() >= examples) continue;
    summary.examples.push_back(
        {column.spelling ? cell_text(*column.spelling, {value, column.forms[row]}) : text(value),
         1});
  }
  if (present.empty()) return;
  summary.mean =
      std::accumulate(present.begin(), present.end(), 0.0) / static_cast<double>(present.size());
  std::sort(present.begin(), present.end());
  summary.minimum = text(present.front());
  summary.maximum = text(present.back());
  summary.distinct =
      static_cast<std::uint64_t>(std::unique(present.begin(), present.end()) - present.begin());
}

}  // namespace

std::string spell(double value, ColumnKind kind, int decimals) {
  const CellFormat format = CellFormat::of(kind, decimals);
  if (format.decimals != CellFormat::shortest) return format.spell(value);
  return fmt::format("{}", value);  // 100000 is easier to read than 1e+05
}

std::vector<ColumnSummary> describe(const Table& table, std::size_t examples) {
  std::vector<ColumnSummary> summaries;
  for (const Column& column : table.columns) {
    ColumnSummary& summary = summaries.emplace_back();
    summary.name = column.name;
    summary.kind = column.kind;
    summary.reason = column.reason;
    summary.missing = column.missing;
    if (is_coded(column.kind)) {
      describe_labels(column.labels, column.counts, examples, summary);
    } else {
      describe_values(column, examples, summary);
    }
  }
  return summaries;
}

std::vector<ColumnSummary> describe(const Schema& schema, std::size_t examples) {
  std::vector<ColumnSummary> summaries;
  for (const ColumnSchema& column : schema.columns) {
    ColumnSummary& summary = summaries.emplace_back();
    summary.name = column.name;
    summary.kind = column.kind;
    summary.missing = column.missing;
    if (column.spelling) summary.reason = column.spelling->description();
    if (is_coded(column.kind)) {
      describe_labels(column.labels, column.counts, examples, summary);
      continue;
    }
    const Spelling* const spelling = column.spelling.get();
    summary.mean = column.mean;
    summary.minimum = example(column.minimum, column.kind, column.decimals, spelling);
    summary.maximum = example(column.maximum, column.kind, column.decimals, spelling);
  }
  return summaries;
}

}  // namespace cuvae
