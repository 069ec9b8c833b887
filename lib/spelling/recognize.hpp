// What a column of texts is: numbers, instants, keys with a spelling, or labels.
#pragma once

#include "spelling/markers.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {

struct RecognizeOptions {
  MarkerOptions markers;
  std::optional<ColumnKind> kind;  // as the caller wants it: label keeps texts, instant, key
  std::string format;              // of instants, strftime's
  bool keep = false;               // not to be taken for a key
  std::string name;                // of the column, for notes
  std::uint64_t rows = 0;          // of the table, missing cells included
};

struct Recognition {
  std::shared_ptr<const Spelling> spelling;  // null: labels
  std::vector<std::string> markers;          // cells that are missing, most frequent first
  std::string reason;                        // why, for people; "" for labels
  // What a person should be told: odd cells in a column that is numbers or instants but for them,
  // an ambiguity, an option that would help. Whole sentences, naming options as `option`: "column
  // 'x' has -999 in 312 rows, far from all others; ...". Where the caller's kind can't be met, only
  // what is wrong: "'abc' (2 rows) are not numbers; ...".
  std::vector<std::string> notes;
};

// `cells`: the distinct cells of a column that are not empty, in any order; the result does not
// depend on the order. In this order: the kind that the caller wants; then, without the cells that
// mark missing ones, numbers, instants, keys; labels are the rest, and keep all of their cells.
// Columns of numbers for which the kind alone says the spelling get one here too: it is the
// caller's to ask before. The caller's kind is that or none: it never falls back to another.
Recognition recognize(std::span<const CellCount> cells, const RecognizeOptions& options);

// A number such as -999 that repeats far from all others and may stand for a missing value, as a
// note; "" where there is none. For columns of plain numbers with or without a spelling.
std::string sentinel_note(std::span<const CellCount> cells, const std::string& name);

}  // namespace cuvae
