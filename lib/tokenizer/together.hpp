// Step 2 of the tokenizer: which columns go together.
#pragma once

#include <cstdint>
#include <vector>

#include "tokenizer/values.hpp"

namespace cuvae {

// Row numbers that stand for the table: all of them, or `count` picked by a fixed shuffle.
std::vector<std::uint32_t> sample_rows(std::uint64_t rows, std::uint64_t count);

// Groups of columns that all but determine each other, each ascending; only groups of two or more.
// Columns join where one of them determines another (conditional entropy at most 0.01 bit), or
// where two of them determine a third that neither determines alone, and where chance would not
// have made it so: the same columns with their rows shifted against each other do not. A group with
// nearly as many tuples as rows is joined in part, if at all, so that its rows are not repeated;
// `split` gets such groups as they would have been.
std::vector<std::vector<std::uint32_t>> find_together(
    const std::vector<ValueColumn>& columns, std::uint64_t rows, unsigned threads,
    std::vector<std::vector<std::uint32_t>>* split = nullptr);

}  // namespace cuvae
