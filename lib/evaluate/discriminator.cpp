#include "evaluate/discriminator.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "evaluate/boosted_trees.hpp"
#include "evaluate/features.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t most_rows = 8000;  // of each table
constexpr std::size_t folds = 3;
constexpr std::size_t questions = 3;  // synthetic rows, shuffled columns, the other half

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
                                        SharedProgress& progress) {
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
    progress.advance();
  });
  return Discriminator{mean_area(asked[0]), mean_area(asked[1]), mean_area(asked[2]), each};
}

}  // namespace cuvae
