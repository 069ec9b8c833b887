#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include <cuvae/error.hpp>
#include <cuvae/evaluate.hpp>

#include "evaluate/alignment.hpp"
#include "evaluate/column_metrics.hpp"
#include "evaluate/discriminator.hpp"
#include "evaluate/evaluation_device.hpp"
#include "evaluate/floor_and_ceiling.hpp"
#include "evaluate/metrics.hpp"
#include "evaluate/number_drawing.hpp"
#include "evaluate/pairs.hpp"
#include "evaluate/prediction.hpp"
#include "evaluate/privacy.hpp"
#include "support/threads.hpp"
#include "text/separators.hpp"

namespace cuvae {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

// Columns compared at a time: sorting copies their numbers, which must not add up without limit.
unsigned column_threads(const Alignment& alignment, unsigned threads) {
  constexpr std::uint64_t most_bytes = std::uint64_t{1} << 29U;
  constexpr std::uint64_t bytes_per_row = 16;
  std::uint64_t rows = 1;
  for (const AlignedTable& table : alignment.tables) rows = std::max(rows, table.rows);
  const std::uint64_t fitting = most_bytes / (rows * bytes_per_row);
  return static_cast<unsigned>(std::clamp<std::uint64_t>(fitting, 1, threads));
}

std::vector<ColumnMetrics> compare_all_columns(const Alignment& alignment, std::size_t other,
                                               EvaluationDevice& device, unsigned threads,
                                               SharedProgress& progress) {
  std::vector<ColumnMetrics> columns(alignment.bases.size());
  for_each_index(column_threads(alignment, threads), columns.size(), [&](std::size_t index) {
    columns[index] = compare_columns(alignment.bases[index], alignment.tables[0],
                                     alignment.tables[other], index, device);
    progress.advance();
  });
  return columns;
}

void draw_columns(const Alignment& alignment, std::vector<ColumnMetrics>& columns,
                  unsigned threads) {
  for_each_index(threads, columns.size(), [&](std::size_t index) {
    const Basis& basis = alignment.bases[index];
    if (!basis.numeric) return;
    columns[index].drawing = number_drawing(basis, alignment.tables[0].columns[index],
                                            alignment.tables[1].columns[index]);
  });
}

Scores score(const std::vector<ColumnMetrics>& columns, const std::vector<PairMetrics>& pairs) {
  Scores scores;
  for (const ColumnMetrics& column : columns) {
    scores.column_shapes += 1 - distance(column);
    scores.mean_kl += column.kl;
  }
  scores.column_shapes /= static_cast<double>(columns.size());
  scores.mean_kl /= static_cast<double>(columns.size());
  double counted = 0;
  for (const PairMetrics& pair : pairs) {
    if (std::isnan(pair.similarity)) continue;
    scores.column_pair_trends += pair.similarity;
    ++counted;
  }
  scores.column_pair_trends = counted > 0 ? scores.column_pair_trends / counted : undefined;
  scores.quality =
      counted > 0 ? (scores.column_shapes + scores.column_pair_trends) / 2 : scores.column_shapes;
  return scores;
}

Scores scores_of(const std::vector<const Table*>& tables, EvaluationDevice& device,
                 unsigned threads, SharedProgress& progress) {
  const Alignment alignment = align(tables, device, threads, progress);
  const auto columns = compare_all_columns(alignment, 1, device, threads, progress);
  return score(columns, compare_pairs(alignment, 1, device, threads, progress));
}

Scores scores_of_shuffled(const Table& real, EvaluationDevice& device, unsigned threads,
                          SharedProgress& progress) {
  const Table shuffled = shuffled_table(real);
  return scores_of({&real, &shuffled}, device, threads, progress);
}

Scores scores_of_halves(const Table& real, EvaluationDevice& device, unsigned threads,
                        SharedProgress& progress) {
  const Halves halves = halves_of(real);
  return scores_of({&halves.first, &halves.second}, device, threads, progress);
}

Associations square(const std::vector<PairMetrics>& pairs, std::size_t columns) {
  Associations associations;
  for (auto* matrix : {&associations.real, &associations.synthetic, &associations.similarity}) {
    matrix->assign(columns * columns, 1);
  }
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = i + 1; j < columns; ++j) {
      const PairMetrics& pair = pairs[pair_index(columns, i, j)];
      for (const std::size_t place : {i * columns + j, j * columns + i}) {
        associations.real[place] = pair.real;
        associations.synthetic[place] = pair.other;
        associations.similarity[place] = pair.similarity;
      }
    }
  }
  return associations;
}

}  // namespace

