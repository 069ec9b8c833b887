#include "evaluate/features.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/arithmetic/shuffle.hpp"

namespace cuvae {
namespace {

std::vector<double> ranks_of(const AlignedColumn& real, std::size_t labels) {
  std::vector<std::size_t> order(labels);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rows = [&](std::size_t label) {
    return label < real.category_counts.size() ? real.category_counts[label] : 0;
  };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return rows(a) > rows(b); });
  std::vector<double> ranks(labels);
  for (std::size_t i = 0; i < labels; ++i) ranks[order[i]] = static_cast<double>(i);
  return ranks;
}

}  // namespace

std::vector<std::uint32_t> shuffled_rows(std::uint64_t rows, std::uint64_t count,
                                         std::uint32_t round) {
  constexpr std::uint64_t seed = 0;
  const Shuffle shuffle = make_shuffle(
      static_cast<std::uint32_t>(std::min<std::uint64_t>(rows, max_shuffled_rows)), seed, round);
  std::vector<std::uint32_t> picked;
  for (std::uint32_t i = 0; i < count; ++i) picked.push_back(shuffled_row(shuffle, i));
  return picked;
}

Features features_of(const Alignment& alignment, std::size_t table,
                     const std::vector<std::uint32_t>& rows) {
  Features features;
  for (std::size_t c = 0; c < alignment.bases.size(); ++c) {
    const AlignedColumn& column = alignment.tables[table].columns[c];
    std::vector<double> values;
    values.reserve(rows.size());
    if (alignment.bases[c].numeric) {
      for (const std::uint32_t row : rows) {
        double value = 0;
        column.numbers(row, 1, &value);
        values.push_back(value);
      }
    } else {
      const std::vector<double> ranks =
          ranks_of(alignment.tables[0].columns[c], alignment.bases[c].labels.size());
      for (const std::uint32_t row : rows) values.push_back(ranks[column.categories()[row]]);
    }
    features.push_back(std::move(values));
  }
  return features;
}

Features shuffled_columns(const Features& features) {
  Features result;
  for (std::size_t c = 0; c < features.size(); ++c) {
    const std::size_t rows = features[c].size();
    std::vector<double> values;
    for (const std::uint32_t row :
         shuffled_rows(rows, rows, static_cast<std::uint32_t>(1000 + c))) {
      values.push_back(features[c][row]);
    }
    result.push_back(std::move(values));
  }
  return result;
}

}  // namespace cuvae
