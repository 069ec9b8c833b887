// Every metric, said once: its name, where it is best, how it is explained. metrics.json, the
// report and the console are written from here.
#pragma once

#include <array>
#include <string_view>

#include <cuvae/evaluate.hpp>

namespace cuvae {

enum class MetricScale {
  score,  // 0 to 1
  nats,   // 0 and up
  share,  // 0 to 1, of rows or cells
  area,   // under the ROC curve, 0.5 to 1
};

// From an empty meter to a full one, which may run downwards; no meter where the two are equal.
struct MeterRange {
  double empty = 0;
  double full = 0;
};

struct Metric {
  std::string_view key;      // in metrics.json
  std::string_view heading;  // in the report
  std::string_view label;    // on the console
  MetricScale scale;
  double ideal;  // no value is better
  MeterRange meter;
  std::string_view in_short;     // on the console, in a few words
  std::string_view explanation;  // in the report, in a sentence or two
};

// Of the whole table; the same are taken of shuffled columns and of real rows.
struct ScoreMetric {
  Metric metric;
  double Scores::*value;
  bool leads = false;  // people are shown it before the others
};

// In the order of metrics.json.
inline constexpr std::array score_metrics{
    ScoreMetric{{"column_shapes",
                 "Column shapes",
                 "column shapes",
                 MetricScale::score,
                 1,
                 {0, 1},
                 "mean of 1 - KS and 1 - TV",
                 "How alike each column is on its own. 1 is ideal, 0 means nothing in common."},
                &Scores::column_shapes},
    ScoreMetric{{"column_pair_trends",
                 "Pair trends",
                 "column pair trends",
                 MetricScale::score,
                 1,
                 {0, 1},
                 "mean similarity of column pairs",
                 "How alike pairs of columns are together. 1 is ideal."},
                &Scores::column_pair_trends},
    ScoreMetric{{"quality",
                 "Quality",
                 "quality",
                 MetricScale::score,
                 1,
                 {0, 1},
                 "mean of the two below; 1 is best",
                 "Mean of column shapes and pair trends. 1 is ideal."},
                &Scores::quality,
                true},
    ScoreMetric{{"mean_kl",
                 "Mean KL",
                 "mean KL",
                 MetricScale::nats,
                 0,
                 {},
                 "nats; 0 is best",
                 "Information lost per column by taking synthetic for real. 0 is ideal."},
                &Scores::mean_kl}};

inline constexpr Metric told_apart{
    "discriminator",
    "Told apart",
    "told apart",
    MetricScale::area,
    0.5,
    {1, 0.5},
    "by boosted trees, AUC; 0.5 is best",
    "How well boosted trees tell synthetic rows from real ones. 0.5 is ideal, 1 means always."};

// Its explanation names the column.
inline constexpr Metric learned_for_use{"prediction", "Learned", "learned", MetricScale::area, 1,
                                        {0.5, 1},     "",        ""};

// Of a column.
struct ColumnMetric {
  enum class Of { every_column, numeric, labels };
  std::string_view key;      // in metrics.json
  std::string_view heading;  // in the report and on the console
  MetricScale scale;
  double ColumnMetrics::*value;
  Of of = Of::every_column;

  bool applies_to(const ColumnMetrics& column) const {
    return of == Of::every_column || (of == Of::numeric) == column.numeric;
  }
};

// In the order of metrics.json; tables for people begin with those of some columns only.
inline constexpr std::array column_metrics{
    ColumnMetric{"kl", "KL", MetricScale::nats, &ColumnMetrics::kl},
    ColumnMetric{"kl_reverse", "KL reverse", MetricScale::nats, &ColumnMetrics::kl_reverse},
    ColumnMetric{"js", "JS", MetricScale::nats, &ColumnMetrics::js},
    ColumnMetric{"ks", "KS", MetricScale::score, &ColumnMetrics::ks, ColumnMetric::Of::numeric},
    ColumnMetric{"tv", "TV", MetricScale::score, &ColumnMetrics::tv, ColumnMetric::Of::labels},
    ColumnMetric{"missing_real", "Missing, real", MetricScale::share, &ColumnMetrics::missing_real},
    ColumnMetric{"missing_synthetic", "Missing, synthetic", MetricScale::share,
                 &ColumnMetrics::missing_synthetic}};

// What a column's closeness is judged by: KS or TV. 1 less its distance is its shape score.
inline const ColumnMetric& distance_metric(const ColumnMetrics& column) {
  for (const ColumnMetric& metric : column_metrics) {
    if (metric.of != ColumnMetric::Of::every_column && metric.applies_to(column)) return metric;
  }
  return column_metrics.front();
}
inline double distance(const ColumnMetrics& column) {
  return column.*distance_metric(column).value;
}

}  // namespace cuvae
