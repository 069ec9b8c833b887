#include "evaluate/contingency.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace cuvae {
namespace {

// What is needed of one table to weigh a count of one combination.
struct Side {
  std::span<const std::uint64_t> first;  // rows of each category
  std::span<const std::uint64_t> second;
  double rows = 0;
  double squares = 0;  // sum of count^2 / (rows of its first category * rows of its second)

  Side(const AlignedTable& table, std::size_t a, std::size_t b)
      : first(table.columns[a].category_counts),
        second(table.columns[b].category_counts),
        rows(static_cast<double>(table.rows)) {}

  void add(std::size_t a, std::size_t b, std::uint32_t count) {
    if (count == 0) return;
    const double n = count;
    squares += n * n / (static_cast<double>(first[a]) * static_cast<double>(second[b]));
  }
};

double used(std::span<const std::uint64_t> counts) {
  double categories = 0;
  for (const std::uint64_t count : counts) categories += count > 0 ? 1 : 0;
  return categories;
}

// Cramer's V with Bergsma's correction: without it, sparse tables look associated by chance alone,
// and the more so the fewer rows they have.
double cramers_v(const Side& side) {
  const double r = used(side.first);
  const double c = used(side.second);
  if (r < 2 || c < 2) return std::numeric_limits<double>::quiet_NaN();
  const double freedom = (r - 1) * (c - 1) / (side.rows - 1);
  const double phi = std::max(0.0, side.squares - 1 - freedom);
  const double rest = std::min(r - 1 - (r - 1) * (r - 1) / (side.rows - 1),
                               c - 1 - (c - 1) * (c - 1) / (side.rows - 1));
  return rest > 0 ? std::min(1.0, std::sqrt(phi / rest)) : 0;
}

// Adds up one pair, combination by combination.
class PairSum {
 public:
  PairSum(const Alignment& alignment, std::size_t other, std::size_t a, std::size_t b)
      : real_(alignment.tables[0], a, b), other_(alignment.tables[other], a, b) {}

  void add(std::size_t a, std::size_t b, std::uint32_t real_count, std::uint32_t other_count) {
    difference_ += std::abs(real_count / real_.rows - other_count / other_.rows);
    real_.add(a, b, real_count);
    other_.add(a, b, other_count);
  }

  PairMetrics metrics() const {
    return {cramers_v(real_), cramers_v(other_), std::max(0.0, 1 - difference_ / 2)};
  }

 private:
  Side real_;
  Side other_;
  double difference_ = 0;
};

// Several copies of a small table, so that equal neighbours don't wait for each other's stores.
constexpr std::size_t copies = 4;
constexpr std::size_t copied_cells = 4096;

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

}  // namespace

std::size_t categories_of(const Alignment& alignment, std::size_t column) {
  const Basis& basis = alignment.bases[column];
  return basis.numeric ? pair_bins + 1 : basis.labels.size();
}

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

PairMetrics count_densely(const Alignment& alignment, std::size_t other, std::size_t first,
                          std::size_t second) {
  const std::size_t height = categories_of(alignment, first);
  const std::size_t width = categories_of(alignment, second);
  const auto real_counts = joint_counts(alignment.tables[0], first, second, height * width, width);
  const auto other_counts =
      joint_counts(alignment.tables[other], first, second, height * width, width);
  PairSum sum(alignment, other, first, second);
  for (std::size_t a = 0; a < height; ++a) {
    for (std::size_t b = 0; b < width; ++b) {
      const std::size_t cell = a * width + b;
      if ((real_counts[cell] | other_counts[cell]) == 0) continue;
      sum.add(a, b, real_counts[cell], other_counts[cell]);
    }
  }
  return sum.metrics();
}

PairMetrics count_by_groups(const Alignment& alignment, std::size_t other, std::size_t first,
                            std::size_t second, const Groups& real_groups,
                            const Groups& other_groups) {
  const std::size_t width = categories_of(alignment, second);
  std::vector<std::uint32_t> real_counts(width);
  std::vector<std::uint32_t> other_counts(width);
  std::vector<std::uint32_t> touched;
  PairSum sum(alignment, other, first, second);
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

}  // namespace cuvae
