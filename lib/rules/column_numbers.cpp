#include "rules/column_numbers.hpp"

#include <cmath>
#include <limits>

#include "spelling/recognize.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

constexpr std::size_t bytes_of_minutes = 5;  // HH:MM
constexpr double seconds_a_minute = 60;
constexpr double nanoseconds_a_second = 1e9;
constexpr double nanoseconds_a_minute = 60 * nanoseconds_a_second;
constexpr double nanoseconds_an_hour = 60 * nanoseconds_a_minute;
constexpr double nanoseconds_a_day = 24 * nanoseconds_an_hour;

// The nature of one label, its number, and nanoseconds of one.
Nature number_of(std::string_view label, double& unit, double& number) {
  const CellFormat format = CellFormat::of_cell(label);
  if (format.parse(label, number) != NumberForm::finite) return Nature::none;
  switch (format.form) {
    case CellForm::date:
      unit = nanoseconds_a_day;
      return Nature::instant;
    case CellForm::time:
      unit = nanoseconds_a_minute;
      if (label.size() > bytes_of_minutes) {
        unit = nanoseconds_a_second;
        number = std::round(number * seconds_a_minute);
      }
      return Nature::time;
    case CellForm::number:
      break;
  }
  return !format.has_symbols() && is_exact_whole(label) ? Nature::number : Nature::none;
}

}  // namespace

LabelNumbers label_numbers(const std::vector<std::string>& labels) {
  LabelNumbers result;
  result.numbers.reserve(labels.size());
  for (const std::string& label : labels) {
    double number = std::numeric_limits<double>::quiet_NaN();
    if (!label.empty()) {
      double unit = 1;
      const Nature nature = number_of(label, unit, number);
      const bool first = result.nature == Nature::none;
      if (nature == Nature::none || (!first && (nature != result.nature || unit != result.unit))) {
        return {};
      }
      result.nature = nature;
      result.unit = unit;
    }
    result.numbers.push_back(number);
  }
  if (result.nature == Nature::none) result.numbers.clear();
  return result;
}

InstantUnit unit_of(const Spelling& spelling) {
  const auto difference = [&](std::string_view first, std::string_view second) {
    const auto a = spelling.number_in(first);
    const auto b = spelling.number_in(second);
    return a && b ? *b - *a : 0.0;
  };
  // Counts of days, seconds and parts of seconds since 1970 all start at 0.
  const double days = difference("1970-01-01", "1970-01-02");
  if (days > 0 && spelling.number_in("1970-01-01") == 0.0) {
    return {Nature::instant, nanoseconds_a_day / days};
  }
  const double hours = difference("01:00", "02:00");
  if (hours > 0) return {Nature::time, nanoseconds_an_hour / hours};
  const double with_seconds = difference("01:00:00", "02:00:00");
  if (with_seconds > 0) return {Nature::time, nanoseconds_an_hour / with_seconds};
  return {};
}

bool give_spelling(Column& column, const Storage& storage) {
  const Nature nature = label_numbers(column.labels).nature;
  if (nature == Nature::none || column.spelling) return false;
  std::vector<CellCount> cells;
  for (std::size_t i = 0; i < column.labels.size(); ++i) {
    if (!column.labels[i].empty() && column.counts[i] > 0) {
      cells.push_back({column.labels[i], column.counts[i]});
    }
  }
  RecognizeOptions options;
  options.kind = nature == Nature::number ? ColumnKind::continuous : ColumnKind::instant;
  options.rows = column.codes.size();
  options.markers.find = false;
  const Recognition found = recognize(cells, options);
  if (!found.spelling || is_coded(found.spelling->kind())) return false;
  std::vector<SpelledCell> of_label;
  for (const std::string& label : column.labels) {
    SpelledCell cell{std::numeric_limits<double>::quiet_NaN(), 0};
    if (!label.empty()) {
      const auto parsed = found.spelling->parse(label);
      if (!parsed) return false;
      cell = *parsed;
    }
    of_label.push_back(cell);
  }
  const std::size_t rows = column.codes.size();
  LargeVector<double> values(rows, storage);
  CodeVector forms(rows, std::max<std::size_t>(found.spelling->forms(), 1), storage);
  column.codes.visit([&](auto codes) {
    forms.visit([&](auto out) {
      using Form = typename decltype(out)::value_type;
      for (std::size_t row = 0; row < rows; ++row) {
        values[row] = of_label[codes[row]].number;
        out[row] = static_cast<Form>(of_label[codes[row]].form);
      }
    });
  });
  column.kind = found.spelling->kind();
  column.spelling = found.spelling;
  column.values = std::move(values);
  column.forms = std::move(forms);
  column.markers.clear();
  if (column.missing > 0) column.markers.emplace_back();
  column.labels.clear();
  column.counts.clear();
  column.codes = CodeVector();
  return true;
}

}  // namespace cuvae
