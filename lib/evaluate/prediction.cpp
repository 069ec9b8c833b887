#include "evaluate/prediction.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <span>

#include <cuvae/error.hpp>

#include "evaluate/boosted_trees.hpp"
#include "evaluate/discriminator.hpp"
#include "evaluate/features.hpp"
#include "support/threads.hpp"
#include "text/cell_format.hpp"
#include "text/display.hpp"

namespace cuvae {
namespace {

// To learn from, and to be asked about: of many labels, each costs a model of its own.
constexpr std::uint64_t most_rows_of_many = 20'000;
constexpr std::uint64_t most_rows_of_two = 100'000;
constexpr std::uint64_t most_labels = 20;           // the most frequent ones
constexpr std::uint64_t fewest_rows_of_label = 30;  // and as many rows without it
constexpr std::ptrdiff_t fewest_asked = 5;          // rows of each class in a test
constexpr std::size_t folds = 3;                    // without a holdout
constexpr std::size_t teachers = 3;                 // synthetic rows, real ones, shuffled columns

std::uint64_t most_rows(std::size_t labels) {
  return labels > 2 ? most_rows_of_many : most_rows_of_two;
}

// Whether so many of `rows` rows are worth a question once at most `most` are drawn.
bool worth_asking(std::uint64_t of_label, std::uint64_t rows, std::uint64_t most) {
  const double drawn = std::min(1.0, static_cast<double>(most) / static_cast<double>(rows));
  return static_cast<double>(std::min(of_label, rows - of_label)) * drawn >=
         static_cast<double>(fewest_rows_of_label);
}

// A yes-or-no question about the target: is its value the label of this rank, or above this number?
struct Question {
  bool number = false;
  double value = 0;

