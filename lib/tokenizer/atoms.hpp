// Sources on their way from columns to tokens.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/code_vector.hpp>
#include <cuvae/tokenizer.hpp>

#include "tokenizer/values.hpp"

namespace cuvae {

// A source before its atoms are ordered.
struct AtomColumn {
  std::vector<std::uint32_t> columns;
  std::vector<std::uint32_t> values;  // [atoms, columns]
  std::vector<std::uint64_t> counts;  // [atoms] rows
  const CodeVector* codes = nullptr;  // [rows] atom of each row
  CodeVector own;
  bool ordered = false;

  std::uint32_t atoms() const { return static_cast<std::uint32_t>(counts.size()); }
};

// Step 4: the order of each source's atoms, [sources][atoms]: atom numbers in their order. Sources
// that are `ordered` keep theirs. Labels are ordered by alternating least squares: a label stands
// where the other columns, as far as they depend on this one, have their numbers on average.
std::vector<std::vector<std::uint32_t>> order_atoms(const std::vector<AtomColumn>& sources,
                                                    std::uint64_t rows);

// Step 5: groups and leaves of a source whose edges are known; tokens are numbered later.
void split_atoms(Source& source, bool second_tokens);

}  // namespace cuvae
