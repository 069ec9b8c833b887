// Charts of the report, each readable without seeing it: a picture with a description, or a table.
#pragma once

#include <string>
#include <vector>

#include <cuvae/evaluate.hpp>
#include <cuvae/train.hpp>

#include "report/html.hpp"

namespace cuvae {

// Real bars behind the synthetic outline, over shared bins; of a numeric column also its cumulative
// curves, and the profiles of dates and times.
void draw_histogram(Html& html, const ColumnMetrics& column);

// A row for each label: bars and shares; those behind the first `open_rows` are folded away, those
// behind `rows` left out.
void draw_label_bars(Html& html, const ColumnMetrics& column, std::size_t open_rows,
                     std::size_t rows);

// Whether a column's histogram is drawn as label bars.
bool has_label_bars(const ColumnMetrics& column);

// Whether cells of a column are missing in either table.
bool has_missing(const ColumnMetrics& column);

// The columns with missing cells, those with the most first, at most `rows` of them.
void draw_missing_table(Html& html, const std::vector<ColumnMetrics>& columns, std::size_t rows);

// A square of colours. Strengths are 0 to 1, differences -1 to 1; NaN is striped.
struct HeatMap {
  std::string caption;
  std::string description;
  bool difference = false;
  double full = 1;            // a strength or difference that has the full colour
  std::vector<double> cells;  // [names, names]
  std::vector<std::string> names;
};

// With `titles`, each cell tells its pair and number on pointing at it.
void draw_heat_map(Html& html, const HeatMap& map, bool titles);

// One loss over the epochs. `second` chooses the colour of synthetic data.
void draw_curve(Html& html, const std::string& name, const std::vector<double>& losses,
                bool second);

// A bar from 0 to 1 with a mark at `mark` (none where NaN).
void draw_meter(Html& html, double value, double mark, const std::string& description);

}  // namespace cuvae
