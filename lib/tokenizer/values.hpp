// Step 1 of the tokenizer: every column's cells as numbers of values.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/code_vector.hpp>
#include <cuvae/table.hpp>
#include <cuvae/tokenizer.hpp>

namespace cuvae {

// One column as whole numbers below `count`.
struct ValueColumn {
  const CodeVector* codes = nullptr;  // [rows]; the table's own or `own`
  CodeVector own;
  std::uint32_t count = 0;
  bool ordered = false;  // the numbers' order means something
};

// Value columns of at most this many distinct numbers keep each of them.
inline constexpr std::size_t most_exact_values = 4096;

ValueRanges ranges_of(const Column& column);

// `ranges` as ranges_of() gave them. Keeps pointers into the column.
ValueColumn values_of(const Column& column, const ValueRanges& ranges, unsigned threads);

}  // namespace cuvae
