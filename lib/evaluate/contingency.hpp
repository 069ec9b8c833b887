// Tables of pairs: how often each combination of two columns' categories occurs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/alignment.hpp"
#include "evaluate/pairs.hpp"

namespace cuvae {

// Pairs with at most this many combinations are counted in a dense array, others sparsely.
inline constexpr std::size_t dense_cells = std::size_t{1} << 20U;

std::size_t categories_of(const Alignment& alignment, std::size_t column);

// Adds up one pair, combination by combination. The sums are of whole numbers and of fixed point:
// the order of the combinations does not matter.
class PairSum {
 public:
  PairSum(const Alignment& alignment, std::size_t other, const ColumnPair& pair)
      : real_(alignment.tables[0], pair), other_(alignment.tables[other], pair) {}

  // Rows of the categories a and b together, in both tables.
  void add(std::size_t a, std::size_t b, std::uint32_t real_count, std::uint32_t other_count) {
    const std::uint64_t real = real_count * other_.rows;
    const std::uint64_t other = other_count * real_.rows;
    difference_ += real > other ? real - other : other - real;
    real_.add(a, b, real_count);
    other_.add(a, b, other_count);
  }

  PairMetrics metrics() const;

 private:
  __extension__ using Wide = unsigned __int128;

  // What is needed of one table to weigh a count of one combination.
  struct Side {
    std::span<const std::uint64_t> first;  // rows of each category
    std::span<const std::uint64_t> second;
    std::uint64_t rows = 0;
    Wide squares = 0;  // sum of count^2 / (rows of its first category * rows of its second)

    Side(const AlignedTable& table, const ColumnPair& pair)
        : first(table.columns[pair.first].category_counts),
          second(table.columns[pair.second].category_counts),
          rows(table.rows) {}

    void add(std::size_t a, std::size_t b, std::uint32_t count) {
      if (count == 0) return;
      const double n = count;
      // At most 1, also as rounded.
      const double square =
          n * n / (static_cast<double>(first[a]) * static_cast<double>(second[b]));
      squares += static_cast<std::uint64_t>(static_cast<std::int64_t>(square * fixed_point_one));
    }
  };

  static constexpr double fixed_point_one = 0x1p62;  // what 1 is counted as in `squares`
  static double cramers_v(const Side& side);

  Side real_;
  Side other_;
  Wide difference_ = 0;  // of the shares, times the rows of both tables
};

// A pair whose combinations were counted in dense tables, [first's categories, second's].
PairMetrics metrics_of_tables(const Alignment& alignment, std::size_t other, const ColumnPair& pair,
                              std::span<const std::uint32_t> real_counts,
                              std::span<const std::uint32_t> other_counts);

// EvaluationDevice::compare_categories() on the CPU; pairs of more than `most_dense` combinations
// are counted group by group.
std::vector<PairMetrics> compare_categories(const Alignment& alignment, std::size_t other,
                                            std::span<const ColumnPair> pairs, unsigned threads,
                                            SharedProgress& progress,
                                            std::size_t most_dense = dense_cells);

}  // namespace cuvae
