// Generated rows as batches of typed columns for a RowSink.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/row_sink.hpp>

#include "generate/row_source.hpp"
#include "generate/typed_column.hpp"
#include "rows/row_consumer.hpp"

namespace cuvae {

// The typed columns of a model's rows. Keeps references to the schema, which is the model's.
std::vector<TypedColumn> typed_columns(const Schema& schema, const RowSource& source);

class BatchRows final : public RowConsumer {
 public:
  // `total` rows will come. Keeps references to the model's schema and the sink. Throws
  // Error(usage) where the sink wants batches of a size that there is not.
  BatchRows(const Schema& schema, const RowSource& source, std::uint64_t total, RowSink& sink);

  std::uint32_t piece_rows() const override { return batch_rows_; }
  bool gathers() const override { return true; }
  void begin() override;
  void finish() override { sink_.finish(); }
  std::unique_ptr<Worker> make_worker() override;

 private:
  class Builder;

  std::vector<TypedColumn> typed_;
  std::vector<RowColumn> columns_;
  std::uint64_t total_;
  RowSink& sink_;
  std::uint32_t batch_rows_;
  std::uint64_t delivered_ = 0;
};

}  // namespace cuvae
