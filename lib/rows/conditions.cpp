#include "rows/conditions.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <string_view>

#include <cuvae/error.hpp>

#include "rows/codings.hpp"
#include "spelling/cell_text.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

enum class Relation { equal, unequal, less, at_most, more, at_least };

struct Condition {
  std::uint32_t column;
  Relation relation;
  std::string cell;
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::usage, message);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The relation at the beginning of a text, or behind spaces there, which loses it.
std::optional<Relation> take_relation(std::string_view& text) {
  constexpr std::pair<std::string_view, Relation> spellings[] = {
      {"!=", Relation::unequal}, {"<=", Relation::at_most}, {">=", Relation::at_least},
      {"=", Relation::equal},    {"<", Relation::less},     {">", Relation::more}};
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  for (const auto& [spelling, relation] : spellings) {
    if (!text.substr(begin).starts_with(spelling)) continue;
    text.remove_prefix(begin + spelling.size());
    return relation;
  }
  return std::nullopt;
}

// Column names may hold any character: the longest one with a relation behind it counts.
Condition parse(const Schema& schema, const std::string& text) {
  std::optional<Condition> found;
  std::size_t longest = 0;
  for (std::uint32_t c = 0; c < schema.columns.size(); ++c) {
    const std::string& name = schema.columns[c].name;
    if (!text.starts_with(name) || (found && name.size() <= longest)) continue;
    std::string_view rest = std::string_view(text).substr(name.size());
    const auto relation = take_relation(rest);
    if (!relation) continue;
    found = Condition{c, *relation, std::string(rest)};
    longest = name.size();
  }
  if (found) return *found;
  std::string names;
  for (const ColumnSchema& column : schema.columns) {
    names += (names.empty() ? "" : ", ") + column.name;
  }
  refuse(
      fmt::format("'{}' is no condition: write COLUMN=CELL, or one of != < <= > >= for =; the "
                  "columns are {}",
                  text, names));
}

bool compares(Relation relation) {
  return relation != Relation::equal && relation != Relation::unequal;
}

bool meets(Relation relation, double cell, double number) {
  switch (relation) {
    case Relation::equal:
      return cell == number;
    case Relation::unequal:
      return cell != number;
    case Relation::less:
      return cell < number;
    case Relation::at_most:
      return cell <= number;
    case Relation::more:
      return cell > number;
    default:
      return cell >= number;
  }
}

// Only like can be compared with like.
bool alike(std::string_view a, std::string_view b) {
  return CellFormat::of_cell(a).form == CellFormat::of_cell(b).form;
}

bool holds_label(const ColumnSchema& column, std::size_t label) {
  return label >= column.counts.size() || column.counts[label] > 0;
}

// A cell that shows how the column spells its numbers.
std::string example_of(const ColumnSchema& column) {
  for (const std::string& label : column.labels) {
    if (number_in(label)) return label;
  }
  return is_coded(column.kind) ? "" : fmt::format("{}", column.mean);
}

// Hours may be those of a duration; minutes and seconds, at the third and sixth place, may not.
bool is_clock_reading(std::string_view time) {
  return time[3] < '6' && (time.size() < 8 || time[6] < '6');
}

double number_of(const Condition& condition, const ColumnSchema& column) {
  const std::string_view cell = trimmed(condition.cell);
  const auto number = number_in(cell);
  const std::string example = example_of(column);
  const CellForm form = CellFormat::of_cell(cell).form;
  const bool real = number && (form != CellForm::date || is_calendar_day(cell)) &&
                    (form != CellForm::time || is_clock_reading(cell));
  if (example.empty()) {
    refuse(
        fmt::format("column '{}' holds no numbers, times or dates; ask for its labels with = "
                    "or !=",
                    column.name));
  }
  if (!real || !alike(cell, example)) {
    refuse(fmt::format("column '{}' can't be compared with '{}'; its cells look like '{}'",
                       column.name, condition.cell, example));
  }
  return *number;
}

// The cell of a coded column that an equality means: as written, or, where no cell is spelled so,
// without spaces around it, or without the quotes of a CSV file, or the same number.
std::vector<bool> cells_meant(const Condition& condition, const ColumnSchema& column) {
  std::vector<bool> meant(column.labels.size(), false);
  bool any = false;
  const auto look_for = [&](auto&& fits) {
    for (std::size_t l = 0; l < meant.size() && !any; ++l) {
      meant[l] = holds_label(column, l) && fits(column.labels[l]);
    }
    any = std::find(meant.begin(), meant.end(), true) != meant.end();
    return any;
  };
  const std::string_view plain = trimmed(condition.cell);
  const auto spelled = [](std::string_view cell) {
    return [cell](const std::string& label) { return label == cell; };
  };
  if (look_for(spelled(condition.cell)) || look_for(spelled(plain))) return meant;
  if (plain.size() >= 2 && plain.starts_with('"') && plain.ends_with('"')) {
    std::string inner;
    for (std::size_t i = 1; i + 1 < plain.size(); ++i) {
      inner += plain[i];
      if (plain[i] == '"' && i + 2 < plain.size() && plain[i + 1] == '"') ++i;
    }
    if (look_for(spelled(inner))) return meant;
  }
  const auto number = column.kind == ColumnKind::label ? std::nullopt : number_in(plain);
  if (number) {
    look_for([&](const std::string& label) {
      return alike(label, plain) && number_in(label) == number;
    });
  }
  return meant;
}

