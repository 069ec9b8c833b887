#include "results.hpp"

#include <fmt/format.h>

#include "evaluate/metrics.hpp"
#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

constexpr std::size_t widest_name = 28;

using Align = TextTable::Align;

std::string number(double value) {
  return fmt::format("{:.4f}", value);
}
std::string percent(double share) {
  return fmt::format("{:.2f} %", 100 * share);
}

std::string distance_text(const ColumnMetrics& column) {
  return fmt::format("{} {}", distance_metric(column).heading, number(distance(column)));
}

std::string overall(const Evaluation& evaluation) {
  const auto& bounds = evaluation.bounds;
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::left});
  const auto add = [&](const Metric& metric, double synthetic, const std::string& shuffled,
                       const std::string& real, const std::string& meaning) {
    table.add({std::string(metric.label), number(synthetic), shuffled, real, meaning});
  };
  table.add({"", "synthetic", "shuffled", evaluation.privacy ? "holdout" : "real halves", ""});
  for (const bool leads : {true, false}) {
    for (const auto& [metric, score, first] : score_metrics) {
      if (first != leads) continue;
      add(metric, evaluation.scores.*score, bounds ? number(bounds->shuffled.*score) : "",
          bounds ? number(bounds->real.*score) : "", std::string(metric.in_short));
    }
  }
  if (const auto& told = evaluation.discriminator) {
    add(told_apart, told->synthetic, number(told->shuffled), number(told->real),
        std::string(told_apart.in_short));
  }
  if (const auto& learned = evaluation.prediction) {
    add(learned_for_use, learned->synthetic, number(learned->shuffled), number(learned->real),
        fmt::format("about real {}, AUC; 1 is best",
                    shortened(printable(learned->target), widest_name)));
  }
  const double copies = evaluation.exact_copies;
  table.add({"exact copies", percent(copies), "", "", "share of synthetic rows; 0 is best"});
  std::string text = table.text();
  if (copies > mostly_copies) {
    text += fmt::format(
        "\nThese are copies: {} of the synthetic rows equal a real row. The scores above say "
        "nothing "
        "about new rows.\n",
        percent(copies));
  }
  return text;
}

std::string privacy(const Privacy& privacy) {
  TextTable table({Align::left, Align::right, Align::left});
  table.add(
      {"nearer to training", number(privacy.nearer_to_training),
       fmt::format("share of {} synthetic rows; 0.5 is best; shuffled columns {:.2f}, real {:.2f}",
                   with_separators(privacy.rows_compared), privacy.nearer_to_training_shuffled,
                   privacy.nearer_to_training_real)});
  table.add({"copies by chance", percent(privacy.exact_copies_holdout),
             "share of holdout rows that equal a training row"});
  return table.text();
}

std::string columns(const Evaluation& evaluation, const Console& console) {
  const bool holdout = evaluation.privacy.has_value() &&
                       evaluation.privacy->holdout_columns.size() == evaluation.columns.size();
  std::vector<Align> aligns{Align::left, Align::left,  Align::right,
                            Align::left, Align::right, Align::right};
  std::vector<std::string> head{"column", "kind", "KL", "distance", "missing", "synthetic"};
  if (holdout) {
    aligns.insert(aligns.end(), {Align::right, Align::left});
    head.insert(head.end(), {"holdout KL", "distance"});
  }
  TextTable table(aligns);
  table.add(head);
  for (std::size_t index = 0; index < evaluation.columns.size(); ++index) {
    const ColumnMetrics& column = evaluation.columns[index];
    std::vector<std::string> cells{shortened(printable(column.name), widest_name),
                                   std::string(to_string(column.kind)),
                                   number(column.kl),
                                   distance_text(column),
                                   percent(column.missing_real),
                                   percent(column.missing_synthetic)};
    if (holdout) {
      const ColumnMetrics& held = evaluation.privacy->holdout_columns[index];
      cells.insert(cells.end(), {number(held.kl), distance_text(held)});
    }
    table.add(cells);
  }
  const std::string text = table.text();
  const std::size_t first_line = text.find('\n');
  return console.bold(text.substr(0, first_line)) + text.substr(first_line);
}

}  // namespace

std::string score_table(const Evaluation& evaluation, const Console& console) {
  std::string text = overall(evaluation) + '\n';
  if (evaluation.privacy) text += privacy(*evaluation.privacy) + '\n';
  return text + columns(evaluation, console);
}

}  // namespace cuvae::cli
