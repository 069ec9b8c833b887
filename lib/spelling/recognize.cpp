#include "spelling/recognize.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "spelling/instant_spelling.hpp"
#include "spelling/key_spelling.hpp"
#include "spelling/number_spelling.hpp"
#include "spelling/odd_cells.hpp"
#include "text/display.hpp"
#include "text/number.hpp"
#include "text/separators.hpp"

namespace cuvae {
namespace {

std::uint64_t rows_of(std::span<const CellCount> cells) {
  std::uint64_t rows = 0;
  for (const CellCount& cell : cells) rows += cell.count;
  return rows;
}

std::vector<CellCount> without(std::span<const CellCount> cells,
                               const std::vector<std::string>& markers) {
  std::vector<CellCount> rest;
  rest.reserve(cells.size());
  for (const CellCount& cell : cells) {
    if (std::find(markers.begin(), markers.end(), cell.text) == markers.end()) rest.push_back(cell);
  }
  return rest;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool all_digits(std::span<const CellCount> cells) {
  return std::all_of(cells.begin(), cells.end(),
                     [](const CellCount& cell) { return is_digits(cell.text); });
}

// Below any share that learn_keys() takes, markers included.
bool mostly_distinct(std::span<const CellCount> cells) {
  std::size_t once = 0;
  for (const CellCount& cell : cells) once += cell.count == 1 ? 1 : 0;
  return 2 * once >= cells.size();
}

std::string reason_of(std::string_view what, std::span<const CellCount> rest,
                      const std::vector<std::string>& markers, std::uint64_t missing) {
  std::string text = fmt::format("all {} cells{} are {}", with_separators(rows_of(rest)),
                                 missing == 0 ? "" : " with a value", what);
  if (missing == 0) return text;
  std::string names;
  constexpr std::size_t most_names = 3;
  for (std::size_t i = 0; i < std::min(most_names, markers.size()); ++i) {
    names += fmt::format("{}{}", i == 0 ? ": " : ", ", in_quotes(markers[i]));
  }
  if (markers.size() > most_names)
    names += fmt::format(" and {} more", markers.size() - most_names);
  return text + fmt::format(" ({} are missing{})", with_separators(missing), names);
}

constexpr std::string_view remedy =
    "correct these cells, or name them with `missing` to take them as missing";

// "column 'x' has numbers ...", "column 'x': These numbers ...".
std::string about_column(const std::string& name, const std::string& text) {
  if (name.empty()) return text;
  const bool predicate = text[0] >= 'a' && text[0] <= 'z';
  return fmt::format("column {}{}{}", in_quotes(name), predicate ? " " : ": ", text);
}

class Recognizer {
 public:
  Recognizer(std::span<const CellCount> cells, const RecognizeOptions& options)
      : cells_(cells),
        options_(options),
        markers_(possible_markers(cells, options.markers)),
        rest_(without(cells, markers_)) {}

  Recognition run() {
    if (rest_.empty() || options_.kind == ColumnKind::label) return {};
    if (options_.kind == ColumnKind::key) {
      forced_key();
    } else if (options_.kind == ColumnKind::instant || !options_.format.empty()) {
      forced_instant();
    } else if (options_.kind == ColumnKind::continuous || options_.kind == ColumnKind::currency) {
      forced_number();
    } else if (!mostly_with_digits()) {
      key();
    } else if (!number() && !instant() && !key()) {
      note_nearly();
    }
    return std::move(result_);
  }

 private:
  // Numbers, dates and times all have digits: columns of words are told from them at a glance.
  bool mostly_with_digits() const {
    std::uint64_t with = 0;
    std::uint64_t without_any = 0;
    for (const CellCount& cell : rest_) {
      const bool digit = std::any_of(cell.text.begin(), cell.text.end(),
                                     [](char c) { return c >= '0' && c <= '9'; });
      (digit ? with : without_any) += cell.count;
    }
    return with >= without_any;
  }

  bool take(std::shared_ptr<const Spelling> spelling, std::string_view what,
            std::span<const CellCount> rest) {
    if (!spelling) return false;
    std::vector<std::string> markers;
    if (rest.size() < cells_.size()) markers = markers_;
    const std::uint64_t present = rows_of(rest);
    const std::uint64_t empty = options_.rows - std::min(options_.rows, rows_of(cells_));
    const std::uint64_t missing = rows_of(cells_) - present + empty;
    result_.reason = reason_of(what, rest, markers, missing);
    result_.spelling = std::move(spelling);
    result_.markers = std::move(markers);
    return true;
  }

  bool number() {
    // Account numbers are keys before they are numbers.
    if (!options_.kind && all_digits(rest_) && key()) return true;
    std::string ambiguity;
    const std::shared_ptr<const Spelling> spelling = learn_numbers(rest_, &ambiguity);
    if (!spelling) return false;
    take(spelling, spelling->description(), rest_);
    if (!ambiguity.empty()) note(ambiguity);
    if (const std::string offer = epoch_offer(rest_); !offer.empty()) note(offer);
    if (std::string sentinel = sentinel_note(rest_, options_.name); !sentinel.empty()) {
      result_.notes.push_back(std::move(sentinel));
    }
    return true;
  }

  bool instant() {
    std::string remark;
    const auto spelling = learn_instants(rest_, options_.format, remark);
    if (!spelling) {
      if (options_.kind && !remark.empty()) result_.notes.push_back(remark);
      return false;
    }
    take(spelling, spelling->description(), rest_);
    if (!remark.empty()) note(remark);
    return true;
  }

  // A marker that stands in many rows of keys is one here too.
  bool key() {
    if (options_.keep || !mostly_distinct(cells_)) return false;
    if (take(learn_keys(rest_, rows_of(rest_), false), "keys", rest_)) return true;
    if (rest_.size() == cells_.size()) return false;
    return take(learn_keys(cells_, rows_of(cells_), false), "keys", cells_);
  }

  void note(const std::string& text) { result_.notes.push_back(about_column(options_.name, text)); }

  // The caller says what to do where cells can't be what it wants; the notes say why.
  void forced_key() { take(learn_keys(rest_, rows_of(rest_), true), "keys", rest_); }

  void forced_instant() {
    if (!instant()) note_odd(odd_among_instants(rest_, options_.format));
  }

  void forced_number() {
    if (!number()) note_odd(odd_among_numbers(rest_));
  }

  void note_odd(const OddCells& odd) {
    if (odd.what.empty() || odd.cells.empty()) return;
    result_.notes.push_back(fmt::format("{} are not {}; {}", list_of(odd.cells), odd.what, remedy));
  }

  void note_nearly() {
    // Fewer odd ones than this are mistakes or markers rather than another kind of column.
    constexpr double share = 0.9;
    for (const bool numbers : {true, false}) {
      const OddCells odd =
          numbers ? odd_among_numbers(rest_) : odd_among_instants(rest_, options_.format);
      if (odd.what.empty() || odd.cells.empty()) continue;
      if (static_cast<double>(odd.regular_rows) <= share * static_cast<double>(odd.rows)) continue;
      note(fmt::format("is taken as labels: {} of {} cells are {}, but {} are not; {}",
                       with_separators(odd.regular_rows), with_separators(odd.rows), odd.what,
                       list_of(odd.cells), remedy));
      return;
    }
  }

  std::span<const CellCount> cells_;
  const RecognizeOptions& options_;
  std::vector<std::string> markers_;
  std::vector<CellCount> rest_;
  Recognition result_;
};

// 99, -999 and the like.
bool is_usual_sentinel(double number) {
  if (number == -1) return true;
  for (double nines = 99; nines < 1e9; nines = nines * 10 + 9) {
    if (std::abs(number) == nines) return true;
  }
  return false;
}

}  // namespace

Recognition recognize(std::span<const CellCount> cells, const RecognizeOptions& options) {
  // In one order, so that nothing depends on the caller's.
  const auto before = [](const CellCount& a, const CellCount& b) { return a.text < b.text; };
  if (std::is_sorted(cells.begin(), cells.end(), before)) return Recognizer(cells, options).run();
  std::vector<CellCount> sorted(cells.begin(), cells.end());
  std::sort(sorted.begin(), sorted.end(), before);
  return Recognizer(sorted, options).run();
}

std::string sentinel_note(std::span<const CellCount> cells, const std::string& name) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  double low[2] = {none, none};  // the two least, the two largest
  double high[2] = {none, none};
  const CellCount* lowest = nullptr;
  const CellCount* highest = nullptr;
  for (const CellCount& cell : cells) {
    double number = 0;
    if (parse_number(cell.text, number) != NumberForm::finite) return {};
    if (!(number >= low[0])) {
      low[1] = low[0];
      low[0] = number;
      lowest = &cell;
    } else if (number > low[0] && !(number >= low[1])) {
      low[1] = number;
    }
    if (!(number <= high[0])) {
      high[1] = high[0];
      high[0] = number;
      highest = &cell;
    } else if (number < high[0] && !(number <= high[1])) {
      high[1] = number;
    }
  }
  constexpr std::size_t least_cells = 10;
  constexpr std::uint64_t least_rows = 5;
  if (cells.size() < least_cells) return {};
  // Further from the next number than that is from the other end.
  const auto is_sentinel = [&](const CellCount& cell, double number, double next, double end) {
    return cell.count >= least_rows && is_usual_sentinel(number) &&
           std::abs(number - next) > std::abs(next - end);
  };
  const CellCount* found = nullptr;
  if (is_sentinel(*lowest, low[0], low[1], high[0])) found = lowest;
  if (!found && is_sentinel(*highest, high[0], high[1], low[0])) found = highest;
  if (!found) return {};
  return about_column(name, fmt::format("has {} in {} rows, far from all others; `missing` {} "
                                        "would take them as missing",
                                        found->text, with_separators(found->count), found->text));
}

}  // namespace cuvae