// The first labels of a column, for a message.
std::string some_labels(const ColumnSchema& column) {
  constexpr std::size_t most = 10;
  std::string text;
  std::size_t held = 0;
  for (std::size_t l = 0; l < column.labels.size(); ++l) {
    if (!holds_label(column, l) || ++held > most) continue;
    text += (held == 1 ? "'" : ", '") + column.labels[l] + "'";
  }
  return held > most ? fmt::format("{} and {} more", text, held - most) : text;
}

// Which labels of a coded column meet a condition.
std::vector<bool> wanted_labels(const Condition& condition, const ColumnSchema& column) {
  std::vector<bool> wanted;
  if (!compares(condition.relation)) {
    wanted = cells_meant(condition, column);
    if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) {
      refuse(fmt::format("no cell of column '{}' is '{}'; it holds {}", column.name, condition.cell,
                         some_labels(column)));
    }
    if (condition.relation == Relation::unequal) wanted.flip();
    return wanted;
  }
  const double number = number_of(condition, column);
  for (const std::string& label : column.labels) {
    const auto cell = number_in(label);
    wanted.push_back(cell && alike(label, trimmed(condition.cell)) &&
                     meets(condition.relation, *cell, number));
  }
  return wanted;
}

// Numbers of a value column in the order of their codes: in ticks, or in floats by their bits.
struct NumberLine {
  const ColumnSchema& column;
  std::optional<Ticks> ticks;

  std::uint32_t last() const { return ticks ? ticks->span : std::bit_cast<std::uint32_t>(1.0F); }
  double number_at(std::uint32_t code) const {
    return ticks ? ticks->number_of(code) : real_number_of(column, std::bit_cast<float>(code));
  }
  // The first code whose number is at least (or, if `beyond`, more than) `number`; last() + 1
  // where there is none.
  std::uint32_t first_from(double number, bool beyond) const {
    std::uint32_t low = 0;
    std::uint32_t high = last() + 1;
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2;
      const double at = number_at(middle);
      if (beyond ? at > number : at >= number) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
};

// What a condition says of numbers: those from least to greatest, or the others.
struct NumberRange {
  double least = -std::numeric_limits<double>::infinity();
  double greatest = std::numeric_limits<double>::infinity();
  bool outside = false;
  bool missing = false;
};

NumberRange numbers_wanted(Relation relation, double number) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  switch (relation) {
    case Relation::equal:
      return {number, number, false, false};
    case Relation::unequal:
      return {number, number, true, true};
    case Relation::less:
      return {-infinity, std::nextafter(number, -infinity), false, false};
    case Relation::at_most:
      return {-infinity, number, false, false};
    case Relation::more:
      return {std::nextafter(number, infinity), infinity, false, false};
    default:
      return {number, infinity, false, false};
  }
}

// Of a column with a spelling, in which the number may be spelled too.
NumberRange spelled_wanted(const Condition& condition, const ColumnSchema& column) {
  const std::string cell(trimmed(condition.cell));
  const bool marker =
      cell.empty() || cell == "\"\"" ||
      std::find(column.markers.begin(), column.markers.end(), cell) != column.markers.end();
  if (marker && !compares(condition.relation)) {
    NumberRange all;
    all.outside = condition.relation == Relation::equal;
    all.missing = all.outside;
    return all;
  }
  if (column.kind == ColumnKind::key) {
    refuse(
        fmt::format("column '{}' holds keys, which are made anew for each row; ask for another "
                    "column",
                    column.name));
  }
  const auto number = column.spelling->number_in(cell);
  if (number) return numbers_wanted(condition.relation, *number);
  const std::string example = cell_text(*column.spelling, {column.mean, 0});
  refuse(fmt::format("column '{}' can't be compared with '{}'; its cells look like '{}'",
                     column.name, condition.cell, example));
}

bool any_number(const NumberRange& range, const ColumnSchema& column) {
  if (range.missing && column.missing > 0) return true;
  if (range.outside) return range.least > column.minimum || range.greatest < column.maximum;
  return range.least <= column.maximum && range.greatest >= column.minimum;
}

}  // namespace

