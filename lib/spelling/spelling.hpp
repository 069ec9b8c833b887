// How the cells of a column are spelled where that takes more than a ColumnKind says: numbers with
// marks, signs and symbols of their own, dates and times, keys. A cell is a number and the form
// that spells it; the network learns both.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <cuvae/table.hpp>

namespace cuvae {

// A distinct cell of a column and how many rows have it.
struct CellCount {
  std::string_view text;
  std::uint64_t count = 0;
};

// What a cell stands for and which of its column's forms spells it. Of a missing cell, the number
// is NaN and the form is its place among the column's markers. Of a key, the number holds the bits
// of a row number, and a form beyond the key's own counts the markers.
struct SpelledCell {
  double number = 0;
  std::uint32_t form = 0;
};

// Which of its column's markers a cell is; nothing where it has a value.
inline std::optional<std::uint32_t> marker_of(ColumnKind kind, const SpelledCell& cell) {
  if (kind == ColumnKind::key) {
    return cell.form > 0 ? std::optional(cell.form - 1) : std::nullopt;
  }
  return std::isnan(cell.number) ? std::optional(cell.form) : std::nullopt;
}

// A column of numbers that the network learns, from which the number of a cell is joined.
struct SpellingPart {
  std::string name;  // behind the column's name; "" for the only one
  int decimals = 0;  // digits behind the point, at most; -1: as many as it needs
};

class Spelling {
 public:
  virtual ~Spelling() = default;

  // The kind of column that it makes: continuous, instant or key.
  virtual ColumnKind kind() const = 0;

  // How many forms there are, at least one. Forms that carry nothing beyond the number are one.
  virtual std::uint32_t forms() const = 0;

  // Nothing where no form spells this cell exactly: spell(parse(x)) == x for all others. Missing
  // cells are not its business.
  virtual std::optional<SpelledCell> parse(std::string_view cell) const = 0;

  // The nearest cell of the form, whatever the number; gives one past the last character.
  virtual char* spell(char* out, const SpelledCell& cell) const = 0;
  virtual std::size_t most_bytes() const = 0;

  // split() writes, and join() reads, one number a part.
  virtual std::vector<SpellingPart> parts() const = 0;
  virtual void split(double number, double* parts) const = 0;
  virtual double join(const double* parts) const = 0;

  // A number that a person writes in a condition: in one of the forms, or plainly (1234.5, an ISO
  // date).
  virtual std::optional<double> number_in(std::string_view text) const = 0;

  // For people: "amounts as $1,234.50 or ($12.00)".
  virtual std::string description() const = 0;

  // {"is": "number" | "instant" | "key", ...}
  virtual nlohmann::json to_json() const = 0;
};

// The inverse of to_json(). Throws Error(data) for what is no spelling, however hostile.
std::shared_ptr<const Spelling> spelling_from_json(const nlohmann::json& json);

}  // namespace cuvae
