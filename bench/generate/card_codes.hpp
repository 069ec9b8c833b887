// A table like the public card transactions, without the file: the same columns, label counts and
// text lengths (96 bytes a row), and random codes.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <cuvae/schema.hpp>

#include "rows/row_generator.hpp"

namespace cuvae::bench {

inline ColumnSchema coded(const std::string& name, ColumnKind kind,
                          std::vector<std::string> labels) {
  ColumnSchema column;
  column.name = name;
  column.kind = kind;
  column.counts.assign(labels.size(), 1);
  column.maximum = static_cast<double>(labels.size() - 1);
  column.labels = std::move(labels);
  return column;
}

inline std::vector<std::string> numbers(int first, int last, const std::string& end = "") {
  std::vector<std::string> labels;
  for (int number = first; number <= last; ++number) labels.push_back(std::to_string(number) + end);
  return labels;
}

inline std::vector<std::string> names(std::size_t count, std::size_t shortest, std::size_t longest,
                                      char letter) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    const std::size_t length = shortest + i * 7919 % (longest - shortest + 1);
    std::string label(length > number.size() ? length - number.size() : 0, letter);
    labels.push_back(label + number);
  }
  return labels;
}

inline Schema card_schema() {
  std::vector<std::string> times;
  for (int minute = 0; minute < 1440; ++minute) {
    const std::string hours = std::to_string(100 + minute / 60).substr(1);
    times.push_back(hours + ":" + std::to_string(100 + minute % 60).substr(1));
  }
  std::vector<std::string> zips = numbers(91000, 91600, ".0");
  zips.push_back("");
  ColumnSchema amount;
  amount.name = "Amount";
  amount.kind = ColumnKind::currency;
  amount.minimum = -500;
  amount.maximum = 2000.5;
  amount.decimals = 2;
  Schema schema;
  schema.columns = {
      coded("User", ColumnKind::ordinal, {"0"}),
      coded("Card", ColumnKind::ordinal, numbers(0, 4)),
      coded("Year", ColumnKind::ordinal, numbers(2002, 2020)),
      coded("Month", ColumnKind::ordinal, numbers(1, 12)),
      coded("Day", ColumnKind::ordinal, numbers(1, 31)),
      coded("Time", ColumnKind::ordinal, times),
      amount,
      coded("Use Chip", ColumnKind::label,
            {"Chip Transaction", "Online Transaction", "Swipe Transaction"}),
      coded("Merchant Name", ColumnKind::label, names(2000, 18, 20, '5')),
      coded("Merchant City", ColumnKind::label, names(300, 5, 14, 'c')),
      coded("Merchant State", ColumnKind::label, names(30, 2, 2, 's')),
      coded("Zip", ColumnKind::ordinal, zips),
      coded("MCC", ColumnKind::ordinal, numbers(5300, 5399)),
      coded("Errors?", ColumnKind::label,
            {"Bad PIN", "Bad PIN,Insufficient Balance", "Insufficient Balance", ""}),
      coded("Is Fraud?", ColumnKind::label, {"No", "Yes"}),
  };
  return schema;
}

// Hands out the same random codes again and again, at no cost.
class CannedCodes : public RowGenerator {
 public:
  CannedCodes(const Schema& schema, unsigned workers, std::uint32_t rows) : blocks_(workers) {
    std::mt19937 random(1);
    for (const ColumnCoding& coding : codings_of(schema)) {
      std::vector<std::byte> cells(std::size_t{rows} * coding.width + 64);
      for (std::uint32_t row = 0; row < rows; ++row) {
        auto code =
            static_cast<std::uint32_t>(std::uint64_t{random()} * (coding.span + 1ULL) >> 32);
        // Errors are rare.
        if (coding.span == 3 && random() % 64 != 0) code = 3;
        for (std::uint32_t i = 0; i < coding.width; ++i) {
          cells[std::size_t{row} * coding.width + i] = static_cast<std::byte>(code >> (8 * i));
        }
      }
      cells_.push_back(std::move(cells));
    }
    for (RowBlock& block : blocks_) {
      for (const auto& cells : cells_) block.columns.push_back(cells.data());
    }
  }

  const RowBlock& codes(unsigned worker, std::uint64_t first_row, std::uint32_t rows) override {
    blocks_[worker].first_row = first_row;
    blocks_[worker].rows = rows;
    return blocks_[worker];
  }

 private:
  std::vector<std::vector<std::byte>> cells_;
  std::vector<RowBlock> blocks_;
};

}  // namespace cuvae::bench
