// Tables made up for tests of the tokenizer and of networks of tokens.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <cuvae/schema.hpp>
#include <cuvae/table.hpp>
#include <cuvae/tokenizer.hpp>

namespace cuvae::test {

// A label column; labels are "L0000" ... in order, the last one "" where `with_missing`.
inline Column label_column(const std::string& name, const std::vector<std::uint32_t>& codes,
                           std::uint32_t labels, bool with_missing = false) {
  Column column;
  column.name = name;
  column.kind = ColumnKind::label;
  for (std::uint32_t label = 0; label < labels; ++label) {
    std::string number = std::to_string(10000 + label);
    number.front() = 'L';
    column.labels.push_back(number);
  }
  if (with_missing) column.labels.back().clear();
  column.codes = CodeVector(codes.size(), labels);
  column.counts.assign(labels, 0);
  column.codes.visit([&](auto out) {
    using Code = typename decltype(out)::value_type;
    for (std::size_t i = 0; i < codes.size(); ++i) out[i] = static_cast<Code>(codes[i]);
  });
  for (const std::uint32_t code : codes) ++column.counts[code];
  if (with_missing) column.missing = column.counts.back();
  return column;
}

inline Column number_column(const std::string& name, const std::vector<double>& values,
                            int decimals) {
  Column column;
  column.name = name;
  column.kind = ColumnKind::continuous;
  column.values.assign(values.begin(), values.end());
  column.decimals = decimals;
  for (const double value : values) column.missing += std::isnan(value) ? 1 : 0;
  return column;
}

// Columns of all kinds that depend on each other: a skewed label of `labels` values, one that it
// determines, a number with gaps, a number of many values, a constant.
inline Table mixed_table(std::uint32_t rows, std::uint32_t labels, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> shops, towns, few, constant(rows, 0);
  std::vector<double> amounts, scores;
  for (std::uint32_t r = 0; r < rows; ++r) {
    const double u = static_cast<double>(random() >> 11) * 0x1p-53;
    shops.push_back(static_cast<std::uint32_t>(u * u * labels));
    towns.push_back(shops.back() % std::max(3U, labels / 4));
    few.push_back(static_cast<std::uint32_t>((shops.back() + random() % 3) % 5));
    amounts.push_back(random() % 7 == 0 && r > 0
                          ? std::numeric_limits<double>::quiet_NaN()
                          : static_cast<double>(random() % 400) / 100 + few.back());
    scores.push_back(static_cast<double>(random() % 100'000'000) / 1e5 - 300);
  }
  Table table;
  table.rows = rows;
  table.columns = {
      label_column("shop", shops, labels), label_column("town", towns, std::max(3U, labels / 4)),
      label_column("few", few, 5, true),   number_column("amount", amounts, 2),
      number_column("score", scores, 5),   label_column("constant", constant, 1)};
  return table;
}

}  // namespace cuvae::test
