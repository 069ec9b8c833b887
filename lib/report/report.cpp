#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include <cuvae/report.hpp>

#include "report/charts.hpp"
#include "report/figures.hpp"
#include "report/html.hpp"
#include "report/style.hpp"

namespace cuvae {
namespace {

constexpr std::size_t most_bytes = 1'000'000;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

// How much is shown. A report that comes out too large is written again with the next detail.
struct Detail {
  std::size_t titled_names;     // heat maps of up to so many columns tell each cell's number
  std::size_t mapped_columns;   // columns of the heat maps
  std::size_t drawn_columns;    // columns with a histogram
  std::size_t listed_columns;   // columns of the table
  std::size_t label_rows;       // labels of one column
  std::size_t name_characters;  // of a name in a heading
  std::size_t text_characters;  // of any other text
};

constexpr std::array<Detail, 4> details{
    Detail{24, 200, 400, 2000, 21, 200, 2000},
    Detail{16, 120, 200, 1000, 10, 100, 600},
    Detail{0, 100, 100, 500, 6, 60, 200},
    Detail{0, 60, 40, 250, 4, 40, 100},
};

constexpr std::size_t open_label_rows = 5;

class Page {
 public:
  Page(const Evaluation& evaluation, const ReportInfo& info, const Detail& detail)
      : evaluation_(evaluation), info_(info), detail_(detail), html_(detail.text_characters) {}

  std::string write() {
    html_.markup("<!DOCTYPE html>");
    {
      const auto document = html_.element("html", {{"lang", "en"}});
      write_head();
      const auto body = html_.element("body");
      html_.leaf("a", "Skip to the scores", {{"class", "skip"}, {"href", "#scores"}});
      write_header();
      {
        const auto main = html_.element("main");
        write_scores();
        write_columns();
        write_missing();
        write_associations();
        write_table();
        write_training();
        write_privacy();
        write_provenance();
      }
      write_footer();
    }
    return html_.take();
  }

 private:
  std::string name(std::size_t column) const {
    const std::string& text = evaluation_.columns[column].name;
    return displayed(text, detail_.name_characters);
  }

  std::string title() const { return info_.title.empty() ? "Synthetic table" : info_.title; }

