#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <mutex>
#include <unordered_map>

#include <cuvae/error.hpp>
#include <cuvae/matrix.hpp>

#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t block_rows = 256;  // 16 KiB of a matrix of 16 columns
constexpr std::uint64_t task_rows = block_rows * 64;

// One column's way into the matrix.
struct Encoding {
  const Column* column = nullptr;
  std::vector<float> of_code;  // coded columns
  double minimum = 0;
  double divisor = 1;
  double mean = 0;
};

// The schema's number of each of the table's labels, which may be fewer or stand elsewhere.
std::vector<std::uint32_t> label_numbers(const Column& column, const ColumnSchema& schema) {
  std::vector<std::uint32_t> numbers(column.labels.size());
  if (column.labels == schema.labels) {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::uint32_t>(i);
    return numbers;
  }
  std::unordered_map<std::string_view, std::uint32_t> known;
  for (std::size_t i = 0; i < schema.labels.size(); ++i) {
    known.emplace(schema.labels[i], static_cast<std::uint32_t>(i));
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto found = known.find(column.labels[i]);
    if (found == known.end()) {
      throw Error(ErrorKind::data,
                  fmt::format("column '{}' holds '{}', which the schema does not know; encode the "
                              "table with a schema made from it",
                              column.name, column.labels[i]));
    }
    numbers[i] = found->second;
  }
  return numbers;
}

std::vector<Encoding> encodings_of(const Table& table, const Schema& schema) {
  if (table.columns.size() != schema.columns.size()) {
    throw Error(ErrorKind::data, fmt::format("the table has {} columns, the schema {}; use the "
                                             "same columns",
                                             table.columns.size(), schema.columns.size()));
  }
  std::vector<Encoding> encodings(table.columns.size());
  for (std::size_t c = 0; c < encodings.size(); ++c) {
    const Column& column = table.columns[c];
    const ColumnSchema& by = schema.columns[c];
    if (column.name != by.name || is_coded(column.kind) != is_coded(by.kind)) {
      throw Error(
          ErrorKind::data,
          fmt::format("column {} is '{}' ({}) in the table, but '{}' ({}) in the schema; "
                      "use the same columns in the same order",
                      c + 1, column.name, to_string(column.kind), by.name, to_string(by.kind)));
    }
    Encoding& encoding = encodings[c];
    encoding.column = &column;
    const double span = by.maximum - by.minimum;
    encoding.minimum = by.minimum;
    encoding.divisor = span > 0 ? span : 1.0;
    encoding.mean = by.mean;
    if (!is_coded(column.kind)) continue;
    for (const std::uint32_t number : label_numbers(column, by)) {
      encoding.of_code.push_back(
          static_cast<float>((static_cast<double>(number) - encoding.minimum) / encoding.divisor));
    }
  }
  return encodings;
}

[[noreturn]] void fail_value(const Column& column, std::uint64_t row) {
  throw Error(ErrorKind::data, fmt::format("column '{}', row {}: the value is null or infinite "
                                           "after encoding; correct that cell",
                                           column.name, row + 1));
}

void encode_rows(const Encoding& encoding, std::uint64_t first, std::uint64_t rows, float* out,
                 std::size_t stride) {
  if (is_coded(encoding.column->kind)) {
    const float* of_code = encoding.of_code.data();
    encoding.column->codes.visit([&](auto codes) {
      const auto* from = codes.data() + first;
      for (std::uint64_t i = 0; i < rows; ++i) out[i * stride] = of_code[from[i]];
    });
    return;
  }
  const double* from = encoding.column->values.data() + first;
  bool finite = true;
  for (std::uint64_t i = 0; i < rows; ++i) {
    const double value = std::isnan(from[i]) ? encoding.mean : from[i];
    const double scaled = (value - encoding.minimum) / encoding.divisor;
    finite &= std::abs(scaled) <= 3.4e38;
    out[i * stride] = static_cast<float>(scaled);
  }
  if (finite) return;
  for (std::uint64_t i = 0; i < rows; ++i) {
    if (!std::isfinite(out[i * stride])) fail_value(*encoding.column, first + i);
  }
}

}  // namespace

Matrix encode(const Table& table, const Schema& schema, const EncodeOptions& options,
              Monitor& monitor) {
  const std::vector<Encoding> encodings = encodings_of(table, schema);
  Matrix matrix(table.rows, static_cast<std::uint32_t>(encodings.size()), table.storage);
  std::mutex progress_mutex;
  std::uint64_t done = 0;
  const std::size_t tasks = (table.rows + task_rows - 1) / task_rows;
  for_each_index(thread_count(options.threads), tasks, [&](std::size_t task) {
    monitor.check();
    const std::uint64_t begin = task * task_rows;
    const std::uint64_t end = std::min(begin + task_rows, table.rows);
    for (std::uint64_t row = begin; row < end; row += block_rows) {
      const std::uint64_t rows = std::min(block_rows, end - row);
      for (std::size_t c = 0; c < encodings.size(); ++c) {
        encode_rows(encodings[c], row, rows, matrix.row(row) + c, matrix.stride());
      }
    }
    const std::lock_guard lock(progress_mutex);
    done += end - begin;
    // A call every 64 tasks is a few hundred a second at most.
    if (task % 64 == 63 || done == table.rows) monitor.progress("encode", done, table.rows);
  });
  return matrix;
}

}  // namespace cuvae
