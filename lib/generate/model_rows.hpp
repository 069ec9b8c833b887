// The rows of a model, whichever its recipe: what its codes mean, and what makes them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/generate.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>

#include "generate/deliver_matching.hpp"
#include "models/published/backend.hpp"
#include "models/tokens/backend.hpp"
#include "models/tokens/output.hpp"
#include "rows/row_generator.hpp"

namespace cuvae {

class ModelRows {
 public:
  // Keeps a reference to the model. Throws Error(data) where its parts don't fit, Error(device).
  ModelRows(const Model& model, const DeviceChoice& device);

  const Model& model() const { return model_; }
  // Of the codes: some columns of numbers are labels there.
  const Schema& schema() const { return output_ ? output_->schema() : model_.schema; }
  const std::vector<ColumnCoding>& codings() const {
    return output_ ? output_->codings() : codings_;
  }

  // `rows` from `first_row` on will be asked for, by so many workers, block_rows at a time at most.
  // Its candidates() may leave out rows that meet no conditions. Must not outlive this object.
  std::unique_ptr<RowGenerator> generator(std::uint64_t seed, unsigned workers,
                                          std::uint32_t block_rows, std::uint64_t first_row,
                                          std::uint64_t rows, const Conditions& conditions) const;

 private:
  const Model& model_;
  std::optional<TokenOutput> output_;  // of models of tokens
  std::vector<ColumnCoding> codings_;  // of the others
  std::unique_ptr<TokenBackend> token_backend_;
  std::unique_ptr<Backend> backend_;
};

// Throws Error(usage) where the rows go beyond the last one of the endless table.
void check_range(const GenerateOptions& options);

// Conditions and balance of `options`. Throws Error(usage).
Matching matching_of(const ModelRows& rows, const GenerateOptions& options);

// Hands the rows that `options` wants to a consumer; result.bytes is left 0.
GenerateResult deliver(const ModelRows& rows, const GenerateOptions& options,
                       const Matching& matching, RowConsumer& consumer, unsigned threads,
                       Monitor& monitor);

}  // namespace cuvae
