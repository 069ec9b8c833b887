// Rows of a generator to a file.
#pragma once

#include <cstdint>
#include <string_view>

#include <cuvae/monitor.hpp>

#include "csv/row_formatter.hpp"
#include "rows/row_generator.hpp"
#include "support/output_file.hpp"

namespace cuvae {

struct RowRange {
  std::uint64_t first_row = 0;
  std::uint64_t rows = 0;
  std::uint32_t chunk_rows = 1;
  unsigned workers = 1;  // the generator was made for at least as many
};

// Writes `header`, then the rows; returns bytes. The bytes are the same for any number of workers
// and rows a chunk.
std::uint64_t write_rows(const RowFormatter& formatter, RowGenerator& generator,
                         const RowRange& range, std::string_view header, OutputFile& file,
                         Monitor& monitor);

}  // namespace cuvae
