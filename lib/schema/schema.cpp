#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <tuple>

#include <cuvae/error.hpp>
#include <cuvae/schema.hpp>

#include "spelling/spelling.hpp"

namespace cuvae {
namespace {

// The sum as NumPy adds: eight chains over blocks of at most 128 values, then by halves. The
// reference's mean depends on that order, and this one has its bits. Missing values add zero.
double pairwise_sum(const double* values, std::size_t count) {
  const auto present = [values](std::size_t i) { return std::isnan(values[i]) ? 0.0 : values[i]; };
  if (count < 8) {
    double sum = -0.0;
    for (std::size_t i = 0; i < count; ++i) sum += present(i);
    return sum;
  }
  if (count <= 128) {
    double chains[8];
    for (std::size_t j = 0; j < 8; ++j) chains[j] = present(j);
    std::size_t i = 8;
    for (; i < count - count % 8; i += 8) {
      for (std::size_t j = 0; j < 8; ++j) chains[j] += present(i + j);
    }
    double sum = ((chains[0] + chains[1]) + (chains[2] + chains[3])) +
                 ((chains[4] + chains[5]) + (chains[6] + chains[7]));
    for (; i < count; ++i) sum += present(i);
    return sum;
  }
  const std::size_t half = count / 2 - count / 2 % 8;
  return pairwise_sum(values, half) + pairwise_sum(values + half, count - half);
}

void measure_values(const Column& column, ColumnSchema& schema) {
  const auto& values = column.values;
  const std::size_t present = values.size() - column.missing;
  if (present == 0) {
    throw Error(ErrorKind::data,
                fmt::format("column '{}' has no number in any row, so its missing cells have no "
                            "mean to stand in for them; leave it out with `drop`",
                            column.name));
  }
  schema.mean = pairwise_sum(values.data(), values.size()) / static_cast<double>(present);
  double least = column.missing > 0 ? schema.mean : std::numeric_limits<double>::infinity();
  double greatest = column.missing > 0 ? schema.mean : -least;
  for (const double value : values) {
    least = value < least ? value : least;
    greatest = value > greatest ? value : greatest;
  }
  schema.minimum = least;
  schema.maximum = greatest;
  if (!std::isfinite(schema.mean) || !std::isfinite(greatest - least)) {
    throw Error(ErrorKind::data,
                fmt::format("column '{}' spans {} to {}, more than a double can hold; correct the "
                            "outermost cells, or leave the column out with `drop`",
                            column.name, least, greatest));
  }
}

}  // namespace

bool operator==(const ColumnSchema& a, const ColumnSchema& b) {
  const auto all = [](const ColumnSchema& column) {
    return std::tie(column.name, column.kind, column.labels, column.counts, column.minimum,
                    column.maximum, column.mean, column.decimals, column.missing, column.markers,
                    column.heading, column.quoted);
  };
  if (all(a) != all(b)) return false;
  if (a.spelling == b.spelling) return true;
  return a.spelling && b.spelling && a.spelling->to_json() == b.spelling->to_json();
}

Schema make_schema(const Table& table) {
  Schema schema;
  schema.delimiter = table.delimiter;
  schema.carriage_returns = table.carriage_returns;
  schema.style = table.style;
  schema.rows = table.rows;
  schema.fingerprint = table.fingerprint;
  for (const Column& column : table.columns) {
    ColumnSchema& made = schema.columns.emplace_back();
    made.name = column.name;
    made.kind = column.kind;
    made.decimals = column.decimals;
    made.missing = column.missing;
    made.heading = column.heading;
    made.quoted = column.quoted;
    made.spelling = column.spelling;
    made.markers = column.markers;
    if (column.kind == ColumnKind::key) continue;  // its cells belong to people, and stay behind
    made.labels = column.labels;
    made.counts = column.counts;
    if (is_coded(column.kind)) {
      made.maximum = column.labels.empty() ? 0 : static_cast<double>(column.labels.size() - 1);
    } else {
      measure_values(column, made);
    }
  }
  return schema;
}

}  // namespace cuvae