  void write_head() {
    const auto head = html_.element("head");
    html_.single("meta", {{"charset", "utf-8"}});
    html_.single("meta", {{"http-equiv", "Content-Security-Policy"},
                          {"content",
                           "default-src 'none'; style-src 'unsafe-inline'; "
                           "base-uri 'none'; form-action 'none'"}});
    html_.single("meta",
                 {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html_.single("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html_.single("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
    html_.leaf("title", displayed(title(), 80) + " \u2013 cuvae report");
    const auto style = html_.element("style");
    html_.markup(report_style);
  }

  void write_header() {
    const auto header = html_.element("header");
    html_.leaf("p", "Synthetic data report", {{"class", "eyebrow"}});
    html_.leaf("h1", displayed(title(), 160));
    html_.leaf("p",
               fmt::format("{} synthetic rows compared with {} real ones, {} column{}.",
                           with_separators(evaluation_.synthetic_rows),
                           with_separators(evaluation_.real_rows), evaluation_.columns.size(),
                           evaluation_.columns.size() == 1 ? "" : "s"),
               {{"class", "lead"}});
    const auto nav = html_.element("nav", {{"aria-label", "Sections"}});
    const auto list = html_.element("ul");
    const auto link = [&](Literal target, const char* text) {
      const auto item = html_.element("li");
      html_.leaf("a", text, {{"href", target.text()}});
    };
    link("#scores", "Scores");
    link("#columns", "Columns");
    if (any_missing()) link("#missing", "Missing cells");
    if (evaluation_.columns.size() > 1) link("#associations", "Associations");
    link("#numbers", "All numbers");
    if (!info_.history.empty()) link("#training", "Training");
    if (evaluation_.privacy) link("#privacy", "Privacy");
    if (!info_.provenance.empty()) link("#provenance", "Provenance");
  }

  // `value` and `mark` of the meter; without one where `value` is NaN.
  void write_score(std::string_view heading, const std::string& figure, const char* unit,
                   double value, double mark, const std::string& explanation) {
    const auto card = html_.element("article", {{"class", "card score"}});
    html_.leaf("h3", heading);
    {
      const auto line = html_.element("div", {{"class", "figure"}});
      html_.text(figure);
      html_.leaf("small", unit);
    }
    if (std::isfinite(value)) {
      draw_meter(html_, value, mark, fmt::format("{} {} on a scale from 0 to 1", heading, figure));
    }
    html_.leaf("p", explanation);
  }

  // `reached` is what real rows reach, marked on the meter.
  void write_metric(const Metric& metric, double value, double reached,
                    const std::string& explanation) {
    write_score(metric.heading, figure_text(metric.scale, value), unit_text(metric.scale),
                meter_share(metric, value), meter_share(metric, reached), explanation);
  }

  void write_score_metric(const ScoreMetric& score) {
    const Metric& metric = score.metric;
    std::string explanation(metric.explanation);
    double reached = none;
    if (evaluation_.bounds) {
      reached = evaluation_.bounds->real.*score.value;
      explanation +=
          fmt::format(" {} {}, real columns shuffled {}.",
                      evaluation_.privacy ? "Unseen real rows reach"
                                          : "One half of the real rows against the other reaches",
                      figure_text(metric.scale, reached),
                      figure_text(metric.scale, evaluation_.bounds->shuffled.*score.value));
    }
    write_metric(metric, evaluation_.scores.*score.value, reached, explanation);
  }

  void write_scores() {
    const auto section =
        html_.element("section", {{"id", "scores"}, {"aria-labelledby", "scores-heading"}});
    html_.leaf("h2", "Scores", {{"id", "scores-heading"}});
    if (evaluation_.exact_copies > mostly_copies) {
      html_.leaf("p",
                 fmt::format("These are copies: {} of the synthetic rows equal a real row. The "
                             "scores say nothing about new rows.",
                             percent_text(evaluation_.exact_copies)));
    } else {
      write_verdict();
    }
    const auto grid = html_.element("div", {{"class", "cards scores"}});
    for (const bool leads : {true, false}) {
      for (const ScoreMetric& score : score_metrics) {
        if (score.leads == leads) write_score_metric(score);
      }
    }
    if (const auto& told = evaluation_.discriminator) {
      write_metric(told_apart, told->synthetic, told->real,
                   fmt::format("{} Other real rows reach {}, real columns shuffled {}.",
                               told_apart.explanation, figure_text(told_apart.scale, told->real),
                               figure_text(told_apart.scale, told->shuffled)));
    }
    if (const auto& learned = evaluation_.prediction) write_prediction(*learned);
    write_score("Exact copies", percent_text(evaluation_.exact_copies), "", none, none,
                "Share of synthetic rows that equal a real row in every cell but keys.");
  }

  void write_prediction(const Prediction& learned) {
    const std::string target = displayed(learned.target, detail_.name_characters);
    const std::string question =
        !learned.above.empty() ? fmt::format("whether {} is above {}", target, learned.above)
        : learned.labels > 1
            ? fmt::format("the {} labels of {}, one by one", learned.labels, target)
            : target;
    write_metric(
        learned_for_use, learned.synthetic, learned.real,
        fmt::format("How well trees taught by synthetic rows tell {} of {} real rows{}. 1 is "
                    "ideal, 0.5 means nothing learned. Taught by real rows they reach {}, by "
                    "real columns shuffled {}.",
                    question, with_separators(learned.test_rows),
                    learned.holdout ? " held out" : "", score_text(learned.real),
                    score_text(learned.shuffled)));
  }

  void write_verdict() {
    std::vector<std::size_t> order(evaluation_.columns.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return shape_score(evaluation_.columns[a]) < shape_score(evaluation_.columns[b]);
    });
    if (order.size() < 2) return;
    const auto line = html_.element("p");
    html_.text("Closest column: ");
    write_link(order.back());
    html_.text(fmt::format(" ({}). Furthest: ",
                           score_text(shape_score(evaluation_.columns[order.back()]))));
    const std::size_t count = order.size() > 5 ? 3 : 1;
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) html_.text(", ");
      write_link(order[i]);
      html_.text(fmt::format(" ({})", score_text(shape_score(evaluation_.columns[order[i]]))));
    }
    html_.text(".");
  }

