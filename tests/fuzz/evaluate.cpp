// The comparison of tables. Input: a choice, then up to three tables parted by lines "---": real,
// synthetic, holdout. A table alone is compared with itself.
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>

#include <cuvae/evaluate.hpp>
#include <cuvae/report.hpp>
#include <cuvae/table.hpp>

#include "target.hpp"

namespace cuvae::fuzz {
namespace {

constexpr const char* separator = "---";
// Pairs of columns are compared, and trees grown where there are 200 rows.
constexpr std::size_t most_columns = 24;
constexpr std::uint64_t most_rows = 2000;
constexpr double rounding = 1e-9;

std::optional<Table> table_of(const std::string& text) {
  const MemoryFile file(text);
  ReadOptions options;
  options.threads = 1;
  options.keep_empty_columns = true;
  try {
    Table table = read_csv(file.path(), options);
    if (table.columns.size() > most_columns || table.rows > most_rows) return std::nullopt;
    return table;
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool within(double value, double low, double high) {
  return value >= low - rounding && value <= high + rounding;
}

void require_sound(const Scores& scores) {
  require(within(scores.column_shapes, 0, 1), "column shapes are a share");
  require(std::isnan(scores.column_pair_trends) || within(scores.column_pair_trends, 0, 1),
          "pair trends are a share, or none");
  require(within(scores.quality, 0, 1), "quality is a share");
  require(std::isfinite(scores.mean_kl) && scores.mean_kl >= -rounding, "mean KL is finite");
}

void require_sound(const std::vector<ColumnMetrics>& columns) {
  for (const ColumnMetrics& column : columns) {
    require(std::isfinite(column.kl) && column.kl >= -rounding, "KL is finite");
    require(std::isfinite(column.kl_reverse) && column.kl_reverse >= -rounding, "KL is finite");
    require(within(column.js, 0, std::numbers::ln2), "JS is up to ln 2");
    require(within(column.ks, 0, 1) && within(column.tv, 0, 1), "distances are shares");
    require(within(column.missing_real, 0, 1) && within(column.missing_synthetic, 0, 1),
            "missing cells are a share");
    for (const auto* shares : {&column.histogram.real, &column.histogram.synthetic}) {
      for (const double share : *shares) require(within(share, 0, 1), "bins hold shares");
    }
  }
}

void require_sound(const Evaluation& evaluation) {
  require_sound(evaluation.scores);
  require_sound(evaluation.columns);
  if (evaluation.bounds) {
    require_sound(evaluation.bounds->shuffled);
    require_sound(evaluation.bounds->real);
  }
  if (evaluation.discriminator) {
    require(within(evaluation.discriminator->synthetic, 0, 1), "areas are shares");
  }
  if (evaluation.prediction) {
    require(within(evaluation.prediction->synthetic, 0, 1), "areas are shares");
  }
  if (evaluation.privacy) {
    const Privacy& privacy = *evaluation.privacy;
    require(within(privacy.nearer_to_training, 0, 1), "nearer rows are a share");
    require(within(privacy.exact_copies, 0, 1), "copies are a share");
    require_sound(privacy.holdout);
    require_sound(privacy.holdout_columns);
  }
  require(nlohmann::json::accept(to_json(evaluation)), "metrics are JSON");
  constexpr std::size_t most_report_bytes = 1'000'000;
  require(html_report(evaluation, {}).size() <= most_report_bytes, "a report has at most 1 MB");
}

void require_equal_tables(const Evaluation& evaluation) {
  require(within(evaluation.scores.column_shapes, 1, 1), "a table has its own shapes");
  require(within(evaluation.scores.mean_kl, 0, 0), "a table has no distance to itself");
  require(std::isnan(evaluation.scores.column_pair_trends) ||
              within(evaluation.scores.column_pair_trends, 1, 1),
          "a table has its own trends");
}

}  // namespace
}  // namespace cuvae::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cuvae::fuzz;
  if (size > most_input_bytes) return 0;
  Input input(data, size);
  const unsigned choice = input.choice();
  const auto real = table_of(input.part(separator));
  if (!real) return 0;
  const bool alone = input.rest().empty();
  const auto synthetic = alone ? real : table_of(input.part(separator));
  if (!synthetic) return 0;
  const auto holdout = input.rest().empty() ? std::nullopt : table_of(input.part(separator));
  cuvae::EvaluateOptions options;
  options.holdout = holdout ? &*holdout : nullptr;
  if (choice % 2 == 1) options.target = real->columns[choice / 2 % real->columns.size()].name;
  cuvae::DeviceChoice device;
  device.kind = cuvae::DeviceChoice::Kind::cpu;
  device.threads = 1;
  try {
    const cuvae::Evaluation evaluation = cuvae::evaluate(*real, *synthetic, options, device);
    require_sound(evaluation);
    if (alone) require_equal_tables(evaluation);
  } catch (const cuvae::Error&) {
    require(!alone || choice % 2 == 1, "a table can be compared with itself");
  }
  return 0;
}
