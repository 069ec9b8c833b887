#include "evaluate/contingency.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/threads.hpp"

namespace cuvae {
namespace {

double used(std::span<const std::uint64_t> counts) {
  double categories = 0;
  for (const std::uint64_t count : counts) categories += count > 0 ? 1 : 0;
  return categories;
}

// Several copies of a small table, so that equal neighbours don't wait for each other's stores.
constexpr std::size_t copies = 4;
constexpr std::size_t copied_cells = 4096;

constexpr std::size_t least_worthwhile_cells = 256;

std::vector<std::uint32_t> joint_counts(const AlignedTable& table, std::size_t first,
                                        std::size_t second, std::size_t cells, std::size_t width) {
  const std::size_t used_copies = cells <= copied_cells ? copies : 1;
  std::vector<std::uint32_t> counts(cells * used_copies);
  table.columns[first].categories().visit([&](auto a) {
    table.columns[second].categories().visit([&](auto b) {
      std::size_t row = 0;
      if (used_copies == copies) {
        for (; row + copies <= a.size(); row += copies) {
          for (std::size_t copy = 0; copy < copies; ++copy) {
            ++counts[copy * cells + a[row + copy] * width + b[row + copy]];
          }
        }
      }
      for (; row < a.size(); ++row) ++counts[a[row] * width + b[row]];
    });
  });
  for (std::size_t cell = cells; cell < counts.size(); ++cell) counts[cell % cells] += counts[cell];
  counts.resize(cells);
  return counts;
}

// Row numbers of one table grouped by one column's category, in order within each group.
struct Groups {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> ends;  // [categories] behind the last row of each group

