#include "generate/conditions.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include <cuvae/error.hpp>

#include "evaluate/spelled_number.hpp"
#include "generate/codings.hpp"

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

// The relation at the beginning of a text, which loses it.
std::optional<Relation> take_relation(std::string_view& text) {
  constexpr std::pair<std::string_view, Relation> spellings[] = {
      {"!=", Relation::unequal}, {"<=", Relation::at_most}, {">=", Relation::at_least},
      {"=", Relation::equal},    {"<", Relation::less},     {">", Relation::more}};
  for (const auto& [spelling, relation] : spellings) {
    if (!text.starts_with(spelling)) continue;
    text.remove_prefix(spelling.size());
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

double number_of(const Condition& condition, const ColumnSchema& column) {
  const auto number = spelled_number(condition.cell);
  if (!number) {
    refuse(fmt::format("column '{}' can't be compared with '{}', which is no number, time or date",
                       column.name, condition.cell));
  }
  return *number;
}

bool meets(const Condition& condition, const ColumnSchema& column, const std::string& label,
           std::optional<double> number) {
  if (!compares(condition.relation)) {
    const std::optional<double> cell = number ? spelled_number(label) : std::nullopt;
    // $1 is $1.00, 7 is 07; what is no number must be spelled alike.
    const bool same = label == condition.cell ||
                      (column.kind != ColumnKind::label && cell && number && *cell == *number);
    return same == (condition.relation == Relation::equal);
  }
  const std::optional<double> cell = spelled_number(label);
  return cell && meets(condition.relation, *cell, *number);
}

// Numbers of a value column in the order of their codes: in ticks, or in floats by their bits.
struct NumberLine {
  const ColumnSchema& column;
  std::optional<Ticks> ticks;

  std::uint32_t last() const { return ticks ? ticks->span : std::bit_cast<std::uint32_t>(1.0F); }
  double number_at(std::uint32_t code) const {
    if (ticks) {
      double power = 1;
      for (int i = 0; i < ticks->decimals; ++i) power *= 10;
      return static_cast<double>(ticks->first + code) / power;
    }
    return column.minimum +
           static_cast<double>(std::bit_cast<float>(code)) * (column.maximum - column.minimum);
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

}  // namespace

Conditions::Conditions(const Schema& schema, const std::vector<ColumnCoding>& codings,
                       const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const Condition condition = parse(schema, text);
    const ColumnSchema& column = schema.columns[condition.column];
    const bool comparison = compares(condition.relation);
    Test test;
    test.column = condition.column;
    test.width = codings[condition.column].width;
    bool any = false;
    if (is_coded(column.kind)) {
      const auto number =
          comparison ? number_of(condition, column) : spelled_number(condition.cell);
      for (const std::string& label : column.labels) {
        test.wanted.push_back(meets(condition, column, label, number));
        any |= test.wanted.back();
      }
    } else if (condition.cell.empty() && !comparison) {
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
  }
}

std::uint32_t cell_code(const RowBlock& block, std::uint32_t column, std::uint32_t width,
                        std::uint32_t row) {
  const void* const cells = block.columns[column];
  if (width == 1) return static_cast<const std::uint8_t*>(cells)[row];
  if (width == 2) return static_cast<const std::uint16_t*>(cells)[row];
  return static_cast<const std::uint32_t*>(cells)[row];
}

bool Conditions::holds(const Test& test, const RowBlock& block, std::uint32_t row) {
  const std::uint32_t code = cell_code(block, test.column, test.width, row);
  if (!test.wanted.empty()) return test.wanted[code];
  if (code == missing_code) return test.missing;
  return (code >= test.low && code <= test.high) != test.outside;
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
