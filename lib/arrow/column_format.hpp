// What a column of an Arrow stream holds, read from its schema.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cuvae/arrow.hpp>

namespace cuvae {

enum class ArrowType {
  null,
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  float32,
  float64,
  decimal,
  text,        // 32-bit offsets
  large_text,  // 64-bit offsets
  text_view,
  date32,
  date64,
  time32,
  time64,
  timestamp,
};

struct ColumnFormat {
  std::string name;
  ArrowType type = ArrowType::null;  // of the dictionary's values where there is one
  bool has_dictionary = false;
  ArrowType indices = ArrowType::int32;  // with a dictionary
  int decimals = 0;                      // decimal: digits behind the point; may be negative
  int bits = 128;                        // decimal: of a cell
  std::int64_t units_per_second = 1;     // times and timestamps
  bool zoned = false;                    // timestamp: of a known instant, counted in UTC
};

// The columns of a stream of record batches; those that are left out hold nulls, whatever their
// type. Throws Error(data) for types that are not taken.
std::vector<ColumnFormat> column_formats(const ArrowSchema& schema,
                                         const std::vector<std::string>& left_out);

}  // namespace cuvae
