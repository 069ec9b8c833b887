// Generated rows as CSV text in a file.
#pragma once

#include <cstdint>
#include <string>

#include "csv/row_formatter.hpp"
#include "rows/row_consumer.hpp"
#include "support/ordered_pieces.hpp"

namespace cuvae {

class CsvRows final : public RowConsumer {
 public:
  // begin() writes `header`. Keeps references to the schema, the file and the monitor.
  CsvRows(const Schema& schema, const std::vector<ColumnCoding>& codings, std::string header,
          OutputFile& file, const Monitor& monitor);

  std::uint32_t piece_rows() const override { return formatter_.rows_per_chunk(); }
  // Rows are written as soon as they are found: the file may be a pipe.
  bool gathers() const override { return false; }
  void begin() override;
  std::unique_ptr<Worker> make_worker() override;

  std::uint64_t bytes() const { return file_.bytes(); }

 private:
  class Writer;

  RowFormatter formatter_;
  std::string header_;
  PieceFile file_;
};

}  // namespace cuvae
