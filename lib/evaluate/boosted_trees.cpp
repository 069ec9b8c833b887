#include "evaluate/boosted_trees.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace cuvae {
namespace {

// Sums over the rows of a leaf that fall into a bin. For two classes and logistic loss the gradient
// of a row is p - class, its curvature p (1 - p).
struct BinSums {
  double gradient = 0;
  double curvature = 0;
  std::uint32_t rows = 0;

  void add(const BinSums& other) {
    gradient += other.gradient;
    curvature += other.curvature;
    rows += other.rows;
  }
  void subtract(const BinSums& other) {
    gradient -= other.gradient;
    curvature -= other.curvature;
    rows -= other.rows;
  }
};

struct Split {
  double gain = 0;
  std::size_t column = 0;
  std::uint8_t last_left = 0;  // bins up to this one go left
};

// A leaf that may still be split; its rows are [begin, end) of the tree's list.
struct Leaf {
  std::size_t begin = 0;
  std::size_t end = 0;
  BinSums total;
  std::vector<BinSums> histogram;  // [columns][most_tree_bins + 1]
  std::optional<Split> split;
  std::size_t node = 0;
};

struct Node {
  std::size_t column = 0;
  std::uint8_t last_left = 0;
  std::size_t left = 0;  // 0: a leaf
  std::size_t right = 0;
  double value = 0;
};

constexpr std::size_t histogram_stride = most_tree_bins + 1;
constexpr double least_curvature = 1e-3;

double score_of(const BinSums& sums) {
  return sums.gradient * sums.gradient / (sums.curvature + 1e-12);
}

class TreeGrower {
 public:
  TreeGrower(const BinnedRows& table, const BoostOptions& options,
             const std::vector<double>& gradients, const std::vector<double>& curvatures)
      : table_(table), options_(options), gradients_(gradients), curvatures_(curvatures) {}

  // rows: to learn from; they are put in another order.
  std::vector<Node> grow(std::vector<std::uint32_t>& rows) {
    rows_ = &rows;
    nodes_.assign(1, {});
    std::vector<Leaf> leaves(1);
    leaves[0].end = rows.size();
    fill(leaves[0]);
    find_split(leaves[0]);
    while (leaves.size() < options_.leaves) {
      const auto best = std::max_element(leaves.begin(), leaves.end(), [](auto& a, auto& b) {
        return (a.split ? a.split->gain : 0) < (b.split ? b.split->gain : 0);
      });
      if (!best->split) break;
      leaves.push_back(divide(*best));
    }
    for (const Leaf& leaf : leaves) {
      nodes_[leaf.node].value =
          -options_.learning_rate * leaf.total.gradient / (leaf.total.curvature + 1e-12);
    }
    return std::move(nodes_);
  }

 private:
  const BinnedRows& table_;
  const BoostOptions& options_;
  const std::vector<double>& gradients_;
  const std::vector<double>& curvatures_;
  std::vector<std::uint32_t>* rows_ = nullptr;
  std::vector<Node> nodes_;

  void fill(Leaf& leaf) const {
    leaf.histogram.assign(table_.columns() * histogram_stride, {});
    leaf.total = {};
    for (std::size_t i = leaf.begin; i < leaf.end; ++i) {
      const std::uint32_t row = (*rows_)[i];
      leaf.total.add({gradients_[row], curvatures_[row], 1});
    }
    for (std::size_t c = 0; c < table_.columns(); ++c) {
      const std::uint8_t* bins = table_.column(c);
      BinSums* sums = leaf.histogram.data() + c * histogram_stride;
      for (std::size_t i = leaf.begin; i < leaf.end; ++i) {
        const std::uint32_t row = (*rows_)[i];
        sums[bins[row]].add({gradients_[row], curvatures_[row], 1});
      }
    }
  }

  void find_split(Leaf& leaf) const {
    leaf.split.reset();
    if (leaf.end - leaf.begin < 2 * options_.leaf_rows) return;
    const double whole = score_of(leaf.total);
    Split best;
    for (std::size_t c = 0; c < table_.columns(); ++c) {
      const BinSums* sums = leaf.histogram.data() + c * histogram_stride;
      BinSums left;
      for (std::size_t b = 0; b + 1 < table_.bin_count(c); ++b) {
        left.add(sums[b]);
        BinSums right = leaf.total;
        right.subtract(left);
        if (left.rows < options_.leaf_rows || left.curvature < least_curvature) continue;
        if (right.rows < options_.leaf_rows || right.curvature < least_curvature) break;
        const double gain = score_of(left) + score_of(right) - whole;
        if (gain > best.gain) best = {gain, c, static_cast<std::uint8_t>(b)};
      }
    }
    if (best.gain > 1e-9) leaf.split = best;
  }