Conditions::Conditions(const Schema& schema, const std::vector<ColumnCoding>& codings,
                       const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const Condition condition = parse(schema, text);
    const ColumnSchema& column = schema.columns[condition.column];
    const bool comparison = compares(condition.relation);
    const std::string_view cell = trimmed(condition.cell);
    Test test;
    test.column = condition.column;
    test.width = codings[condition.column].width;
    bool any = false;
    if (codings[condition.column].spelled) {
      const NumberRange range = spelled_wanted(condition, column);
      test.spelled = {column.kind, range.least, range.greatest, range.outside, range.missing};
      any = any_number(range, column);
    } else if (is_coded(column.kind)) {
      test.wanted = wanted_labels(condition, column);
      for (std::size_t l = 0; l < test.wanted.size(); ++l) {
        any |= test.wanted[l] && holds_label(column, l);
      }
    } else if ((cell.empty() || cell == "\"\"") && !comparison) {
      test.low = 0;
      test.high = ~std::uint32_t{0} - 1;
      test.outside = condition.relation == Relation::equal;
      test.missing = condition.relation == Relation::equal;
      any = !test.missing || codings[condition.column].may_be_missing;
    } else {
      const double number = number_of(condition, column);
      const NumberLine line{column, ticks_of(column)};
      const std::uint32_t at = line.first_from(number, false);
      const std::uint32_t beyond = line.first_from(number, true);
      const bool from_below =
          condition.relation == Relation::less || condition.relation == Relation::at_most;
      const bool open =
          condition.relation == Relation::less || condition.relation == Relation::at_least;
      std::uint32_t first = at;
      std::uint32_t end = beyond;
      if (comparison) {
        first = from_below ? 0 : (open ? at : beyond);
        end = from_below ? (open ? at : beyond) : line.last() + 1;
      }
      test.outside = condition.relation == Relation::unequal;
      test.missing = test.outside;
      any = test.outside || first < end;
      // An empty range, which `outside` turns into every cell.
      test.low = first < end ? first : 1;
      test.high = first < end ? end - 1 : 0;
    }
    if (!any) {
      refuse(
          fmt::format("no cell of column '{}' meets '{}'; 'cuvae inspect MODEL' shows what it "
                      "holds",
                      column.name, text));
    }
    tests_.push_back(std::move(test));
    if (!can_be_met(condition.column, column)) {
      refuse(fmt::format("no cell of column '{}' meets '{}' and the conditions before it",
                         column.name, text));
    }
  }
}

// Whether the tests of one column leave any cell of it.
bool Conditions::can_be_met(std::uint32_t column, const ColumnSchema& schema) const {
  if (schema.spelling) return true;
  if (is_coded(schema.kind)) {
    for (std::uint32_t l = 0; l < schema.labels.size(); ++l) {
      if (holds_label(schema, l) && may_hold(column, l, l)) return true;
    }
    return false;
  }
  std::uint32_t low = 0;
  std::uint32_t high = missing_code - 1;
  bool missing = true;
  for (const Test& test : tests_) {
    if (test.column != column) continue;
    missing = missing && test.missing;
    const bool all = test.low == 0 && test.high == missing_code - 1;
    if (test.outside && all) high = 0, low = 1;
    if (test.outside) continue;
    low = std::max(low, test.low);
    high = std::min(high, test.high);
  }
  return missing || low <= high;
}

bool Conditions::may_hold(std::uint32_t column, std::uint32_t low, std::uint32_t high) const {
  return std::all_of(tests_.begin(), tests_.end(), [&](const Test& test) {
    if (test.column != column || test.spelled) return true;
    if (!test.wanted.empty()) return bool{test.wanted[low]};
    if (low == missing_code) return test.missing;
    return test.outside ? low < test.low || high > test.high : low <= test.high && high >= test.low;
  });
}

bool Conditions::holds(const Test& test, const RowBlock& block, std::uint32_t row) {
  if (test.spelled) {
    const SpelledCell& cell = spelled_cells(block, test.column)[row];
    if (marker_of(test.spelled->kind, cell)) return test.spelled->missing;
    if (test.spelled->kind == ColumnKind::key) return !test.spelled->missing;
    const bool between =
        cell.number >= test.spelled->least && cell.number <= test.spelled->greatest;
    return between != test.spelled->outside;
  }
  const std::uint32_t code = cell_code(block, test.column, test.width, row);
  if (!test.wanted.empty()) return test.wanted[code];
  if (code == missing_code) return test.missing;
  return (code >= test.low && code <= test.high) != test.outside;
}

Conditions Conditions::on(const std::vector<std::optional<std::uint32_t>>& to) const {
  Conditions conditions;
  for (const Test& test : tests_) {
    if (test.spelled || !to[test.column]) continue;
    conditions.tests_.push_back(test);
    conditions.tests_.back().column = *to[test.column];
  }
  return conditions;
}

void Conditions::find(const RowBlock& block, std::vector<std::uint32_t>& places) const {
  for (std::uint32_t row = 0; row < block.rows; ++row) {
    if (std::all_of(tests_.begin(), tests_.end(),
                    [&](const Test& test) { return holds(test, block, row); })) {
      places.push_back(row);
    }
  }
}

std::uint32_t column_named(const Schema& schema, const std::string& name, const char* what) {
  for (std::uint32_t c = 0; c < schema.columns.size(); ++c) {
    if (schema.columns[c].name == name) return c;
  }
  refuse(fmt::format("{} names '{}', which is no column of the model", what, name));
}

}  // namespace cuvae
