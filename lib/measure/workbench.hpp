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

#include "support/temporary_folder.hpp"

namespace cuvae::measure {

// Else of scaled columns.
bool is_of_tokens(Recipe recipe);

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
  const TokenizedTable& coded(Recipe recipe);
  // Of any recipe, trained for one pass on the CPU: speed does not hang on how well.
  const Model& model(Recipe recipe);
  // As many rows of the recipe `best`, read like the table.
  const Table& synthetic();

  // Settings for one pass over the table.
  TrainSettings settings(Recipe recipe, std::uint32_t batch_size) const;
  TokenizerOptions tokenizer_options(Recipe recipe) const;

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
  std::map<Recipe, TokenizedTable> coded_;
  std::map<Recipe, Model> models_;
  std::optional<Table> synthetic_;
};

}  // namespace cuvae::measure