  bool yes(double target) const { return number ? target > value : target == value; }
};

bool varies(std::span<const double> values) {
  const auto known = [](double value) { return !std::isnan(value); };
  const auto first = std::find_if(values.begin(), values.end(), known);
  return std::any_of(first, values.end(), [&](double v) { return known(v) && v != *first; });
}

// The number that about half of the values lie above; the largest number below the highest one
// where no value lies above the median. NaN where all are the same.
double middle_of(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const double median = values[(values.size() - 1) / 2];
  if (values.back() > median) return median;
  const auto highest = std::lower_bound(values.begin(), values.end(), values.back());
  return highest == values.begin() ? std::numeric_limits<double>::quiet_NaN() : *(highest - 1);
}

std::vector<Question> questions_about(const Basis& basis, const AlignedColumn& real,
                                      std::uint64_t rows, const std::vector<double>& values) {
  if (basis.numeric) {
    const double middle = middle_of(values);
    if (std::isnan(middle)) return {};
    return {Question{true, middle}};
  }
  std::vector<std::uint64_t> counts = real.category_counts;  // by rank, as in Features
  std::sort(counts.begin(), counts.end(), std::greater<>());
  std::erase(counts, 0U);
  // Of two labels, each says all about the other: the rarer one is asked about.
  const std::size_t first = counts.size() == 2 ? 1 : 0;
  std::vector<Question> questions;
  for (std::size_t rank = first; rank < std::min<std::size_t>(counts.size(), most_labels); ++rank) {
    if (worth_asking(counts[rank], rows, most_rows(counts.size()))) {
      questions.push_back({false, static_cast<double>(rank)});
    }
  }
  return questions;
}

// The rows of one table after the other: first the real ones, then those of the other teachers,
// then the holdout.
struct Rows {
  BinnedRows features{0};      // without the target
  std::vector<double> target;  // [rows]
  std::array<std::uint32_t, teachers> first_row{};
  std::uint32_t first_holdout = 0;
};

// What one teacher teaches and one test asks.
struct Lesson {
  std::vector<std::uint32_t> training;
  std::vector<std::uint32_t> test;
};

Lesson lesson_of(const Rows& rows, std::size_t teacher, std::uint64_t taught,
                 std::optional<std::size_t> fold, std::uint64_t asked) {
  Lesson lesson;
  std::uint64_t left = taught;
  for (std::uint32_t i = 0; left > 0; ++i) {
    // Synthetic rows are in no fold: none of them is asked about.
    if (fold && teacher != 0 && i % folds == *fold) continue;
    lesson.training.push_back(rows.first_row[teacher] + i);
    --left;
  }
  for (std::uint32_t i = 0; i < asked; ++i) {
    if (!fold) {
      lesson.test.push_back(rows.first_holdout + i);
    } else if (i % folds == *fold) {
      lesson.test.push_back(rows.first_row[1] + i);
    }
  }
  const auto unknown = [&](std::uint32_t row) { return std::isnan(rows.target[row]); };
  std::erase_if(lesson.training, unknown);
  std::erase_if(lesson.test, unknown);
  return lesson;
}

// The area under the curve of one question; NaN where too few test rows are of one class.
double answer(const Rows& rows, const Lesson& lesson, const Question& question) {
  std::vector<std::uint8_t> classes, asked;
  for (const double target : rows.target) classes.push_back(question.yes(target) ? 1 : 0);
  for (const std::uint32_t row : lesson.test) asked.push_back(classes[row]);
  const auto ones = std::count(asked.begin(), asked.end(), 1);
  if (std::min(ones, std::ssize(asked) - ones) < fewest_asked) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return area_under_curve(boosted_scores(rows.features, classes, lesson.training, lesson.test, {}),
                          asked);
}

Rows rows_of(const std::vector<Features>& tables, std::size_t target) {
  Rows rows;
  std::size_t count = 0;
  for (const Features& table : tables) count += table[target].size();
  rows.features = BinnedRows(count);
  for (std::size_t c = 0; c < tables[0].size(); ++c) {
    std::vector<double> values;
    values.reserve(count);
    for (const Features& table : tables) {
      values.insert(values.end(), table[c].begin(), table[c].end());
    }
    if (c == target) {
      rows.target = std::move(values);
    } else {
      rows.features.add_column(values);
    }
  }
  return rows;
}

}  // namespace

void check_target(const Table& real, std::uint64_t synthetic_rows, const std::string& target) {
  const auto refuse = [&](ErrorKind kind, const std::string& why) {
    throw Error(kind,
                fmt::format("column \"{}\" can't be the target: {}", displayed(target, 60), why));
  };
  const auto found = std::find_if(real.columns.begin(), real.columns.end(),
                                  [&](const Column& column) { return column.name == target; });
  if (found == real.columns.end()) {
    std::string names;
    for (const Column& column : real.columns) {
      names += (names.empty() ? "" : ", ") + displayed(column.name, 60);
    }
    refuse(ErrorKind::usage, "there is no such column; there are: " + displayed(names, 1000));
  }
  if (found->kind == ColumnKind::key) {
    refuse(ErrorKind::usage, "it holds keys, which nothing tells; choose another column");
  }
  if (compared_columns(real) < 2)
    refuse(ErrorKind::usage, "there is no other column to tell it by");
  const std::uint64_t rows = std::min(real.rows, synthetic_rows);
  if (rows < fewest_discriminated_rows) {
    refuse(ErrorKind::usage,
           fmt::format("that takes {} real and as many synthetic rows, there are {}; take more, or "
                       "leave the target out",
                       fewest_discriminated_rows, rows));
  }
  if (!is_coded(found->kind)) {
    if (varies(found->values)) return;
    refuse(ErrorKind::usage, "all its numbers are the same; choose another column");
  }
  const auto held = [](std::uint64_t count) { return count > 0; };
  const auto kinds =
      static_cast<std::size_t>(std::count_if(found->counts.begin(), found->counts.end(), held));
  std::size_t labels = 0;
  for (std::size_t code = 0; code < found->labels.size(); ++code) {
    if (worth_asking(found->counts[code], real.rows, most_rows(kinds))) return;
    labels += !found->labels[code].empty() && found->counts[code] > 0 ? 1 : 0;
  }
  // Compared, and asked about, as numbers.
  if (found->kind == ColumnKind::ordinal && labels > histogram_bins) return;
  refuse(ErrorKind::usage,
         fmt::format("none of its labels stands in {} rows, with as many rows without it; choose "
                     "another column",
                     fewest_rows_of_label));
}

std::optional<Prediction> predict(const Alignment& alignment, const std::string& target,
                                  unsigned threads, SharedProgress& progress) {
  const auto found = std::find_if(alignment.bases.begin(), alignment.bases.end(),
                                  [&](const Basis& basis) { return basis.name == target; });
  const auto column = static_cast<std::size_t>(found - alignment.bases.begin());
  const bool holdout = alignment.tables.size() > 2;
  const std::vector<std::uint64_t>& counts = alignment.tables[0].columns[column].category_counts;
  const std::uint64_t most =
      alignment.bases[column].numeric
          ? most_rows_of_many
          : most_rows(static_cast<std::size_t>(std::count_if(
                counts.begin(), counts.end(), [](std::uint64_t count) { return count > 0; })));
  const std::uint64_t real_rows = std::min(alignment.tables[0].rows, most);
  const std::uint64_t synthetic_rows = alignment.tables[1].rows;
  const std::uint64_t asked = holdout ? std::min(alignment.tables[2].rows, most) : real_rows;
  // Every teacher has as many rows; of real ones, those in the fold are asked about.
  const std::uint64_t taught =
      std::min(synthetic_rows, holdout ? real_rows : real_rows - (real_rows + folds - 1) / folds);

  std::vector<Features> tables{
      features_of(alignment, 1, shuffled_rows(synthetic_rows, taught, 3)),
      features_of(alignment, 0, shuffled_rows(alignment.tables[0].rows, real_rows, 4))};
  tables.push_back(shuffled_columns(tables[1]));
  if (holdout) {
    tables.push_back(features_of(alignment, 2, shuffled_rows(alignment.tables[2].rows, asked, 5)));
  }
  Rows rows = rows_of(tables, column);
  for (std::size_t t = 0, first = 0; t < tables.size(); first += tables[t][0].size(), ++t) {
    (t < teachers ? rows.first_row[t] : rows.first_holdout) = static_cast<std::uint32_t>(first);
  }
  const std::vector<Question> questions =
      questions_about(alignment.bases[column], alignment.tables[0].columns[column],
                      alignment.tables[0].rows, tables[1][column]);
  const std::size_t rounds = holdout ? 1 : folds;
  const std::size_t each = rounds * questions.size();
  std::vector<double> areas(teachers * each);
  for_each_index(threads, areas.size(), [&](std::size_t i) {
    progress.check();
    const std::size_t round = i % each / questions.size();
    const Lesson lesson =
        lesson_of(rows, i / each, taught, holdout ? std::nullopt : std::optional(round), asked);
    areas[i] = answer(rows, lesson, questions[i % questions.size()]);
  });
  progress.advance();
  Prediction prediction;
  double* const results[teachers] = {&prediction.synthetic, &prediction.real, &prediction.shuffled};
  for (std::size_t teacher = 0; teacher < teachers; ++teacher) {
    double sum = 0;
    double counted = 0;
    for (std::size_t i = 0; i < each; ++i) {
      const double area = areas[teacher * each + i];
      if (std::isnan(area)) continue;
      sum += area;
      ++counted;
    }
    if (counted == 0) return std::nullopt;
    *results[teacher] = sum / counted;
  }
  prediction.target = target;
  const Basis& basis = alignment.bases[column];
  prediction.labels = basis.numeric ? 0 : questions.size();
  if (basis.numeric) prediction.above = spell_for_axis(basis, questions[0].value);
  prediction.training_rows = taught;
  prediction.test_rows = asked;
  prediction.holdout = holdout;
  return prediction;
}

}  // namespace cuvae
