// Column parsers that take many rows at once, for processors that have the instructions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "csv/column_parsers.hpp"
#include "csv/scan.hpp"

namespace cuvae {

struct VectorParsers {
  static constexpr std::size_t rows_at_once = 16;

  // Fills [columns + 1, batch.turned_stride] of Batch::turned.
  void (*turn)(const Batch& batch, std::uint32_t* turned);

  // What parse_small_integers<0> and <2> and parse_clock_times do, into ids of 1, 2 or 4 bytes.
  using ParseIntegers = std::size_t (*)(const Batch& batch, std::size_t column, SmallIntegers& into,
                                        void* ids, std::size_t id_bytes);
  ParseIntegers parse_whole;
  ParseIntegers parse_with_point;
  ParseIntegers parse_clock_times;

  // What parse_texts does, into ids of 1, 2 or 4 bytes.
  std::size_t (*parse_texts)(const Batch& batch, std::size_t column, Dictionary& into, void* ids,
                             std::size_t id_bytes);

  // What parse_numbers<false> and <true> do.
  using ParseNumbers = std::size_t (*)(const Batch& batch, std::size_t column, Numbers& into,
                                       double* values);
  ParseNumbers parse_numbers;
  ParseNumbers parse_currency;
};

// Null where a level has none.
const VectorParsers* vector_parsers(SimdLevel level);

}  // namespace cuvae
