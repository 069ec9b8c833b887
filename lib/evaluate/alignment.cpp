#include "evaluate/alignment.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <unordered_map>

#include <cuvae/error.hpp>

#include "evaluate/comparable.hpp"
#include "evaluate/evaluation_device.hpp"
#include "spelling/cell_text.hpp"
#include "support/threads.hpp"
#include "text/cell_format.hpp"
#include "text/display.hpp"
#include "text/edit_distance.hpp"

namespace cuvae {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::string name_of(const Table& table, std::size_t index) {
  static constexpr const char* fallback[] = {"the real table", "the synthetic table",
                                             "the holdout table"};
  if (!table.source.empty() && table.source != "-") return displayed(table.source, 200);
  return fallback[std::min<std::size_t>(index, 2)];
}

void append_names(std::string& message, const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  message += what;
  constexpr std::size_t most = 10;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    message += fmt::format("{} \"{}\"", i == 0 ? "" : ",", displayed(names[i], 60));
  }
  if (names.size() > most) message += fmt::format(" and {} more", names.size() - most);
}

// [columns of the real table] the same columns of another one.
std::vector<const Column*> match_columns(const Table& real, const Table& other, std::size_t index) {
  std::unordered_map<std::string_view, const Column*> by_name;
  for (const Column& column : other.columns) by_name.emplace(column.name, &column);
  std::vector<const Column*> matched;
  std::vector<std::string> lacking;
  for (const Column& column : real.columns) {
    const auto found = by_name.find(column.name);
    matched.push_back(found == by_name.end() ? nullptr : found->second);
    if (found == by_name.end()) {
      lacking.push_back(column.name);
    } else {
      by_name.erase(found);
    }
  }
  std::vector<std::string> surplus;
  for (const Column& column : other.columns) {
    if (by_name.contains(column.name)) surplus.push_back(column.name);
  }
  if (lacking.empty() && surplus.empty() && other.columns.size() == real.columns.size()) {
    return matched;
  }
  std::string message = fmt::format(
      "{}: its columns differ from those of {}:", name_of(other, index), name_of(real, 0));
  append_names(message, " lacks", lacking);
  if (!lacking.empty() && !surplus.empty()) message += ";";
  append_names(message, " has in excess", surplus);
  for (const std::string& name : lacking) {
    const auto near =
        std::find_if(surplus.begin(), surplus.end(),
                     [&](const std::string& candidate) { return are_near(name, candidate); });
    if (near == surplus.end()) continue;
    message += fmt::format("; is \"{}\" there called \"{}\"? `rename` gives it the other name",
                           displayed(name, 60), displayed(*near, 60));
    break;
  }
  throw Error(ErrorKind::data,
              message + "; compare tables with the same header, or leave columns out with `drop`");
}

std::uint64_t distinct_present(const Column& column) {
  std::uint64_t distinct = 0;
  for (std::size_t code = 0; code < column.labels.size(); ++code) {
    distinct += !column.labels[code].empty() && column.counts[code] > 0 ? 1 : 0;
  }
  return distinct;
}

std::vector<double> numbers_of_labels(const Column& real, const Column& column,
                                      const std::string& table) {
  std::vector<double> numbers(column.labels.size(), not_a_number);
  const CellNumbers cells(real, column.labels);
  for (std::size_t code = 0; code < numbers.size(); ++code) {
    if (column.labels[code].empty() || column.counts[code] == 0) continue;
    const auto number = cells.number(column.labels[code]);
    if (!number) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: column \"{}\": cell \"{}\" is no {}, but the real table's "
                              "cells all are; correct it, or compare the column as labels "
                              "(`label` \"{}\")",
                              table, displayed(column.name, 60), displayed(column.labels[code], 60),
                              real.kind == ColumnKind::instant ? "date or time" : "number",
                              displayed(column.name, 60)));
    }
    numbers[code] = *number;
  }
  return numbers;
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
};

Range summarise(AlignedColumn& column) {
  Range range;
  double sum = 0;
  for_each_number(column, [&](double number, std::uint64_t count) {
    range.low = std::min(range.low, number);
    range.high = std::max(range.high, number);
    sum += number * static_cast<double>(count);
    column.present += count;
  });
  if (column.present == 0) return {0, 0};
  column.mean = sum / static_cast<double>(column.present);
  column.spread = range.high - range.low;
  return range;
}

// The bin of a number among those of tables of pairs.
std::uint8_t category_of(double number, const Bins& bins) {
  return static_cast<std::uint8_t>(std::isnan(number) ? pair_bins : bins(number));
}