  // A column's name, linked to its histogram where that is drawn.
  void write_link(std::size_t column) {
    if (column < detail_.drawn_columns) {
      html_.leaf("a", displayed(name(column), 40), {{"href", fmt::format("#column-{}", column)}});
    } else {
      html_.text(name(column), 40);
    }
  }

  void write_fact(std::string_view term, const std::string& fact) {
    const auto pair = html_.element("div");
    html_.leaf("dt", term);
    html_.leaf("dd", fact);
  }

  void write_column(std::size_t index) {
    const ColumnMetrics& column = evaluation_.columns[index];
    const auto card =
        html_.element("article", {{"class", "card"}, {"id", fmt::format("column-{}", index)}});
    {
      const auto head = html_.element("div", {{"class", "head"}});
      html_.leaf("h3", name(index));
      html_.leaf("span", to_string(column.kind), {{"class", "kind"}});
    }
    if (has_label_bars(column)) {
      draw_label_bars(html_, column, open_label_rows, detail_.label_rows);
    } else {
      draw_histogram(html_, column);
    }
    const auto facts = html_.element("dl");
    const ColumnMetric& closeness = distance_metric(column);
    write_fact(closeness.heading, figure_text(closeness.scale, column.*closeness.value));
    write_fact("KL", nats_text(column.kl));
    if (has_missing(column)) {
      write_fact("Missing", percent_text(column.missing_real) + " real, " +
                                percent_text(column.missing_synthetic) + " synthetic");
    }
  }

  void write_columns() {
    const auto section =
        html_.element("section", {{"id", "columns"}, {"aria-labelledby", "columns-heading"}});
    html_.leaf("h2", "Columns", {{"id", "columns-heading"}});
    html_.leaf("p",
               "Shares of rows over the same bins for both tables. 0 is ideal for KS, TV and KL.",
               {{"class", "note"}});
    {
      const auto key = html_.element("ul", {{"class", "key"}});
      {
        const auto item = html_.element("li");
        html_.leaf("span", "", {{"class", "real"}});
        html_.text("Real, filled");
      }
      const auto item = html_.element("li");
      html_.leaf("span", "", {{"class", "made"}});
      html_.text("Synthetic, outlined");
    }
    const std::size_t drawn = std::min(evaluation_.columns.size(), detail_.drawn_columns);
    const auto grid = html_.element("div", {{"class", "cards"}});
    for (std::size_t index = 0; index < drawn; ++index) write_column(index);
    if (drawn < evaluation_.columns.size()) {
      html_.leaf("p", fmt::format("The other {} columns are in the table below only.",
                                  evaluation_.columns.size() - drawn));
    }
  }

  bool any_missing() const {
    return std::any_of(evaluation_.columns.begin(), evaluation_.columns.end(), has_missing);
  }

  void write_missing() {
    if (!any_missing()) return;
    const auto section =
        html_.element("section", {{"id", "missing"}, {"aria-labelledby", "missing-heading"}});
    html_.leaf("h2", "Missing cells", {{"id", "missing-heading"}});
    html_.leaf("p", "Shares of cells without a value, in the columns that have such cells.",
               {{"class", "note"}});
    const auto card = html_.element("div", {{"class", "card missing"}});
    draw_missing_table(html_, evaluation_.columns, detail_.listed_columns);
  }

