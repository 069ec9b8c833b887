#include "evaluate/discriminator.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <vector>

#include "evaluate/boosted_trees.hpp"
#include "kernels/shuffle.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t most_rows = 8000;  // of each table
constexpr std::size_t folds = 3;
constexpr std::size_t questions = 3;  // synthetic rows, shuffled columns, the other half

// Rows of a table as numbers, column by column: labels as their rank by frequency in the real
// table, so that a tree can part frequent from rare ones.
using Features = std::vector<std::vector<double>>;

std::vector<std::uint32_t> shuffled_rows(std::uint64_t rows, std::uint64_t count,
                                         std::uint32_t round) {
  constexpr std::uint64_t seed = 0;
  const Shuffle shuffle = make_shuffle(
      static_cast<std::uint32_t>(std::min<std::uint64_t>(rows, max_shuffled_rows)), seed, round);
  std::vector<std::uint32_t> picked;
  for (std::uint32_t i = 0; i < count; ++i) picked.push_back(shuffled_row(shuffle, i));
  return picked;
}

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

// Each column in an order of its own: what independent columns would look like.
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

struct Question {
  BinnedRows table{0};
  std::vector<std::uint8_t> classes;
  std::array<double, folds> areas{};
};

Question question_of(const Features& real, const Features& other) {
  const std::size_t each = real.empty() ? 0 : real[0].size();
  Question question;
  question.table = BinnedRows(2 * each);
  for (std::size_t c = 0; c < real.size(); ++c) {
    std::vector<double> values = real[c];
    values.insert(values.end(), other[c].begin(), other[c].end());
    question.table.add_column(values);
  }
  question.classes.assign(2 * each, 0);
  std::fill(question.classes.begin() + static_cast<std::ptrdiff_t>(each), question.classes.end(),
            std::uint8_t{1});
  return question;
}

double area_of_fold(const Question& question, std::size_t fold) {
  const std::size_t each = question.classes.size() / 2;
  std::vector<std::uint32_t> training, test;
  std::vector<std::uint8_t> classes;
  for (std::uint32_t row = 0; row < question.classes.size(); ++row) {
    if (row % each % folds == fold) {
      test.push_back(row);
      classes.push_back(question.classes[row]);
    } else {
      training.push_back(row);
    }
  }
  return area_under_curve(boosted_scores(question.table, question.classes, training, test, {}),
                          classes);
}

double mean_area(const Question& question) {
  return std::accumulate(question.areas.begin(), question.areas.end(), 0.0) / folds;
}

// The first or second half of every column.
Features half_of(const Features& features, bool second) {
  Features result;
  for (const auto& column : features) {
    const auto middle = column.begin() + static_cast<std::ptrdiff_t>(column.size() / 2);
    result.emplace_back(second ? middle : column.begin(),
                        second ? middle + (middle - column.begin()) : middle);
  }
  return result;
}

bool enough(std::uint64_t real_rows, std::uint64_t synthetic_rows) {
  return std::min(real_rows, synthetic_rows) >= fewest_discriminated_rows;
}

}  // namespace

std::size_t discriminator_steps(std::uint64_t real_rows, std::uint64_t synthetic_rows) {
  return enough(real_rows, synthetic_rows) ? questions * folds : 0;
}

std::optional<Discriminator> tell_apart(const Alignment& alignment, unsigned threads,
                                        Steps& steps) {
  const std::uint64_t real_rows = alignment.tables[0].rows;
  const std::uint64_t synthetic_rows = alignment.tables[1].rows;
  if (!enough(real_rows, synthetic_rows)) return std::nullopt;
  const std::uint64_t each = std::min({most_rows, real_rows, synthetic_rows});
  const Features real = features_of(alignment, 0, shuffled_rows(real_rows, each, 0));
  const Features synthetic = features_of(alignment, 1, shuffled_rows(synthetic_rows, each, 1));
  // For the ceiling, as many real rows again as there are.
  const std::uint64_t both = std::min<std::uint64_t>(real_rows, 2 * each);
  const Features halves = features_of(alignment, 0, shuffled_rows(real_rows, both, 2));
  std::array<Question, questions> asked{question_of(real, synthetic),
                                        question_of(real, shuffled_columns(real)),
                                        question_of(half_of(halves, false), half_of(halves, true))};
  for_each_index(threads, questions * folds, [&](std::size_t i) {
    asked[i / folds].areas[i % folds] = area_of_fold(asked[i / folds], i % folds);
    steps.advance();
  });
  return Discriminator{mean_area(asked[0]), mean_area(asked[1]), mean_area(asked[2]), each};
}

}  // namespace cuvae
