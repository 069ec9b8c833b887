// The simulated table of one size, in every form that a stage starts from. Each is made when it is
// first asked for, and not timed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <cuvae/matrix.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/table.hpp>
#include <cuvae/tokenizer.hpp>

#include "models/published/backend.hpp"
#include "models/tokens/output.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::measure {

class Workbench {
 public:
  // Keeps references to folder and monitor.
  Workbench(std::uint64_t rows, std::uint64_t seed, unsigned threads, const TemporaryFolder& folder,
            Monitor& monitor);

  std::uint64_t rows() const { return rows_; }
  unsigned threads() const { return threads_; }
  Monitor& monitor() const { return monitor_; }
  const TemporaryFolder& folder() const { return folder_; }

  const std::string& csv();
  const Table& table();
  const Schema& schema();
  const Matrix& matrix();
  // Of `fast` or `best`.
  const TokenizedTable& coded(const std::string& recipe);
  // Of any recipe, trained for one pass on the CPU: speed does not hang on how well.
  const Model& model(const std::string& recipe);
  // As many rows of the recipe `best`, read like the table.
  const Table& synthetic();

  // Options for one pass over the table.
  TrainOptions options(const std::string& recipe, std::uint32_t batch_size) const;
  TokenizerOptions tokenizer_options(const std::string& recipe) const;

 private:
  std::uint64_t rows_;
  std::uint64_t seed_;
  unsigned threads_;
  const TemporaryFolder& folder_;
  Monitor& monitor_;
  std::optional<std::string> csv_;
  std::optional<Table> table_;
  std::optional<Schema> schema_;
  std::optional<Matrix> matrix_;
  std::map<std::string, TokenizedTable> coded_;
  std::map<std::string, Model> models_;
  std::optional<Table> synthetic_;
};

// What turns a model's codes into text, whichever the recipe.
class Output {
 public:
  explicit Output(const Model& model);

  const Schema& schema() const { return tokens_ ? tokens_->schema() : model_.schema; }
  const std::vector<ColumnCoding>& codings() const {
    return tokens_ ? tokens_->codings() : codings_;
  }
  std::unique_ptr<RowGenerator> generator(const DeviceChoice& device, unsigned workers,
                                          std::uint32_t block_rows, std::uint64_t rows) const;

 private:
  const Model& model_;
  std::optional<TokenOutput> tokens_;
  std::vector<ColumnCoding> codings_;
};

}  // namespace cuvae::measure