  // Splits a leaf, which becomes its left part, and returns the right one. Only the smaller part's
  // rows are gone through; the other's sums are what is left.
  Leaf divide(Leaf& leaf) {
    const Split split = *leaf.split;
    const std::uint8_t* bins = table_.column(split.column);
    const auto first = rows_->begin() + static_cast<std::ptrdiff_t>(leaf.begin);
    const auto last = rows_->begin() + static_cast<std::ptrdiff_t>(leaf.end);
    const auto middle = std::stable_partition(
        first, last, [&](std::uint32_t row) { return bins[row] <= split.last_left; });
    Leaf right;
    right.begin = static_cast<std::size_t>(middle - rows_->begin());
    right.end = leaf.end;
    leaf.end = right.begin;
    Node& parent = nodes_[leaf.node];
    parent.column = split.column;
    parent.last_left = split.last_left;
    parent.left = nodes_.size();
    parent.right = nodes_.size() + 1;
    leaf.node = parent.left;
    right.node = parent.right;
    nodes_.resize(nodes_.size() + 2);
    const bool left_is_smaller = leaf.end - leaf.begin < right.end - right.begin;
    Leaf& smaller = left_is_smaller ? leaf : right;
    Leaf& larger = left_is_smaller ? right : leaf;
    std::vector<BinSums> rest = std::move(leaf.histogram);
    BinSums total = leaf.total;
    fill(smaller);
    for (std::size_t i = 0; i < rest.size(); ++i) rest[i].subtract(smaller.histogram[i]);
    total.subtract(smaller.total);
    larger.histogram = std::move(rest);
    larger.total = total;
    find_split(leaf);
    find_split(right);
    return right;
  }
};

double value_of(const std::vector<Node>& tree, const BinnedRows& table, std::uint32_t row) {
  std::size_t node = 0;
  while (tree[node].left != 0) {
    node = table.column(tree[node].column)[row] <= tree[node].last_left ? tree[node].left
                                                                        : tree[node].right;
  }
  return tree[node].value;
}

}  // namespace

void BinnedRows::add_column(const std::vector<double>& values) {
  std::vector<double> sorted;
  for (const double value : values) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> lows = sorted;  // of each bin
  lows.erase(std::unique(lows.begin(), lows.end()), lows.end());
  constexpr std::size_t most = most_tree_bins - 1;
  if (lows.size() > most) {
    lows.clear();
    for (std::size_t b = 0; b < most; ++b) lows.push_back(sorted[b * sorted.size() / most]);
    lows.erase(std::unique(lows.begin(), lows.end()), lows.end());
  }
  const std::size_t missing = lows.size();
  std::vector<std::uint8_t> bins;
  bins.reserve(values.size());
  for (const double value : values) {
    const std::size_t bin =
        std::isnan(value) ? missing
                          : static_cast<std::size_t>(
                                std::upper_bound(lows.begin(), lows.end(), value) - lows.begin()) -
                                1;
    bins.push_back(static_cast<std::uint8_t>(bin));
  }
  bins_.push_back(std::move(bins));
  bin_counts_.push_back(missing + 1);
}

std::vector<double> boosted_scores(const BinnedRows& table,
                                   const std::vector<std::uint8_t>& classes,
                                   const std::vector<std::uint32_t>& training,
                                   const std::vector<std::uint32_t>& test,
                                   const BoostOptions& options) {
  double ones = 0;
  for (const std::uint32_t row : training) ones += classes[row];
  const double share = ones / static_cast<double>(training.size());
  std::vector<double> scores(test.size(), 0.0);
  if (training.empty() || share <= 0 || share >= 1) return scores;
  const double start = std::log(share / (1 - share));
  std::fill(scores.begin(), scores.end(), start);
  std::vector<double> raw(table.rows(), start);
  std::vector<double> gradients(table.rows());
  std::vector<double> curvatures(table.rows());
  std::vector<std::uint32_t> rows = training;
  for (int round = 0; round < options.trees; ++round) {
    for (const std::uint32_t row : training) {
      const double p = 1 / (1 + std::exp(-raw[row]));
      gradients[row] = p - classes[row];
      curvatures[row] = p * (1 - p);
    }
    rows = training;
    const std::vector<Node> tree = TreeGrower(table, options, gradients, curvatures).grow(rows);
    for (const std::uint32_t row : training) raw[row] += value_of(tree, table, row);
    for (std::size_t i = 0; i < test.size(); ++i) scores[i] += value_of(tree, table, test[i]);
  }
  return scores;
}

double area_under_curve(const std::vector<double>& scores,
                        const std::vector<std::uint8_t>& classes) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) {
    return scores[a] < scores[b] || (scores[a] == scores[b] && a < b);
  });
  double ranks_of_ones = 0;
  double ones = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    double tied_ones = 0;
    for (; end < order.size() && scores[order[end]] == scores[order[i]]; ++end) {
      tied_ones += classes[order[end]];
    }
    ranks_of_ones += tied_ones * (static_cast<double>(i + end) + 1) / 2;
    ones += tied_ones;
    i = end;
  }
  const double zeros = static_cast<double>(scores.size()) - ones;
  if (ones == 0 || zeros == 0) return 0.5;
  return (ranks_of_ones - ones * (ones + 1) / 2) / (ones * zeros);
}

}  // namespace cuvae