  Groups(const AlignedTable& table, std::size_t column);
};

Groups::Groups(const AlignedTable& table, std::size_t column)
    : rows(table.rows), ends(table.columns[column].category_counts.size()) {
  std::uint64_t begin = 0;
  for (std::size_t category = 0; category < ends.size(); ++category) {
    ends[category] = static_cast<std::uint32_t>(begin);
    begin += table.columns[column].category_counts[category];
  }
  table.columns[column].categories().visit([&](auto codes) {
    for (std::size_t row = 0; row < codes.size(); ++row) {
      rows[ends[codes[row]]++] = static_cast<std::uint32_t>(row);
    }
  });
}

// Memory grows with the combinations.
PairMetrics count_densely(const Alignment& alignment, std::size_t other, const ColumnPair& pair) {
  const auto [first, second] = pair;
  const std::size_t height = categories_of(alignment, first);
  const std::size_t width = categories_of(alignment, second);
  const auto real_counts = joint_counts(alignment.tables[0], first, second, height * width, width);
  const auto other_counts =
      joint_counts(alignment.tables[other], first, second, height * width, width);
  return metrics_of_tables(alignment, other, pair, real_counts, other_counts);
}

// For any number of combinations, with both tables grouped by the first column.
PairMetrics count_by_groups(const Alignment& alignment, std::size_t other, const ColumnPair& pair,
                            const Groups& real_groups, const Groups& other_groups) {
  const std::size_t second = pair.second;
  const std::size_t width = categories_of(alignment, second);
  std::vector<std::uint32_t> real_counts(width);
  std::vector<std::uint32_t> other_counts(width);
  std::vector<std::uint32_t> touched;
  PairSum sum(alignment, other, pair);
  const auto count = [&](std::size_t table, const Groups& groups, std::size_t group,
                         std::vector<std::uint32_t>& counts) {
    const std::size_t begin = group == 0 ? 0 : groups.ends[group - 1];
    alignment.tables[table].columns[second].categories().visit([&](auto codes) {
      for (std::size_t i = begin; i < groups.ends[group]; ++i) {
        const std::uint32_t category = codes[groups.rows[i]];
        if ((real_counts[category] | other_counts[category]) == 0) touched.push_back(category);
        ++counts[category];
      }
    });
  };
  for (std::size_t group = 0; group < real_groups.ends.size(); ++group) {
    touched.clear();
    count(0, real_groups, group, real_counts);
    count(other, other_groups, group, other_counts);
    for (const std::uint32_t category : touched) {
      sum.add(group, category, real_counts[category], other_counts[category]);
      real_counts[category] = 0;
      other_counts[category] = 0;
    }
  }
  return sum.metrics();
}

}  // namespace

std::size_t categories_of(const Alignment& alignment, std::size_t column) {
  const Basis& basis = alignment.bases[column];
  return basis.numeric ? pair_bins + 1 : basis.labels.size();
}

// Cramer's V with Bergsma's correction: without it, sparse tables look associated by chance alone,
// and the more so the fewer rows they have.
double PairSum::cramers_v(const Side& side) {
  const double r = used(side.first);
  const double c = used(side.second);
  if (r < 2 || c < 2) return std::numeric_limits<double>::quiet_NaN();
  const double others = static_cast<double>(side.rows) - 1;
  const double freedom = (r - 1) * (c - 1) / others;
  const double squares = static_cast<double>(side.squares) / fixed_point_one;
  const double phi = std::max(0.0, squares - 1 - freedom);
  const double rest =
      std::min(r - 1 - (r - 1) * (r - 1) / others, c - 1 - (c - 1) * (c - 1) / others);
  return rest > 0 ? std::min(1.0, std::sqrt(phi / rest)) : 0;
}

PairMetrics PairSum::metrics() const {
  const double difference = static_cast<double>(difference_) / static_cast<double>(real_.rows) /
                            static_cast<double>(other_.rows);
  return {cramers_v(real_), cramers_v(other_), std::max(0.0, 1 - difference / 2)};
}

PairMetrics metrics_of_tables(const Alignment& alignment, std::size_t other, const ColumnPair& pair,
                              std::span<const std::uint32_t> real_counts,
                              std::span<const std::uint32_t> other_counts) {
  const std::size_t width = categories_of(alignment, pair.second);
  PairSum sum(alignment, other, pair);
  for (std::size_t cell = 0, a = 0; cell < real_counts.size(); ++a) {
    for (std::size_t b = 0; b < width; ++b, ++cell) {
      if ((real_counts[cell] | other_counts[cell]) == 0) continue;
      sum.add(a, b, real_counts[cell], other_counts[cell]);
    }
  }
  return sum.metrics();
}

std::vector<PairMetrics> compare_categories(const Alignment& alignment, std::size_t other,
                                            std::span<const ColumnPair> pairs, unsigned threads,
                                            SharedProgress& progress, std::size_t most_dense) {
  std::vector<PairMetrics> metrics(pairs.size());
  std::vector<std::size_t> dense;
  std::vector<std::vector<std::size_t>> grouped(alignment.bases.size());
  // Clearing and looking through many more combinations than there are rows costs more than groups.
  const std::size_t worthwhile =
      least_worthwhile_cells + 8 * (alignment.tables[0].rows + alignment.tables[other].rows);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto [first, second] = pairs[i];
    const std::size_t cells = categories_of(alignment, first) * categories_of(alignment, second);
    (cells <= std::min(most_dense, worthwhile) ? dense : grouped[first]).push_back(i);
  }
  for_each_index(threads, dense.size(), [&](std::size_t index) {
    metrics[dense[index]] = count_densely(alignment, other, pairs[dense[index]]);
    progress.advance();
  });
  for (std::size_t first = 0; first < grouped.size(); ++first) {
    const std::vector<std::size_t>& group = grouped[first];
    if (group.empty()) continue;
    const Groups real_groups(alignment.tables[0], first);
    const Groups other_groups(alignment.tables[other], first);
    for_each_index(threads, group.size(), [&](std::size_t index) {
      metrics[group[index]] =
          count_by_groups(alignment, other, pairs[group[index]], real_groups, other_groups);
      progress.advance();
    });
  }
  return metrics;
}

}  // namespace cuvae