  // The first `size` columns of an association matrix.
  std::vector<double> corner(const std::vector<double>& matrix, std::size_t size) const {
    std::vector<double> cells;
    for (std::size_t row = 0; row < size; ++row) {
      const auto begin =
          matrix.begin() + static_cast<std::ptrdiff_t>(row * evaluation_.columns.size());
      cells.insert(cells.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
    }
    return cells;
  }

  void write_scale(bool difference, const char* from, const char* to) {
    const auto scale = html_.element(
        "div", {{"class", difference ? "scale difference" : "scale"}, {"aria-hidden", "true"}});
    html_.leaf("span", from);
    html_.leaf("i", "");
    html_.leaf("span", to);
  }

  void write_map(HeatMap map, bool titles) {
    const auto card = html_.element("div", {{"class", "card"}});
    const bool difference = map.difference;
    draw_heat_map(html_, map, titles);
    write_scale(difference, difference ? "stronger in real" : "0",
                difference ? "in synthetic" : "1");
  }

  void write_associations() {
    const std::size_t columns = evaluation_.columns.size();
    if (columns < 2 || evaluation_.associations.real.size() != columns * columns) return;
    const auto section = html_.element(
        "section", {{"id", "associations"}, {"aria-labelledby", "associations-heading"}});
    html_.leaf("h2", "Associations", {{"id", "associations-heading"}});
    html_.leaf("p",
               "How strongly columns go together, from 0 (not at all) to 1 (one tells the other): "
               "the size of Pearson's correlation for two numeric columns, else Cram\u00E9r's V. "
               "Striped where a column does not vary.",
               {{"class", "note"}});
    const std::size_t size = std::min(columns, detail_.mapped_columns);
    if (size < columns) html_.leaf("p", fmt::format("The first {} columns are drawn.", size));
    HeatMap real{"Real", "", false, 1, corner(evaluation_.associations.real, size), {}};
    HeatMap made{"Synthetic", "", false, 1, corner(evaluation_.associations.synthetic, size), {}};
    HeatMap difference{"Difference", "", true, 0.5, {}, {}};
    double furthest = 0;
    for (std::size_t i = 0; i < real.cells.size(); ++i) {
      difference.cells.push_back(made.cells[i] - real.cells[i]);
      if (std::isfinite(difference.cells.back())) {
        furthest = std::max(furthest, std::abs(difference.cells.back()));
      }
    }
    for (std::size_t i = 0; i < size; ++i) real.names.push_back(name(i));
    made.names = real.names;
    difference.names = real.names;
    real.description = fmt::format("Heat map of associations of {} real columns.", size);
    made.description = fmt::format("Heat map of associations of {} synthetic columns.", size);
    difference.description = fmt::format(
        "Heat map of synthetic less real association; the largest difference is {}. The table of "
        "pairs that follows names the largest.",
        score_text(furthest));
    {
      const auto grid =
          html_.element("div", {{"class", size > 30 ? "cards maps large" : "cards maps"}});
      const bool titles = size <= detail_.titled_names;
      write_map(std::move(real), titles);
      write_map(std::move(made), titles);
      write_map(std::move(difference), titles);
    }
    write_pairs();
  }

  void write_pairs() {
    struct Pair {
      std::size_t first;
      std::size_t second;
      double similarity;
    };
    const std::size_t columns = evaluation_.columns.size();
    const Associations& associations = evaluation_.associations;
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < columns; ++i) {
      for (std::size_t j = i + 1; j < columns; ++j) {
        const double similarity = associations.similarity[i * columns + j];
        if (std::isfinite(similarity)) pairs.push_back({i, j, similarity});
      }
    }
    const std::size_t count = std::min<std::size_t>(pairs.size(), 10);
    if (count == 0) return;
    std::partial_sort(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(count),
                      pairs.end(), [](const Pair& a, const Pair& b) {
                        return std::tuple(a.similarity, a.first, a.second) <
                               std::tuple(b.similarity, b.first, b.second);
                      });
    const auto fold = html_.element("details", {{"open", "open"}});
    html_.leaf("summary", fmt::format("The {} pairs that differ most", count));
    const auto box = table_box("Column pairs with the lowest similarity");
    const auto table = html_.element("table");
    html_.leaf("caption", "Column pairs with the lowest similarity", {{"class", "unseen"}});
    write_table_head({"Columns", "Real", "Synthetic", "Similarity"});
    const auto body = html_.element("tbody");
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = html_.element("tr");
      const std::size_t place = pairs[i].first * columns + pairs[i].second;
      {
        const auto head = html_.element("th", {{"scope", "row"}});
        write_link(pairs[i].first);
        html_.text(" \u00D7 ");
        write_link(pairs[i].second);
      }
      html_.leaf("td", score_text(associations.real[place]));
      html_.leaf("td", score_text(associations.synthetic[place]));
      html_.leaf("td", score_text(pairs[i].similarity));
    }
  }

