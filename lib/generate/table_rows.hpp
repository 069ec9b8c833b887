// Generated rows as a table, as if it had been read from the CSV file with them.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/storage.hpp>
#include <cuvae/table.hpp>

#include "generate/batch_rows.hpp"
#include "generate/row_source.hpp"
#include "generate/typed_column.hpp"
#include "rows/row_consumer.hpp"

namespace cuvae {

class TableRows final : public RowConsumer {
 public:
  // `total` rows will come. Keeps references to the model's schema and the source.
  TableRows(const Schema& schema, const RowSource& source, std::uint64_t total,
            const Storage& storage);

  std::uint32_t piece_rows() const override { return 16'384; }
  bool gathers() const override { return false; }
  std::unique_ptr<Worker> make_worker() override;

  // Once all rows are there.
  Table table(unsigned threads) &&;

 private:
  class Filler;

  void put_keys(std::size_t column, const SpelledCell* cells, std::uint64_t at, std::uint32_t rows);
  void finish_keys(std::size_t column);
  void finish_codes(std::size_t column);
  void finish_values(std::size_t column);

  const Schema& schema_;
  const Schema& spelled_;  // with the spellings of these very rows
  std::vector<TypedColumn> typed_;
  std::vector<std::vector<std::string>> keys_;  // [columns][rows] of key columns
  Table table_;  // coded columns: codes of the model's labels until the end
  std::uint64_t placed_ = 0;
};

}  // namespace cuvae