// Bins of a column of numbers that are coded: found once for a label.
void bin_labels(const Basis& basis, AlignedColumn& column, std::uint64_t rows) {
  const Bins fine(basis.low, basis.high, histogram_bins);
  const Bins coarse(basis.low, basis.high, pair_bins);
  column.bin_counts.assign(histogram_bins, 0);
  column.category_counts.assign(pair_bins + 1, 0);
  for_each_number(column, [&](double number, std::uint64_t count) {
    column.bin_counts[fine(number)] += count;
  });
  std::vector<std::uint8_t> bin_of_label;
  for (std::size_t code = 0; code < column.label_numbers.size(); ++code) {
    bin_of_label.push_back(category_of(column.label_numbers[code], coarse));
    column.category_counts[bin_of_label[code]] += column.source->counts[code];
  }
  column.mapped = CodeVector(rows, pair_bins + 1);
  column.mapped.visit([&](auto bins) {
    column.source->codes.visit([&](auto codes) {
      for (std::size_t row = 0; row < rows; ++row) bins[row] = bin_of_label[codes[row]];
    });
  });
}

// Gives codes to cells that are not the real table's own codes.
class LabelMap {
 public:
  LabelMap(Basis& basis, const Column& real) : basis_(basis), cells_(real, {}) {
    for (std::size_t code = 0; code < basis.labels.size(); ++code) {
      codes_.emplace(basis.labels[code], static_cast<std::uint32_t>(code));
    }
  }

  // By value where the labels are numbers: 1.0 is 1.
  std::uint32_t code_of_cell(const std::string& label) {
    const auto same = codes_.find(label);
    if (same != codes_.end()) return same->second;
    const auto number = basis_.kind == ColumnKind::ordinal ? cells_.number(label) : std::nullopt;
    return number ? code_of(*number) : code_of(label);
  }

  std::uint32_t code_of(const std::string& label) {
    const auto [found, added] =
        codes_.emplace(label, static_cast<std::uint32_t>(basis_.labels.size()));
    if (added) basis_.labels.push_back(label);
    return found->second;
  }

  // The first label that stands for this number, else one that spells it as briefly as it reads
  // back.
  std::uint32_t code_of(double number) {
    if (std::isnan(number)) return code_of(std::string());
    if (by_number_.empty()) index_numbers();
    const auto found = by_number_.find(key(number));
    if (found != by_number_.end()) return found->second;
    const std::uint32_t code = code_of(fmt::format("{}", number));
    by_number_.emplace(key(number), code);
    return code;
  }

 private:
  static std::uint64_t key(double number) { return std::bit_cast<std::uint64_t>(number + 0.0); }

  void index_numbers() {
    for (std::size_t code = 0; code < basis_.labels.size(); ++code) {
      const auto number = number_in(basis_.labels[code]);
      if (number) by_number_.emplace(key(*number), static_cast<std::uint32_t>(code));
    }
  }

  Basis& basis_;
  CellNumbers cells_;
  std::unordered_map<std::string, std::uint32_t> codes_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_number_;
};

// Codes of all rows in terms of the basis, and the rows of each.
void map_rows(const Basis& basis, AlignedColumn& column, LabelMap& map, std::uint64_t rows) {
  const Column& source = *column.source;
  std::vector<std::uint32_t> codes(is_coded(source.kind) ? source.labels.size() : rows);
  bool same = is_coded(source.kind);
  std::uint32_t highest = 0;
  const bool texts = !is_coded(source.kind) && source.spelling && basis.kind == ColumnKind::label;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    codes[i] = is_coded(source.kind) ? map.code_of_cell(source.labels[i])
               : texts               ? map.code_of(spelled_cell(source, i))
                                     : map.code_of(source.values[i]);
    same = same && codes[i] == i;
    highest = std::max(highest, codes[i]);
  }
  column.category_counts.assign(std::size_t{highest} + 1, 0);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    column.category_counts[codes[i]] += is_coded(source.kind) ? source.counts[i] : 1;
  }
  if (same) return;
  column.mapped = CodeVector(rows, std::size_t{highest} + 1);
  column.mapped.visit([&](auto out) {
    using Code = typename decltype(out)::value_type;
    if (is_coded(source.kind)) {
      source.codes.visit([&](auto in) {
        for (std::size_t row = 0; row < rows; ++row) out[row] = static_cast<Code>(codes[in[row]]);
      });
    } else {
      for (std::size_t row = 0; row < rows; ++row) out[row] = static_cast<Code>(codes[row]);
    }
  });
}

void align_numeric(Basis& basis, std::vector<AlignedTable>& tables, std::size_t index,
                   const std::vector<std::string>& names, EvaluationDevice& device) {
  for (std::size_t table = 0; table < tables.size(); ++table) {
    AlignedColumn& column = tables[table].columns[index];
    if (is_coded(column.source->kind)) {
      const Column& real = *tables[0].columns[index].source;
      column.label_numbers = numbers_of_labels(real, *column.source, names[table]);
    }
    const Range range = summarise(column);
    if (table == 0) {
      basis.low = range.low;
      basis.high = range.high;
    }
    if (is_coded(column.source->kind)) {
      bin_labels(basis, column, tables[table].rows);
    } else {
      device.bin_values(basis, column);
    }
  }
}

