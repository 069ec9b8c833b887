// What the cells of a column count, as far as rules can use it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cuvae/table.hpp>

namespace cuvae {

// Only numbers of one nature are compared.
enum class Nature : std::uint8_t { none, number, time, instant };

struct LabelNumbers {
  Nature nature = Nature::none;
  double unit = 1;              // of times and instants: nanoseconds of one
  std::vector<double> numbers;  // [labels], NaN for the missing one; empty for Nature::none
};

// The numbers of an ordinal column's labels: whole numbers, days since 1970-01-01, times as minutes
// (HH:MM) or seconds (HH:MM:SS). Nature::none where the labels are of several kinds.
LabelNumbers label_numbers(const std::vector<std::string>& labels);

// What a column of instants counts: times of day or instants since 1970, and nanoseconds of one.
struct InstantUnit {
  Nature nature = Nature::none;  // where it is neither
  double nanoseconds = 0;
};
InstantUnit unit_of(const Spelling& spelling);

// An ordinal column as a value column with a spelling, the cells being the same. False, and nothing
// changes, where no spelling has just these cells.
bool give_spelling(Column& column, const Storage& storage);

}  // namespace cuvae
