// The order of a column's labels: whole numbers by value, all else by its bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace cuvae {

// A label with what decides most comparisons.
struct SortedLabel {
  std::uint64_t key = 0;
  std::string_view text;
};

// The keys of one column are made alike: `by_value` where all of its labels are is_whole().
std::uint64_t label_key(std::string_view text, bool by_value);

// Of whole numbers whose keys are equal: beyond 64 bits, or spelled in several ways.
bool whole_less(std::string_view a, std::string_view b);

inline bool label_less(const SortedLabel& a, const SortedLabel& b, bool by_value) {
  if (a.key != b.key) return a.key < b.key;
  return by_value ? whole_less(a.text, b.text) : a.text < b.text;
}

}  // namespace cuvae
