// Cells that say that a value is missing.
#pragma once

#include "spelling/spelling.hpp"

namespace cuvae {

struct MarkerOptions {
  std::vector<std::string> also;  // further ones that the caller names
  bool find = true;               // look for the usual ones
};

// Whether a cell is one of the usual markers: blank, NA, N/A, null, None, nan, ?, -, . and the
// like.
bool is_usual_marker(std::string_view cell);

// Whether a cell may stand for a missing value by these options.
bool may_be_marker(std::string_view cell, const MarkerOptions& options);

// Those of the cells that may stand for a missing value, most frequent first: named ones, cells of
// blanks, and usual ones. The caller decides whether the rest of the column makes them missing.
std::vector<std::string> possible_markers(std::span<const CellCount> cells,
                                          const MarkerOptions& options);

}  // namespace cuvae
