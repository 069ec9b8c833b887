// What launches that make rows have in common, whatever the network.
#pragma once

#include <cstdint>

namespace cuvae::cuda {

inline constexpr std::uint32_t max_rows_per_launch = 1U << 31;

// Which rows of which endless table.
struct RowRange {
  std::uint64_t seed;
  std::uint64_t first;
  std::uint32_t count;
};

// One column of codes: row r of a launch goes to cell r. width 0 keeps the float.
struct CodeColumn {
  void* cells;
  std::uint32_t span;
  std::uint32_t width;
};

}  // namespace cuvae::cuda
