#include "tokenizer/together.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "kernels/arithmetic/shuffle.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr double most_left_bits = 0.01;    // of a column that another determines
constexpr double fewest_bits = 0.5;        // of a column worth joining
constexpr double above_chance = 0.3;       // of those bits that chance would not explain
constexpr double clearly_dependent = 0.5;  // of the smaller entropy, for pairs of a triple
constexpr std::uint64_t most_sample_rows = 250'000;
constexpr std::uint64_t least_sample_rows = 2'000;
constexpr std::uint64_t most_counted_rows = 4'000'000;  // to see whether tuples are too many
constexpr std::uint64_t rows_a_tuple = 2;               // at least, on average
constexpr std::uint64_t sample_budget = 100'000'000;    // rows times pairs

using Codes = std::vector<std::uint32_t>;

// Counts pairs of codes in an open-addressing table.
struct PairCount {
  double bits = 0;  // entropy of the pair
  std::size_t distinct = 0;
  Codes ids;  // [rows] number of each row's pair, where asked for
};

PairCount count_pairs(const Codes& a, const Codes& b, std::size_t shift, bool with_ids) {
  const std::size_t rows = a.size();
  const std::size_t slots = std::bit_ceil(rows * 2);
  constexpr std::uint64_t empty = ~std::uint64_t{0};
  std::vector<std::uint64_t> keys(slots, empty);
  std::vector<std::uint32_t> ids(slots);
  std::vector<std::uint32_t> counts;
  PairCount result;
  if (with_ids) result.ids.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t other = row + shift < rows ? row + shift : row + shift - rows;
    const std::uint64_t key = std::uint64_t{a[row]} << 32 | b[other];
    std::size_t slot = (key * 0x9E3779B97F4A7C15U) >> (64 - std::bit_width(slots - 1));
    while (keys[slot] != empty && keys[slot] != key) slot = (slot + 1) & (slots - 1);
    if (keys[slot] == empty) {
      keys[slot] = key;
      ids[slot] = static_cast<std::uint32_t>(counts.size());
      counts.push_back(0);
    }
    ++counts[ids[slot]];
    if (with_ids) result.ids[row] = ids[slot];
  }
  result.distinct = counts.size();
  const auto whole = static_cast<double>(rows);
  for (const std::uint32_t count : counts) {
    const double share = count / whole;
    result.bits -= share * std::log2(share);
  }
  return result;
}

struct Candidate {
  std::uint32_t column;
  Codes codes;
  double bits;
};

struct Pair {
  double bits = 0;    // entropy of both
  double chance = 0;  // the same with shifted rows
  std::size_t distinct = 0;
};

class Finder {
 public:
  Finder(const std::vector<ValueColumn>& columns, std::uint64_t rows, unsigned threads)
      : threads_(threads), columns_(columns), rows_(rows), parents_(columns.size()) {
    std::iota(parents_.begin(), parents_.end(), 0U);
    const std::uint64_t pairs = columns.size() * columns.size();
    const auto sample =
        sample_rows(rows, std::clamp(sample_budget / std::max<std::uint64_t>(pairs, 1),
                                     least_sample_rows, most_sample_rows));
    for (std::uint32_t c = 0; c < columns.size(); ++c) {
      if (columns[c].own.size() != 0 || columns[c].count < 3) continue;  // numbers stay alone
      Candidate candidate{c, {}, 0};
      candidate.codes.reserve(sample.size());
      for (const std::uint32_t row : sample) candidate.codes.push_back((*columns[c].codes)[row]);
      candidate.bits = count_pairs(candidate.codes, Codes(sample.size(), 0), 0, false).bits;
      if (candidate.bits >= fewest_bits / 10) candidates_.push_back(std::move(candidate));
    }
    pairs_.resize(candidates_.size() * candidates_.size());
  }

  std::vector<std::vector<std::uint32_t>> run(std::vector<std::vector<std::uint32_t>>* split) {
    if (candidates_.size() < 2) return {};
    for_each_index(threads_, candidates_.size(), [&](std::size_t a) {
      for (std::size_t b = a + 1; b < candidates_.size(); ++b) measure(a, b);
    });
    for (std::size_t a = 0; a < candidates_.size(); ++a) {
      for (std::size_t b = 0; b < candidates_.size(); ++b) {
        if (a == b || !determines(a, b) || by_chance(a, b)) continue;
        join(a, b);
        depend({pair(a, b).distinct, {candidates_[a].column, candidates_[b].column}});
      }
    }
    for (std::size_t a = 0; a < candidates_.size(); ++a) {
      for (std::size_t b = a + 1; b < candidates_.size(); ++b) join_by_thirds(a, b);
    }
    for (const auto& group : groups()) {
      if (!too_many_tuples(group)) continue;
      if (split != nullptr) split->push_back(group);
      join_in_part(group);
    }
    return groups();
  }

 private:
  // Columns that belong together, and how many tuples the sample has of them.
  struct Dependency {
    std::size_t distinct;
    std::vector<std::uint32_t> columns;
  };

  unsigned threads_;
  const std::vector<ValueColumn>& columns_;
  std::uint64_t rows_;
  std::vector<Dependency> dependencies_;
  std::vector<std::uint32_t> parents_;
  std::vector<Candidate> candidates_;
  std::vector<Pair> pairs_;

  const Pair& pair(std::size_t a, std::size_t b) const {
    return pairs_[std::min(a, b) * candidates_.size() + std::max(a, b)];
  }

  void measure(std::size_t a, std::size_t b) {
    const Codes& left = candidates_[a].codes;
    const Codes& right = candidates_[b].codes;
    const PairCount real = count_pairs(left, right, 0, false);
    const PairCount shifted = count_pairs(left, right, left.size() / 2, false);
    pairs_[a * candidates_.size() + b] = {real.bits, shifted.bits, real.distinct};
  }