  Html::Element table_box(const char* label) {
    return html_.element(
        "div",
        {{"class", "data scroll"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", label}});
  }

  void write_table_head(const std::vector<std::string_view>& titles) {
    const auto head = html_.element("thead");
    const auto row = html_.element("tr");
    bool first = true;
    for (const std::string_view text : titles) {
      if (first) {
        html_.leaf("th", text, {{"scope", "col"}});
      } else {
        html_.leaf("th", text, {{"scope", "col"}, {"style", "text-align:right"}});
      }
      first = false;
    }
  }

  void write_table() {
    const auto section =
        html_.element("section", {{"id", "numbers"}, {"aria-labelledby", "numbers-heading"}});
    html_.leaf("h2", "All numbers", {{"id", "numbers-heading"}});
    html_.leaf("p", "KS and TV run from 0 (same) to 1 (nothing in common); KL and JS in nats.",
               {{"class", "note"}});
    const auto box = table_box("Metrics and missing rates of every column");
    const auto table = html_.element("table");
    html_.leaf("caption", "Metrics and missing rates of every column", {{"class", "unseen"}});
    std::vector<ColumnMetric> metrics(column_metrics.begin(), column_metrics.end());
    std::stable_partition(metrics.begin(), metrics.end(), [](const ColumnMetric& metric) {
      return metric.of != ColumnMetric::Of::every_column;
    });
    std::vector<std::string_view> titles{"Column", "Kind"};
    for (const ColumnMetric& metric : metrics) titles.push_back(metric.heading);
    write_table_head(titles);
    const auto body = html_.element("tbody");
    const std::size_t listed = std::min(evaluation_.columns.size(), detail_.listed_columns);
    for (std::size_t i = 0; i < listed; ++i) {
      const ColumnMetrics& column = evaluation_.columns[i];
      const auto row = html_.element("tr");
      {
        const auto head = html_.element("th", {{"scope", "row"}});
        write_link(i);
      }
      html_.leaf("td", to_string(column.kind));
      for (const ColumnMetric& metric : metrics) {
        const double value = metric.applies_to(column) ? column.*metric.value : none;
        html_.leaf("td", figure_text(metric.scale, value));
      }
    }
  }

  void write_training() {
    if (info_.history.empty()) return;
    const auto section =
        html_.element("section", {{"id", "training"}, {"aria-labelledby", "training-heading"}});
    html_.leaf("h2", "Training", {{"id", "training-heading"}});
    html_.leaf("p",
               "Mean losses of each epoch. Reconstruction falls as the model learns to repeat "
               "rows; KL is what its latent code carries. Held-out rows, where there are any, tell "
               "when it begins to learn rows by heart.",
               {{"class", "note"}});
    std::vector<double> reconstruction;
    std::vector<double> kl;
    for (const EpochLoss& loss : info_.history) {
      reconstruction.push_back(loss.reconstruction);
      kl.push_back(loss.kl);
    }
    {
      const auto grid = html_.element("div", {{"class", "cards"}});
      {
        const auto card = html_.element("div", {{"class", "card"}});
        draw_curve(html_, "Reconstruction loss", reconstruction, false);
      }
      const auto card = html_.element("div", {{"class", "card"}});
      draw_curve(html_, "KL divergence of the latent code", kl, true);
    }
    const auto fold = html_.element("details");
    html_.leaf("summary", "Losses as a table");
    const auto box = table_box("Losses of each epoch");
    const auto table = html_.element("table");
    html_.leaf("caption", "Losses of each epoch", {{"class", "unseen"}});
    const bool validated = !std::isnan(info_.history.front().validation);
    if (validated) {
      write_table_head({"Epoch", "Reconstruction", "KL", "Held-out rows"});
    } else {
      write_table_head({"Epoch", "Reconstruction", "KL"});
    }
    const auto body = html_.element("tbody");
    const std::size_t stride = (info_.history.size() + 99) / 100;
    for (std::size_t epoch = 0; epoch < info_.history.size(); ++epoch) {
      if ((epoch + 1) % stride != 0 && epoch != 0 && epoch + 1 != info_.history.size()) continue;
      const auto row = html_.element("tr");
      html_.leaf("th", fmt::format("{}", epoch + 1), {{"scope", "row"}});
      html_.leaf("td", nats_text(reconstruction[epoch]));
      html_.leaf("td", nats_text(kl[epoch]));
      if (validated) html_.leaf("td", nats_text(info_.history[epoch].validation));
    }
  }

  void write_privacy() {
    if (!evaluation_.privacy) return;
    const Privacy& privacy = *evaluation_.privacy;
    const auto section =
        html_.element("section", {{"id", "privacy"}, {"aria-labelledby", "privacy-heading"}});
    html_.leaf("h2", "Privacy", {{"id", "privacy-heading"}});
    html_.leaf("p",
               "Whether synthetic rows come closer to the rows the model learned from than to "
               "real rows it never saw. These numbers can reveal copying; they prove nothing.",
               {{"class", "note"}});
    const auto grid = html_.element("div", {{"class", "cards scores"}});
    write_score(
        "Nearer to training", percent_text(privacy.nearer_to_training), "",
        privacy.nearer_to_training, 0.5,
        fmt::format("Ideal is 50 %. {} synthetic rows, each against {} training and as many "
                    "holdout rows. Other real rows reach {}, real columns shuffled {}.",
                    with_separators(privacy.rows_compared), with_separators(privacy.reference_rows),
                    percent_text(privacy.nearer_to_training_real),
                    percent_text(privacy.nearer_to_training_shuffled)));
    write_score("Copies by chance", percent_text(privacy.exact_copies_holdout), "", none, none,
                "Share of unseen real rows that equal a training row: what to expect without "
                "copying.");
  }

  void write_provenance() {
    if (info_.provenance.empty()) return;
    const auto section =
        html_.element("section", {{"id", "provenance"}, {"aria-labelledby", "provenance-heading"}});
    html_.leaf("h2", "Provenance", {{"id", "provenance-heading"}});
    const auto box = html_.element("div", {{"class", "data facts"}});
    const auto table = html_.element("table");
    html_.leaf("caption", "Where these numbers come from", {{"class", "unseen"}});
    const auto body = html_.element("tbody");
    const std::size_t most = 200;
    for (std::size_t i = 0; i < std::min(info_.provenance.size(), most); ++i) {
      const auto row = html_.element("tr");
      {
        const auto head = html_.element("th", {{"scope", "row"}});
        html_.text(info_.provenance[i].first, detail_.name_characters);
      }
      html_.leaf("td", info_.provenance[i].second);
    }
  }

  void write_footer() {
    const auto footer = html_.element("footer");
    html_.leaf(
        "p",
        "KS: largest gap between the two cumulative distributions. TV: half the sum of the "
        "gaps between shares. KL: Kullback\u2013Leibler divergence of real from synthetic "
        "shares, over 50 equal bins of the real range or over labels. JS: Jensen\u2013Shannon "
        "divergence, its symmetric kin.");
    html_.leaf("p", "Made by cuvae. Nothing in this file leaves it: no scripts, no network.");
  }

  const Evaluation& evaluation_;
  const ReportInfo& info_;
  const Detail& detail_;
  Html html_;
};

}  // namespace

std::string html_report(const Evaluation& evaluation, const ReportInfo& info) {
  std::string report;
  for (const Detail& detail : details) {
    report = Page(evaluation, info, detail).write();
    if (report.size() <= most_bytes) break;
  }
  return report;
}

}  // namespace cuvae
