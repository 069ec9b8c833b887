// Generated rows as batches of typed columns for a RowSink.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/row_sink.hpp>

#include "generate/model_rows.hpp"
#include "generate/typed_column.hpp"
#include "rows/row_consumer.hpp"

namespace cuvae {

// The typed columns of a model's rows. Must not outlive them.
std::vector<TypedColumn> typed_columns(const ModelRows& rows);

class BatchRows final : public RowConsumer {
 public:
  // `total` rows will come. Keeps references to rows and sink. Throws Error(usage) where the sink
  // wants batches of a size that there is not.
  BatchRows(const ModelRows& rows, std::uint64_t total, RowSink& sink);

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