void align_labels(Basis& basis, std::vector<AlignedTable>& tables, std::size_t index) {
  const Column& real = *tables[0].columns[index].source;
  basis.labels = real.labels;
  basis.real_labels = real.labels.size();
  LabelMap map(basis, real);
  for (std::size_t table = 1; table < tables.size(); ++table) {
    map_rows(basis, tables[table].columns[index], map, tables[table].rows);
  }
  tables[0].columns[index].category_counts = real.counts;
  for (AlignedTable& table : tables) {
    AlignedColumn& column = table.columns[index];
    column.category_counts.resize(basis.labels.size());
    column.present = table.rows - column.source->missing;
  }
}

}  // namespace

Bins::Bins(double low, double high, std::size_t count)
    : low_(low),
      width_(high > low ? (high - low) / static_cast<double>(count) : 1.0),
      last_(static_cast<double>(count - 1)) {}

std::size_t Bins::operator()(double number) const {
  // max() takes its first argument where the second is not a number.
  return static_cast<std::size_t>(
      std::min(std::max(0.0, std::floor((number - low_) / width_)), last_));
}

double Bins::edge(std::size_t index) const {
  return low_ + width_ * static_cast<double>(index);
}

void AlignedColumn::numbers(std::size_t first, std::size_t count, double* out) const {
  if (!is_coded(source->kind)) {
    std::copy_n(source->values.begin() + static_cast<std::ptrdiff_t>(first), count, out);
    return;
  }
  source->codes.visit([&](auto codes) {
    for (std::size_t row = 0; row < count; ++row) out[row] = label_numbers[codes[first + row]];
  });
}

std::string spell_for_axis(const Basis& basis, double number) {
  if (!basis.spelling) return basis.format.spell_for_axis(number);
  return cell_text(*basis.spelling, {number, 0});
}

std::size_t compared_columns(const Table& real) {
  return static_cast<std::size_t>(
      std::count_if(real.columns.begin(), real.columns.end(),
                    [](const Column& column) { return column.kind != ColumnKind::key; }));
}

std::size_t align_steps(const std::vector<const Table*>& tables) {
  return compared_columns(*tables.front());
}

void bin_values(const Basis& basis, AlignedColumn& column) {
  const auto& values = column.source->values;
  const Bins fine(basis.low, basis.high, histogram_bins);
  const Bins coarse(basis.low, basis.high, pair_bins);
  column.bin_counts.assign(histogram_bins, 0);
  column.category_counts.assign(pair_bins + 1, 0);
  column.mapped = CodeVector(values.size(), pair_bins + 1);
  column.mapped.visit([&](auto bins) {
    for (std::size_t row = 0; row < values.size(); ++row) {
      if (!std::isnan(values[row])) ++column.bin_counts[fine(values[row])];
      bins[row] = category_of(values[row], coarse);
      ++column.category_counts[bins[row]];
    }
  });
}

Alignment align(const std::vector<const Table*>& tables, EvaluationDevice& device, unsigned threads,
                SharedProgress& progress) {
  const Table& real = *tables.front();
  Alignment alignment;
  std::vector<std::string> names;
  for (std::size_t index = 0; index < tables.size(); ++index) {
    const Table& table = *tables[index];
    names.push_back(name_of(table, index));
    if (table.rows == 0 || table.columns.empty()) {
      throw Error(ErrorKind::data, names.back() + ": holds no rows; nothing can be compared");
    }
    if (table.rows > std::numeric_limits<std::uint32_t>::max()) {
      throw Error(ErrorKind::data,
                  names.back() + ": has more than 4,294,967,295 rows; compare a part of it");
    }
    AlignedTable& added = alignment.tables.emplace_back();
    added.rows = table.rows;
    const std::vector<const Column*> sources = match_columns(real, table, index);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (real.columns[i].kind == ColumnKind::key) continue;
      AlignedColumn& column = added.columns.emplace_back();
      column.source = sources[i];
      if (index == 0) continue;
      std::optional<Column> made = made_comparable(real.columns[i], *sources[i]);
      if (made) column.source = &alignment.converted.emplace_back(std::move(*made));
    }
  }
  const std::size_t compared = alignment.tables.front().columns.size();
  if (compared == 0) {
    throw Error(ErrorKind::data,
                names.front() +
                    ": all its columns are keys, of which nothing can be compared; take "
                    "one as labels with `label`");
  }
  alignment.bases.resize(compared);
  for_each_index(threads, compared, [&](std::size_t index) {
    const Column& column = *alignment.tables.front().columns[index].source;
    Basis& basis = alignment.bases[index];
    basis.name = column.name;
    basis.kind = column.kind;
    basis.spelling = column.spelling;
    basis.numeric = !is_coded(column.kind) || (column.kind == ColumnKind::ordinal &&
                                               distinct_present(column) > histogram_bins);
    basis.format =
        column.labels.empty() ? CellFormat::of(column) : CellFormat::of_cell(column.labels.front());
    if (basis.numeric) {
      align_numeric(basis, alignment.tables, index, names, device);
    } else {
      align_labels(basis, alignment.tables, index);
    }
    progress.advance();
  });
  return alignment;
}

}  // namespace cuvae
