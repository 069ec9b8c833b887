/// @file
/// How close a synthetic table is to the real one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

/// One column of both tables over shared bins. Numeric columns have 50 equal bins over the real
/// range, values beyond it in the end bins; other ordinals a bin for each real label, in order;
/// labels a bin for each of the 20 most frequent real ones.
struct Histogram {
  std::vector<double> edges;        ///< numeric: [bins + 1]; else empty
  std::vector<std::string> ticks;   ///< numeric: first, middle and last edge, spelled
  std::vector<std::string> labels;  ///< not numeric: [bins], "" for missing cells; else empty
  bool rest = false;                ///< the last bin stands for all labels that have none
  std::vector<double> real;         ///< [bins] shares of the cells, without the missing if numeric
  std::vector<double> synthetic;    ///< [bins]
};

/// A mark on the axis of a drawing.
struct AxisTick {
  double place = 0;  ///< 0 at the left end to 1 at the right one
  std::string text;  ///< as the column spells it
};

/// Shares of rows by weekday or by hour of the day; empty where a column has none.
struct TimeProfile {
  std::vector<double> real;       ///< [7] from Monday on, or [24] from midnight on
  std::vector<double> synthetic;  ///< the same
};

/// A numeric column as a report draws it: bins of its own, so that heavy tails are seen. No metric
/// is taken from them. See docs/metrics.md.
struct NumberDrawing {
  enum class Scale : std::uint8_t {
    equal,          ///< equal bins of the real range
    symmetric_log,  ///< orders of magnitude on both sides of zero
    quantile,       ///< about equally many real rows in each bin
  };
  Scale scale = Scale::equal;
  std::vector<double> places;     ///< [bins + 1] of the edges on the axis, 0 to 1, ascending
  std::vector<AxisTick> ticks;    ///< ends first, then the others, the more important before
  std::vector<double> real;       ///< [bins] shares of cells that are not missing, those beyond the
                                  ///< real range in the end bins
  std::vector<double> synthetic;  ///< [bins]
  TimeProfile weekdays;           ///< of columns with dates
  TimeProfile hours;              ///< of columns with times of day
};

/// Closeness of one column. Definitions: docs/metrics.md.
struct ColumnMetrics {
  std::string name;
  ColumnKind kind = ColumnKind::label;

  /// Compared as numbers (ks is set, else tv): currency, continuous, ordinals of more than 50
  /// distinct real values.
  bool numeric = false;
  double kl = 0;            ///< KL(real || synthetic) in nats
  double kl_reverse = 0;    ///< KL(synthetic || real) in nats
  double js = 0;            ///< Jensen-Shannon divergence in nats, 0 to ln 2
  double ks = 0;            ///< Kolmogorov-Smirnov distance of numeric columns, 0 to 1
  double tv = 0;            ///< total variation distance of the others, 0 to 1
  double missing_real = 0;  ///< share of missing cells
  double missing_synthetic = 0;
  Histogram histogram;
  std::optional<NumberDrawing> drawing;  ///< set for numeric columns of Evaluation::columns
};

/// Overall scores; 1 is best for the first three.
struct Scores {
  double column_shapes = 0;       ///< mean of 1 - KS and 1 - TV
  double column_pair_trends = 0;  ///< mean similarity of column pairs; NaN where no pair counts
  double quality = 0;             ///< mean of the two, or the first where the second is NaN
  double mean_kl = 0;             ///< mean KL over columns, nats
};

/// What the scores mean: those of real columns shuffled, right one by one and wrong together, and
/// those of real rows, the holdout where there is one, else one half of the table against the other
/// (with half of the rows, hence a little lower). At most half a million rows are shuffled or
/// halved.
struct ScoreBounds {
  Scores shuffled;
  Scores real;
};

/// Against a holdout: real rows that the model never saw.
struct Privacy {
  /// Share of compared synthetic rows whose nearest record among equally many training and holdout
  /// rows is a training row, ties counting half; ideal 0.5.
  double nearer_to_training = 0;

  /// The same share for real rows with their columns shuffled, and for holdout rows, where half of
  /// the holdout is kept for that: 0.5 but for chance. NaN for a holdout of one row.
  double nearer_to_training_shuffled = 0;
  double nearer_to_training_real = 0;
  double exact_copies = 0;           ///< share of all synthetic rows that equal some training row
  double exact_copies_holdout = 0;   ///< share of all holdout rows that do: what chance alone gives
  std::uint64_t rows_compared = 0;   ///< synthetic rows behind nearer_to_training
  std::uint64_t reference_rows = 0;  ///< rows of each of training and holdout behind it
  Scores holdout;                    ///< scores of the holdout as if it were synthetic
  std::vector<ColumnMetrics> holdout_columns;  ///< metrics of the holdout as if it were synthetic
};

/// Associations between columns, each [columns, columns], row after row, symmetric, in the order of
/// Evaluation::columns. Strength is 0 to 1: |Pearson| of two numeric columns, else bias-corrected
/// Cramer's V; NaN where a column is constant; 1 on the diagonal.
struct Associations {
  std::vector<double> real;        ///< strength within the real table
  std::vector<double> synthetic;   ///< strength within the synthetic table
  std::vector<double> similarity;  ///< as in column_pair_trends; NaN where the pair does not count
};