  bool determines(std::size_t a, std::size_t b) const {
    return candidates_[b].bits >= fewest_bits &&
           pair(a, b).bits - candidates_[a].bits <= most_left_bits;
  }
  bool by_chance(std::size_t a, std::size_t b) const {
    return pair(a, b).chance - pair(a, b).bits < above_chance * candidates_[b].bits;
  }
  bool dependent(std::size_t a, std::size_t b) const {
    const double least = std::min(candidates_[a].bits, candidates_[b].bits);
    return pair(a, b).chance - pair(a, b).bits >= clearly_dependent * least;
  }

  void join_by_thirds(std::size_t a, std::size_t b) {
    const std::size_t rows = candidates_[a].codes.size();
    if (root(a) == root(b) || !dependent(a, b) || pair(a, b).distinct * 10 > rows) return;
    PairCount both;
    for (std::size_t c = 0; c < candidates_.size(); ++c) {
      if (c == a || c == b || candidates_[c].bits < fewest_bits || determines(a, c) ||
          determines(b, c) || !dependent(a, c) || !dependent(b, c)) {
        continue;
      }
      if (both.ids.empty()) both = count_pairs(candidates_[a].codes, candidates_[b].codes, 0, true);
      const PairCount all = count_pairs(both.ids, candidates_[c].codes, 0, false);
      if (all.bits - both.bits > most_left_bits) continue;
      join(a, b);
      join(a, c);
      depend({all.distinct, {candidates_[a].column, candidates_[b].column, candidates_[c].column}});
    }
  }

  void depend(Dependency dependency) { dependencies_.push_back(std::move(dependency)); }

  // Whether a group has nearly as many tuples as rows: drawn as one they would be rows of the table
  // again.
  bool too_many_tuples(const std::vector<std::uint32_t>& group) const {
    const auto too_many = [&](const std::vector<std::uint32_t>& rows) {
      Codes tuples(rows.size(), 0);
      std::size_t distinct = 0;
      for (const std::uint32_t column : group) {
        PairCount count = count_pairs(tuples, codes_of(column, rows), 0, true);
        tuples = std::move(count.ids);
        distinct = count.distinct;
      }
      return distinct * rows_a_tuple > rows.size();
    };
    // More rows have no more tuples a row.
    const std::uint64_t few = std::min(rows_, least_sample_rows);
    if (!too_many(sample_rows(rows_, few))) return false;
    return few == rows_ || too_many(sample_rows(rows_, std::min(rows_, most_counted_rows)));
  }

  Codes codes_of(std::uint32_t column, const std::vector<std::uint32_t>& rows) const {
    Codes codes;
    codes.reserve(rows.size());
    columns_[column].codes->visit([&](auto all) {
      for (const std::uint32_t row : rows) codes.push_back(all[row]);
    });
    return codes;
  }

  // Joins of a group's columns those that leave fewer tuples: what depends on few values first.
  void join_in_part(const std::vector<std::uint32_t>& group) {
    for (const std::uint32_t column : group) parents_[column] = column;
    std::stable_sort(
        dependencies_.begin(), dependencies_.end(),
        [](const Dependency& a, const Dependency& b) { return a.distinct < b.distinct; });
    for (const Dependency& dependency : dependencies_) {
      if (!std::binary_search(group.begin(), group.end(), dependency.columns.front())) continue;
      std::vector<std::uint32_t> joined;
      for (const std::uint32_t column : group) {
        const bool belongs =
            std::any_of(dependency.columns.begin(), dependency.columns.end(),
                        [&](std::uint32_t other) { return root_of(other) == root_of(column); });
        if (belongs) joined.push_back(column);
      }
      if (too_many_tuples(joined)) continue;
      for (const std::uint32_t column : joined)
        join_roots(root_of(joined.front()), root_of(column));
    }
  }

  std::uint32_t root(std::size_t candidate) const { return root_of(candidates_[candidate].column); }
  std::uint32_t root_of(std::uint32_t column) const {
    while (parents_[column] != column) column = parents_[column];
    return column;
  }
  void join(std::size_t a, std::size_t b) { join_roots(root(a), root(b)); }
  void join_roots(std::uint32_t left, std::uint32_t right) {
    parents_[std::max(left, right)] = std::min(left, right);
  }

  std::vector<std::vector<std::uint32_t>> groups() {
    std::vector<std::vector<std::uint32_t>> of_root(parents_.size());
    for (std::size_t a = 0; a < candidates_.size(); ++a) {
      of_root[root(a)].push_back(candidates_[a].column);
    }
    std::erase_if(of_root, [](const auto& group) { return group.size() < 2; });
    return of_root;
  }
};

}  // namespace

std::vector<std::uint32_t> sample_rows(std::uint64_t rows, std::uint64_t count) {
  std::vector<std::uint32_t> sample;
  sample.reserve(std::min(rows, count));
  if (rows <= count) {
    for (std::uint64_t row = 0; row < rows; ++row) {
      sample.push_back(static_cast<std::uint32_t>(row));
    }
    return sample;
  }
  const Shuffle shuffle = make_shuffle(static_cast<std::uint32_t>(rows), 0, 0);
  for (std::uint32_t position = 0; position < count; ++position) {
    sample.push_back(shuffled_row(shuffle, position));
  }
  return sample;
}

std::vector<std::vector<std::uint32_t>> find_together(
    const std::vector<ValueColumn>& columns, std::uint64_t rows, unsigned threads,
    std::vector<std::vector<std::uint32_t>>* split) {
  return Finder(columns, rows, threads).run(split);
}

}  // namespace cuvae
