#include "rules/numeric_columns.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

#include "kernels/arithmetic/shuffle.hpp"
#include "rules/units.hpp"
#include "spelling/spelling.hpp"
#include "support/threads.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

std::int64_t units_on_grid(double number, int decimals) {
  if (std::isnan(number)) return missing_units;
  const std::int64_t units = to_units(number, decimals);
  constexpr double most_error = 4 * std::numeric_limits<double>::epsilon();
  const bool exact =
      std::abs(from_units(units, decimals) - number) <= most_error * std::abs(number);
  return exact && std::abs(units) < most_units ? units : off_grid_units;
}

// What a column counts; Nature::none where it is of no use here.
NumericColumn described(const Column& data) {
  NumericColumn column;
  column.data = &data;
  if (data.kind == ColumnKind::ordinal && !data.spelling) {
    const LabelNumbers labels = label_numbers(data.labels);
    column.nature = labels.nature;
    column.unit = labels.unit;
    column.coded = true;
    column.nearly_unique = data.labels.size() * 2 > data.codes.size();
    for (const double number : labels.numbers) {
      column.of_label.push_back(units_on_grid(number, 0));
    }
  } else if (data.kind == ColumnKind::instant) {
    const InstantUnit unit = data.spelling ? unit_of(*data.spelling) : InstantUnit{};
    column.nature = unit.nature;
    column.unit = unit.nanoseconds;
  } else if (!is_coded(data.kind)) {
    column.decimals = data.kind == ColumnKind::currency && !data.spelling
                          ? CellFormat::of(data).decimals
                          : data.decimals;
    const bool usable = column.decimals >= 0 && column.decimals <= most_rule_decimals;
    column.nature = usable ? Nature::number : Nature::none;
  }
  return column;
}

void take_sample(NumericColumn& column, const std::vector<std::uint32_t>& sample) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> sorted;
  for (std::uint32_t i = 0; i < sample.size(); ++i) {
    std::int64_t units;
    column.read(sample[i], 1, &units);
    if (units == off_grid_units) {
      column.nature = Nature::none;
      return;
    }
    column.units.push_back(units);
    column.present[i] = units != missing_units;
    column.comparable.push_back(units == missing_units
                                    ? std::numeric_limits<double>::quiet_NaN()
                                    : from_units(units, column.decimals) * column.unit);
    if (units != missing_units) sorted.emplace_back(units, i);
  }
  if (sorted.empty()) return;
  std::sort(sorted.begin(), sorted.end());
  column.least_row = sorted.front().second;
  column.middle_row = sorted[sorted.size() / 2].second;
  column.greatest_row = sorted.back().second;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    column.distinct += i == 0 || sorted[i].first != sorted[i - 1].first;
  }
}

// One rule against rows whose columns' units lie in memory.
class Against {
 public:
  Against(const Rule& rule, const std::vector<std::vector<std::int64_t>>& units,
          const std::vector<std::uint32_t>& place)
      : rule_(rule), target_(units[place[rule.target]].data()) {
    for (const std::uint32_t source : rule.sources) sources_.push_back(units[place[source]].data());
    row_.resize(sources_.size());
  }

  void check(std::uint64_t begin, std::size_t count, RuleCheck& result) {
    for (std::size_t row = 0; row < count; ++row) {
      for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = sources_[i][row];
      if (holds(target_[row], result)) continue;
      ++result.broken;
      result.first = std::min(result.first, begin + row);
    }
  }

 private:
  const Rule& rule_;
  const std::int64_t* target_;
  std::vector<const std::int64_t*> sources_;
  std::vector<std::int64_t> row_;

  bool holds(std::int64_t target, RuleCheck& result) {
    std::size_t missing = 0;
    for (const std::int64_t source : row_) {
      if (source == off_grid_units) return false;
      missing += source == missing_units;
    }
    if (target == off_grid_units) return false;
    if (!has_part(rule_)) {
      if (missing > 0 || target == missing_units) return missing > 0 && target == missing_units;
      return target == result_units(rule_, row_.data());
    }
    if (target == missing_units) return true;
    if (missing < row_.size()) return target >= bound_units(rule_, row_.data());
    result.base = std::min(result.base, target);
    return true;
  }
};

}  // namespace

