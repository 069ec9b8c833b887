// Rows of a generator to whatever takes them.
#pragma once

#include <cstdint>

#include <cuvae/monitor.hpp>

#include "rows/row_consumer.hpp"
#include "rows/row_generator.hpp"

namespace cuvae {

// Which rows, and by how many threads in pieces of what size; neither changes what comes out.
struct Delivery {
  std::uint64_t first_row = 0;
  std::uint64_t rows = 0;
  std::uint32_t piece_rows = 1;  // the generator was made for as many
  unsigned workers = 1;          // and for as many workers
};

void deliver_rows(RowGenerator& generator, const Delivery& delivery, RowConsumer& consumer,
                  Monitor& monitor);

}  // namespace cuvae
