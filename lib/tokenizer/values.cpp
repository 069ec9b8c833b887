#include "tokenizer/values.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "spelling/new_numbers.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t task_rows = 1 << 16;

[[noreturn]] void fail_infinite(const Column& column) {
  const auto at = std::find_if(column.values.begin(), column.values.end(),
                               [](double value) { return std::isinf(value); });
  throw Error(ErrorKind::data, fmt::format("column '{}', row {}: the value is infinite; correct "
                                           "that cell",
                                           column.name, at - column.values.begin() + 1));
}

// Present numbers, ascending; -0 counts as 0.
LargeVector<double> sorted_numbers(const Column& column) {
  LargeVector<double> numbers(column.values.get_allocator());
  numbers.reserve(column.values.size() - column.missing);
  for (const double value : column.values) {
    if (!std::isnan(value)) numbers.push_back(value + 0.0);
  }
  std::sort(numbers.begin(), numbers.end());
  if (!numbers.empty() && (std::isinf(numbers.front()) || std::isinf(numbers.back()))) {
    fail_infinite(column);
  }
  return numbers;
}

// Where the next row would likely bring a new number, generated rows get new ones: a number comes
// out as it is only where so many rows have it that it says nothing of one.
constexpr std::size_t least_rows_of_a_number = 5;

}  // namespace

ValueRanges ranges_of(const Column& column) {
  ValueRanges ranges;
  if (is_coded(column.kind)) return ranges;
  const LargeVector<double> numbers = sorted_numbers(column);
  std::vector<std::size_t> starts;  // of each distinct number
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i == 0 || numbers[i] != numbers[i - 1]) starts.push_back(i);
  }
  starts.push_back(numbers.size());
  const std::size_t distinct = starts.size() - 1;
  // A range holds about this many rows; a number that holds them alone stands alone.
  const std::size_t share =
      std::max(distinct <= most_exact_values ? 0 : numbers.size() / most_exact_values,
               nearly_unique(distinct, numbers.size()) ? least_rows_of_a_number : 0);
  std::size_t held = 0;
  bool closed = true;
  for (std::size_t i = 0; i < distinct; ++i) {
    const std::size_t rows = starts[i + 1] - starts[i];
    const double number = numbers[starts[i]];
    if (closed || rows >= share || held + rows > share) {
      ranges.low.push_back(number);
      ranges.high.push_back(number);
      held = 0;
    }
    ranges.high.back() = number;
    held += rows;
    closed = rows >= share;
  }
  return ranges;
}

ValueColumn values_of(const Column& column, const ValueRanges& ranges, unsigned threads) {
  ValueColumn result;
  result.ordered = column.kind != ColumnKind::label;
  if (is_coded(column.kind)) {
    result.codes = &column.codes;
    result.count = static_cast<std::uint32_t>(column.labels.size());
    return result;
  }
  const std::size_t rows = column.values.size();
  result.count = static_cast<std::uint32_t>(ranges.low.size() + (column.missing > 0 ? 1 : 0));
  result.own = CodeVector(rows, result.count, column.values.get_allocator().storage());
  result.own.visit([&](auto codes) {
    using Code = typename decltype(codes)::value_type;
    for_each_index(threads, (rows + task_rows - 1) / task_rows, [&](std::size_t task) {
      const std::size_t end = std::min<std::size_t>(rows, (task + 1) * task_rows);
      for (std::size_t row = task * task_rows; row < end; ++row) {
        const double value = column.values[row];
        const auto at = std::isnan(value)
                            ? ranges.low.end()
                            : std::upper_bound(ranges.low.begin(), ranges.low.end(), value) - 1;
        codes[row] = static_cast<Code>(at - ranges.low.begin());
      }
    });
  });
  return result;
}

}  // namespace cuvae
