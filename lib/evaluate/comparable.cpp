#include "evaluate/comparable.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "spelling/cell_text.hpp"
#include "spelling/markers.hpp"
#include "spelling/number_spelling.hpp"
#include "spelling/spelling.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

bool is_not_a_number(std::string_view cell) {
  return cell.size() == 3 && (cell[0] | 0x20) == 'n' && (cell[1] | 0x20) == 'a' &&
         (cell[2] | 0x20) == 'n';
}

// 1,234,567.89: commas between groups of three digits.
std::optional<double> number_with_commas(std::string_view cell) {
  if (cell.find(',') == cell.npos) return std::nullopt;
  const std::size_t first = cell.find_first_of("0123456789");
  if (first == cell.npos) return std::nullopt;
  std::string plain(cell.substr(0, first));
  std::size_t digits = 0;
  bool any = false;
  std::size_t at = first;
  for (; at < cell.size() && (cell[at] == ',' || (cell[at] >= '0' && cell[at] <= '9')); ++at) {
    if (cell[at] == ',') {
      if (digits == 0 || digits > 3 || (any && digits != 3)) return std::nullopt;
      any = true;
      digits = 0;
    } else {
      plain += cell[at];
      ++digits;
    }
  }
  if (digits != 3) return std::nullopt;
  plain += cell.substr(at);
  return number_in(plain);
}

bool same_unit(const Column& real, const Column& other) {
  const bool instants = real.kind == ColumnKind::instant || other.kind == ColumnKind::instant;
  if (!instants || real.spelling == other.spelling) return true;
  return real.spelling && other.spelling && real.spelling->to_json() == other.spelling->to_json();
}

}  // namespace

bool has_numbers(const Column& real) {
  return !is_coded(real.kind) || real.kind == ColumnKind::ordinal;
}

CellNumbers::CellNumbers(const Column& real, const std::vector<std::string>& labels) : real_(real) {
  if (real.kind == ColumnKind::instant) return;
  std::vector<CellCount> cells;
  for (const std::string& label : labels) {
    if (!label.empty() && !is_missing(label)) cells.push_back({label, 1});
  }
  const bool plain = std::all_of(cells.begin(), cells.end(), [](const CellCount& cell) {
    return number_in(cell.text).has_value();
  });
  if (!plain) spelling_ = learn_numbers(cells);
}

bool CellNumbers::is_missing(const std::string& label) const {
  if (label.empty()) return true;
  const auto& markers = real_.markers;
  if (std::find(markers.begin(), markers.end(), label) != markers.end()) return true;
  return is_usual_marker(label) || is_not_a_number(label);
}

std::optional<double> CellNumbers::number(const std::string& label) const {
  if (real_.spelling) {
    if (const auto number = real_.spelling->number_in(label)) return number;
  }
  if (real_.kind == ColumnKind::instant) return std::nullopt;
  if (const auto number = number_in(label)) return number;
  if (spelling_) {
    if (const auto cell = spelling_->parse(label)) return cell->number;
  }
  return number_with_commas(label);
}

std::string spelled_cell(const Column& column, std::size_t row) {
  const double value = column.values[row];
  if (!column.spelling) {
    return std::isnan(value) ? std::string() : CellFormat::of(column).spell(value);
  }
  const std::uint32_t form = column.forms.size() > 0 ? column.forms[row] : 0;
  if (std::isnan(value)) return form < column.markers.size() ? column.markers[form] : "";
  return cell_text(*column.spelling, {value, form});
}

std::optional<Column> made_comparable(const Column& real, const Column& other) {
  if (!has_numbers(real)) return std::nullopt;
  if (is_coded(other.kind)) {
    const CellNumbers cells(real, {});
    const auto marks = [&](std::size_t code) {
      return !other.labels[code].empty() && cells.is_missing(other.labels[code]);
    };
    std::optional<Column> made;
    for (std::size_t code = 0; code < other.labels.size(); ++code) {
      if (!marks(code)) continue;
      if (!made) made = other;
      made->labels[code].clear();
      made->missing += other.counts[code];
    }
    return made;
  }
  if (same_unit(real, other)) return std::nullopt;
  Column made;
  made.name = other.name;
  made.kind = real.kind;
  const CellNumbers cells(real, {});
  for (std::size_t row = 0; row < other.values.size(); ++row) {
    double number = std::numeric_limits<double>::quiet_NaN();
    if (!std::isnan(other.values[row])) {
      number = cells.number(spelled_cell(other, row)).value_or(number);
    }
    made.values.push_back(number);
    made.missing += std::isnan(number) ? 1 : 0;
  }
  return made;
}

}  // namespace cuvae