std::vector<std::uint32_t> rule_sample(std::uint64_t rows) {
  std::vector<std::uint32_t> sample;
  const auto count = std::min<std::uint64_t>(rows, rule_sample_rows);
  const Shuffle shuffle = make_shuffle(static_cast<std::uint32_t>(rows), 0, 0);
  for (std::uint32_t position = 0; position < count; ++position) {
    sample.push_back(rows <= rule_sample_rows ? position : shuffled_row(shuffle, position));
  }
  std::sort(sample.begin(), sample.end());
  return sample;
}

void NumericColumn::read(std::uint64_t begin, std::size_t count, std::int64_t* out) const {
  if (!coded) {
    for (std::size_t i = 0; i < count; ++i) {
      out[i] = units_on_grid(data->values[begin + i], decimals);
    }
    return;
  }
  data->codes.visit([&](auto codes) {
    for (std::size_t i = 0; i < count; ++i) out[i] = of_label[codes[begin + i]];
  });
}

std::vector<NumericColumn> numeric_columns(const Table& table,
                                           const std::vector<std::uint32_t>& sample,
                                           unsigned threads) {
  std::vector<NumericColumn> columns(table.columns.size());
  for_each_index(threads, columns.size(), [&](std::size_t c) {
    columns[c] = described(table.columns[c]);
    columns[c].column = static_cast<std::uint32_t>(c);
    if (columns[c].nature != Nature::none) take_sample(columns[c], sample);
  });
  std::erase_if(columns, [](const auto& column) { return column.nature == Nature::none; });
  return columns;
}

std::vector<RuleCheck> check_rules(const std::vector<Rule>& rules,
                                   const std::vector<NumericColumn>& columns, std::uint64_t rows,
                                   std::uint64_t most_broken, unsigned threads) {
  constexpr std::int64_t no_base = std::numeric_limits<std::int64_t>::max();
  constexpr std::uint64_t task_rows = 1024;
  std::vector<RuleCheck> results(rules.size());
  for (RuleCheck& result : results) result.base = no_base;
  if (rules.empty()) return results;
  std::vector<std::uint32_t> place;  // of a table's column among those that are read
  std::vector<const NumericColumn*> read;
  for (const NumericColumn& column : columns) {
    const bool needed = std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
      return rule.target == column.column || std::find(rule.sources.begin(), rule.sources.end(),
                                                       column.column) != rule.sources.end();
    });
    if (!needed) continue;
    place.resize(std::max<std::size_t>(place.size(), column.column + 1));
    place[column.column] = static_cast<std::uint32_t>(read.size());
    read.push_back(&column);
  }
  std::vector<std::atomic<std::uint64_t>> broken(rules.size());
  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;
  run_on_threads(threads, [&](unsigned) {
    std::vector<std::vector<std::int64_t>> units(read.size(), std::vector<std::int64_t>(task_rows));
    std::vector<Against> against;
    std::vector<RuleCheck> own(rules.size());
    for (RuleCheck& check : own) check.base = no_base;
    against.reserve(rules.size());
    for (const Rule& rule : rules) against.emplace_back(rule, units, place);
    for (std::uint64_t begin; (begin = next.fetch_add(task_rows)) < rows;) {
      const auto count = static_cast<std::size_t>(std::min(task_rows, rows - begin));
      for (std::size_t i = 0; i < read.size(); ++i) read[i]->read(begin, count, units[i].data());
      for (std::size_t i = 0; i < rules.size(); ++i) {
        if (broken[i].load(std::memory_order_relaxed) > most_broken) continue;
        const std::uint64_t before = own[i].broken;
        against[i].check(begin, count, own[i]);
        broken[i].fetch_add(own[i].broken - before, std::memory_order_relaxed);
      }
    }
    const std::lock_guard lock(mutex);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      results[i].broken += own[i].broken;
      results[i].first = std::min(results[i].first, own[i].first);
      results[i].base = std::min(results[i].base, own[i].base);
    }
  });
  for (RuleCheck& result : results) {
    if (result.base == no_base) result.base = 0;
  }
  return results;
}

}  // namespace cuvae
