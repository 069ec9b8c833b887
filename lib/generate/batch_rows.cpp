#include "generate/batch_rows.hpp"

#include <string>
#include <utility>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

constexpr std::uint32_t most_rows_of_a_batch = std::uint32_t{1} << 20;

}  // namespace

class BatchRows::Builder final : public RowConsumer::Worker {
 public:
  explicit Builder(BatchRows& rows) : rows_(rows) {}

  void take(const RowBlock& block) override {
    batch_ = RowBatch();
    batch_.rows = block.rows;
    batch_.columns.reserve(rows_.typed_.size());
    for (std::size_t c = 0; c < rows_.typed_.size(); ++c) {
      batch_.columns.push_back(rows_.typed_[c].cells(block.columns[c], block.rows));
    }
  }

  void place() override {
    batch_.first_row = rows_.delivered_;
    rows_.delivered_ += batch_.rows;
    rows_.sink_.batch(std::move(batch_));
  }

 private:
  BatchRows& rows_;
  RowBatch batch_;
};

std::vector<TypedColumn> typed_columns(const Schema& schema, const RowSource& source) {
  std::vector<TypedColumn> typed;
  typed.reserve(schema.columns.size());
  for (std::size_t c = 0; c < schema.columns.size(); ++c) {
    typed.emplace_back(schema.columns[c], source.schema().columns[c], source.codings()[c]);
  }
  return typed;
}

BatchRows::BatchRows(const Schema& schema, const RowSource& source, std::uint64_t total,
                     RowSink& sink)
    : typed_(typed_columns(schema, source)),
      total_(total),
      sink_(sink),
      batch_rows_(sink.batch_rows()) {
  if (batch_rows_ == 0 || batch_rows_ > most_rows_of_a_batch) {
    throw Error(ErrorKind::usage, "a sink wants batches of " + std::to_string(batch_rows_) +
                                      " rows; let batch_rows() be 1 to " +
                                      std::to_string(most_rows_of_a_batch));
  }
  for (const TypedColumn& column : typed_) columns_.push_back(column.description());
}

void BatchRows::begin() {
  sink_.begin(columns_, total_);
}

std::unique_ptr<RowConsumer::Worker> BatchRows::make_worker() {
  return std::make_unique<Builder>(*this);
}

}  // namespace cuvae