/// Whether boosted trees can tell synthetic rows from real ones, by the area under the ROC curve on
/// rows that they have not learned from, in three folds: 0.5 where they can't, 1 where they always
/// can. Quality scores alone do not show what columns that are right one by one and wrong together
/// look like: such rows have good scores and an area of nearly 1.
struct Discriminator {
  double synthetic = 0.5;           ///< real rows against synthetic ones
  double shuffled = 0.5;            ///< against real ones with their columns shuffled: the worst
  double real = 0.5;                ///< against other real rows: the best
  std::uint64_t rows_compared = 0;  ///< of each side
};

/// How well boosted trees predict a column of real rows that they have not seen from the other
/// columns, by what they have learned from: the area under the ROC curve, 0.5 where they learned
/// nothing of use, 1 where they are always right. A label column is asked about label by label,
/// each against all others (the rarer one of two; the 20 most frequent of many, as far as 30 of
/// the rows drawn have it and 30 have not), and the areas averaged; of a numeric column it is
/// asked whether the number is above the real median.
struct Prediction {
  std::string target;               ///< name of the column
  std::uint64_t labels = 0;         ///< labels asked about; 0 of a numeric column
  std::string above;                ///< numeric: the number asked about, spelled; else empty
  double synthetic = 0.5;           ///< learned from synthetic rows
  double real = 0.5;                ///< from as many real rows: the best
  double shuffled = 0.5;            ///< from real rows with their columns shuffled: the worst
  std::uint64_t training_rows = 0;  ///< learned from, each time
  std::uint64_t test_rows = 0;      ///< asked about in all
  bool holdout = false;             ///< these are of the holdout; else of the real table, in three
                                    ///< folds
};

/// All that was compared.
struct Evaluation {
  std::uint64_t real_rows = 0;
  std::uint64_t synthetic_rows = 0;
  std::vector<ColumnMetrics> columns;  ///< in the real table's order
  std::vector<std::string> keys;       ///< names of columns of keys: nothing of them is compared
  Scores scores;

  /// Share of the synthetic rows that equal some real row in every cell, numbers by value; columns
  /// that the real table has as keys are left out. Above mostly_copies, other scores mean little:
  /// copies are as close as can be.
  double exact_copies = 0;
  std::optional<ScoreBounds> bounds;  ///< set where the real table has two rows or more
  Associations associations;
  std::optional<Discriminator> discriminator;  ///< set where both tables have 200 rows or more
  std::optional<Prediction> prediction;        ///< set where a target was given and five
                                               ///< rows asked about are of a label, five not
  std::optional<Privacy> privacy;              ///< set where there is a holdout
};

/// Share of exact copies from which on a table is called copies.
inline constexpr double mostly_copies = 0.5;

/// What to compare beside the two tables.
struct EvaluateOptions {
  const Table* holdout = nullptr;  ///< real rows not used for training; outlives the call
  std::string target{};            ///< column to predict, see Prediction; empty: none
};

/// Compares two tables with the same column names (any order). The real table decides how a column
/// is compared: where it has numbers, dates or times, cells of the other tables are taken by their
/// value however they are spelled (1, 1.0 and 1,000 for 1000), and texts such as NaN as missing;
/// else by their text. Columns of keys are left out of the scores.
///
/// On a GPU, numbers are put into bins, sorted for KS distances and pairs of columns counted, and
/// nearest records searched for; correlations and trees stay on the CPU. The result is the same,
/// bit for bit, on any device and for any number of threads.
///
/// @param real       the rows that the model learned from
/// @param synthetic  generated rows
/// @param monitor    stage "evaluate", in steps
/// @throws Error     data: a table without rows; too many columns; columns that differ, naming
///                   them; a cell that is
///                   no number in a numeric column, naming column, cell and remedy; usage: see
///                   check_target(); device: there is no such GPU; runtime: out of device memory,
///                   telling how much was asked and what to lower; interrupted
Evaluation evaluate(const Table& real, const Table& synthetic, const EvaluateOptions& options = {},
                    const DeviceChoice& device = {}, Monitor& monitor = silent_monitor());

/// Most columns that evaluate() takes. It compares and keeps every pair of them: work and memory
/// grow with their square, to about 0.6 GB for this many.
inline constexpr std::size_t most_compared_columns = 2048;

/// Whether evaluate() can take a table, for those who want to know before they train.
/// @throws Error  data: it has more than most_compared_columns columns
void check_comparable(const Table& real);

/// Whether a column can be the target of evaluate(), for those who want to know before they train.
/// @throws Error  usage: there is no such column; there are fewer than 200 rows; no label stands in
///                30 rows with 30 others besides; naming the remedy
void check_target(const Table& real, std::uint64_t synthetic_rows, const std::string& target);

/// metrics.json: {"rows", "columns", "scores", "exact_copies", "bounds", "discriminator",
/// "prediction", "privacy"}, and "keys" where there are any; numbers that are not finite are null,
/// and so are "discriminator" for tables of few rows, "prediction" without a target and "privacy"
/// without a holdout.
std::string to_json(const Evaluation& evaluation);

}  // namespace cuvae
