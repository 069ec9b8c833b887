// Gradient-boosted trees for two classes, on columns cut into at most 255 bins (Friedman 2001;
// histograms and leaf-wise growth as in LightGBM, Ke et al. 2017).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cuvae {

inline constexpr std::size_t most_tree_bins = 255;

// Rows as bins, column by column. A number's bin is its place among quantiles of all rows; the
// missing one has the last bin to itself.
class BinnedRows {
 public:
  explicit BinnedRows(std::size_t rows) : rows_(rows) {}

  // values: [rows], NaN where missing.
  void add_column(const std::vector<double>& values);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return bins_.size(); }
  std::size_t bin_count(std::size_t column) const { return bin_counts_[column]; }
  const std::uint8_t* column(std::size_t column) const { return bins_[column].data(); }

 private:
  std::size_t rows_;
  std::vector<std::vector<std::uint8_t>> bins_;
  std::vector<std::size_t> bin_counts_;
};

struct BoostOptions {
  int trees = 120;
  double learning_rate = 0.1;
  std::size_t leaves = 31;     // of a tree
  std::size_t leaf_rows = 20;  // fewest
};

// Learns from `training` rows which of them are of class 1, then scores `test` rows: higher is
// likelier. classes: [rows of the table], 0 or 1.
std::vector<double> boosted_scores(const BinnedRows& table,
                                   const std::vector<std::uint8_t>& classes,
                                   const std::vector<std::uint32_t>& training,
                                   const std::vector<std::uint32_t>& test,
                                   const BoostOptions& options);

// Share of pairs of one row of each class in which the one of class 1 has the higher score, ties
// counting half: the area under the receiver operating characteristic. 0.5 where a class is
// missing.
double area_under_curve(const std::vector<double>& scores,
                        const std::vector<std::uint8_t>& classes);

}  // namespace cuvae
