// Tables of every kind of column, the same text on every machine.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace cuvae::test {

// How a table is written down.
struct TableSpelling {
  char delimiter = ',';
  std::string line_end = "\n";
  bool byte_order_mark = false;
};

// Columns of all kinds: currency, continuous, whole numbers, times, dates, labels, 64-bit numbers,
// constants, one that is nearly and one that is always missing, cells that need quotes and cells
// that are no UTF-8. About one cell in `missing_in` of each column is missing; 0: none.
std::string mixed_table(std::size_t rows, std::size_t missing_in,
                        const TableSpelling& spelling = {});

// Labels: 32, 33 and about 1,100 distinct ones, skewed, and numbers of more than 1,024 values.
std::string many_labels_table(std::size_t rows);

// A city that determines its state and zip code, and columns that go with nothing.
std::string joined_table(std::size_t rows);

// 70 columns, of kinds in turn.
std::string wide_table(std::size_t rows);

// A single column of numbers, or of labels.
std::string one_number_table(std::size_t rows);
std::string one_label_table(std::size_t rows);

std::string two_rows_table();

}  // namespace cuvae::test
