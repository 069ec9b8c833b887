// Numbers as people read them.
#pragma once

#include <string>

#include <cuvae/evaluate.hpp>

#include "evaluate/metrics.hpp"
#include "text/separators.hpp"

namespace cuvae {

std::string score_text(double score);    // 0.824; a dash where there is none
std::string nats_text(double nats);      // 0.0035, 1.24
std::string percent_text(double share);  // 11.3 %, 0.05 %, < 0.01 %

std::string figure_text(MetricScale scale, double value);

// What stands behind a figure: " of 1", " nats".
const char* unit_text(MetricScale scale);

// How full a metric's meter is, 0 to 1; NaN where it has none.
double meter_share(const Metric& metric, double value);

// What a reader calls a column's closeness: 1 - KS or 1 - TV.
double shape_score(const ColumnMetrics& column);

}  // namespace cuvae
