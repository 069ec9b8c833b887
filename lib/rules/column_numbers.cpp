#include "rules/column_numbers.hpp"

#include <cmath>
#include <limits>

#include "spelling/recognize.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

constexpr std::size_t bytes_of_minutes = 5;  // HH:MM
constexpr double seconds_a_minute = 60;

// The nature of one label, and its number; times with seconds count as Nature::instant here.
Nature number_of(std::string_view label, bool& seconds, double& number) {
  const CellFormat format = CellFormat::of_cell(label);
  if (format.parse(label, number) != NumberForm::finite) return Nature::none;
  switch (format.form) {
    case CellForm::date:
      return Nature::day;
    case CellForm::time:
      seconds = label.size() > bytes_of_minutes;
      if (seconds) number = std::round(number * seconds_a_minute);
      return Nature::time;
    case CellForm::number:
      break;
  }
  return !format.has_symbols() && is_exact_whole(label) ? Nature::number : Nature::none;
}

}  // namespace

LabelNumbers label_numbers(const std::vector<std::string>& labels) {
  LabelNumbers result;
  bool all_seconds = false;
  result.numbers.reserve(labels.size());
  for (const std::string& label : labels) {
    double number = std::numeric_limits<double>::quiet_NaN();
    if (!label.empty()) {
      bool seconds = false;
      const Nature nature = number_of(label, seconds, number);
      const bool first = result.nature == Nature::none;
      if (nature == Nature::none ||
          (!first && (nature != result.nature || seconds != all_seconds))) {
        return {};
      }
      result.nature = nature;
      all_seconds = seconds;
    }
    result.numbers.push_back(number);
  }
  if (result.nature == Nature::none) result.numbers.clear();
  return result;
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
