/// @file
/// How close a synthetic table is to the real one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cuvae/monitor.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

/// One column of both tables over shared bins. Numeric columns (currency, continuous, ordinals of
/// more than 50 values) have equal bins over the real range; others a bin for each of the most
/// frequent labels and one for the rest ("other").
struct Histogram {
  std::vector<double> edges;        ///< numeric: [bins + 1]; else empty
  std::vector<std::string> labels;  ///< not numeric: [bins]; else empty
  std::vector<double> real;       ///< [bins] shares of the cells, missing ones left out if numeric
  std::vector<double> synthetic;  ///< [bins]
};

/// Closeness of one column. Definitions: docs/metrics.md.
struct ColumnMetrics {
  std::string name;
  ColumnKind kind = ColumnKind::label;
  bool numeric = false;     ///< compared as numbers: ks is set, else tv
  double kl = 0;            ///< KL(real || synthetic) in nats
  double kl_reverse = 0;    ///< KL(synthetic || real)
  double js = 0;            ///< Jensen-Shannon divergence in nats
  double ks = 0;            ///< Kolmogorov-Smirnov distance of numeric columns
  double tv = 0;            ///< total variation distance of the others
  double missing_real = 0;  ///< share of missing cells
  double missing_synthetic = 0;
  Histogram histogram;
};

/// Overall scores; 1 is best for the first three.
struct Scores {
  double column_shapes = 0;       ///< mean of 1 - KS and 1 - TV
  double column_pair_trends = 0;  ///< mean similarity of column pairs
  double quality = 0;             ///< mean of the two
  double mean_kl = 0;
};

/// Against a holdout: real rows that the model never saw.
struct Privacy {
  double nearer_to_training =
      0;  ///< share of synthetic rows nearer to training than to holdout rows; ideal 0.5
  double exact_copies = 0;          ///< share of synthetic rows equal to a training row
  double exact_copies_holdout = 0;  ///< the same for holdout rows
  std::uint64_t rows_compared = 0;  ///< synthetic rows that were compared
  Scores holdout;                   ///< scores of the holdout as if it were synthetic
  std::vector<ColumnMetrics> holdout_columns;
};

/// Associations between columns, [columns, columns], row after row: similarity of real and
/// synthetic pairs as in column_pair_trends, and the association strength within each table (0 to
/// 1: |Pearson| of numeric pairs, Cramer's V of the others).
struct Associations {
  std::vector<double> real;
  std::vector<double> synthetic;
  std::vector<double> similarity;  ///< NaN where the pair does not count
};

struct Evaluation {
  std::uint64_t real_rows = 0;
  std::uint64_t synthetic_rows = 0;
  std::vector<ColumnMetrics> columns;
  Scores scores;
  Associations associations;
  std::optional<Privacy> privacy;
};

/// Compares two tables with the same column names (any order; the real table decides kinds).
///
/// @param holdout  nullptr, or real rows not used for training
/// @param threads  0: all hardware threads; the result is the same for any number
/// @param monitor  stage "evaluate", in steps
/// @throws Error   data: columns differ, naming them; interrupted
Evaluation evaluate(const Table& real, const Table& synthetic, const Table* holdout,
                    unsigned threads, Monitor& monitor);

/// metrics.json of DESIGN: {"rows", "columns", "scores", "privacy"}.
std::string to_json(const Evaluation& evaluation);

}  // namespace cuvae