void check_comparable(const Table& real) {
  if (real.columns.size() <= most_compared_columns) return;
  throw Error(ErrorKind::data,
              fmt::format("{}: has {} columns, and at most {} can be compared; leave some out with "
                          "`drop`",
                          real.source, with_separators(real.columns.size()),
                          with_separators(most_compared_columns)));
}

Evaluation evaluate(const Table& real, const Table& synthetic, const EvaluateOptions& options,
                    const DeviceChoice& device, Monitor& monitor) {
  return evaluate_on(*make_evaluation(device), real, synthetic, options.holdout, device.threads,
                     monitor, options.target);
}

Evaluation evaluate_on(EvaluationDevice& device, const Table& real, const Table& synthetic,
                       const Table* holdout, unsigned threads, Monitor& monitor,
                       const std::string& target) {
  threads = thread_count(threads);
  check_comparable(real);
  if (!target.empty()) check_target(real, synthetic.rows, target);
  std::vector<const Table*> tables{&real, &synthetic};
  if (holdout != nullptr) tables.push_back(holdout);
  const std::size_t columns = compared_columns(real);
  const std::size_t comparisons = tables.size() - 1;
  std::uint64_t total = align_steps(tables) + comparisons * (columns + pair_steps(columns));
  if (real.rows > 1) {
    const std::size_t bounds = holdout != nullptr ? 1 : 2;
    total += bounds * (align_steps(tables) + columns + pair_steps(columns));
  }
  total += discriminator_steps(real.rows, synthetic.rows);
  if (!target.empty()) total += prediction_steps;
  total += tables.size();  // copies
  if (holdout != nullptr) total += privacy_steps(real.rows, synthetic.rows, holdout->rows);
  SharedProgress progress(monitor, total);

  const Alignment alignment = align(tables, device, threads, progress);
  Evaluation evaluation;
  evaluation.real_rows = real.rows;
  evaluation.synthetic_rows = synthetic.rows;
  for (const Column& column : real.columns) {
    if (column.kind == ColumnKind::key) evaluation.keys.push_back(column.name);
  }
  evaluation.columns = compare_all_columns(alignment, 1, device, threads, progress);
  draw_columns(alignment, evaluation.columns, threads);
  const std::vector<PairMetrics> pairs = compare_pairs(alignment, 1, device, threads, progress);
  evaluation.scores = score(evaluation.columns, pairs);
  evaluation.associations = square(pairs, columns);
  evaluation.discriminator = tell_apart(alignment, threads, progress);
  if (!target.empty()) evaluation.prediction = predict(alignment, target, threads, progress);
  const Copies copies = count_copies(alignment, threads, progress);
  evaluation.exact_copies = copies.synthetic;
  if (holdout != nullptr) {
    Privacy privacy = measure_privacy(alignment, device, progress);
    privacy.exact_copies = copies.synthetic;
    privacy.exact_copies_holdout = copies.holdout;
    privacy.holdout_columns = compare_all_columns(alignment, 2, device, threads, progress);
    privacy.holdout =
        score(privacy.holdout_columns, compare_pairs(alignment, 2, device, threads, progress));
    evaluation.privacy = std::move(privacy);
  }
  if (real.rows > 1) {
    ScoreBounds& bounds = evaluation.bounds.emplace();
    bounds.shuffled = scores_of_shuffled(real, device, threads, progress);
    bounds.real = holdout != nullptr ? evaluation.privacy->holdout
                                     : scores_of_halves(real, device, threads, progress);
  }
  return evaluation;
}

}  // namespace cuvae
