#include "generate/model_rows.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include <cuvae/error.hpp>

#include "models/file/check_model.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

std::unique_ptr<TokenBackend> backend_for(const TokenNetwork& network, const TokenOutput& output,
                                          const DeviceChoice& device) {
  std::unique_ptr<TokenBackend> backend = make_token_backend(device, network.shape);
  const bool automatic = device.kind == DeviceChoice::Kind::automatic;
  if (automatic && !backend->supports(network.shape, output)) {
    return make_cpu_token_backend(device.threads);
  }
  return backend;
}

}  // namespace

ModelRows::ModelRows(const Model& model, const DeviceChoice& device) : model_(model) {
  check_model(model);
  if (model.tokens) {
    output_.emplace(model.schema, model.tokens->tokenizer);
    token_backend_ = backend_for(model.tokens->network, *output_, device);
  } else {
    codings_ = codings_of(model.schema);
    backend_ = make_backend(device, model.network.shape);
  }
}

std::unique_ptr<RowGenerator> ModelRows::generator(std::uint64_t seed, unsigned workers,
                                                   std::uint32_t block_rows,
                                                   std::uint64_t first_row, std::uint64_t rows,
                                                   const Conditions& conditions) const {
  if (output_) {
    return token_backend_->generator(model_.tokens->network, *output_, seed, workers, block_rows,
                                     first_row, rows, output_->wanted(conditions));
  }
  return backend_->generator(model_.network, codings_, seed, workers, block_rows, first_row, rows);
}

void check_range(const GenerateOptions& options) {
  constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  if (options.rows != 0 && options.first_row > last - (options.rows - 1)) {
    throw Error(ErrorKind::usage, std::to_string(options.rows) + " rows from row " +
                                      std::to_string(options.first_row) +
                                      " on go beyond the table's last row, 2^64 - 1; ask for "
                                      "fewer rows or an earlier first row");
  }
}

Matching matching_of(const ModelRows& rows, const GenerateOptions& options) {
  const Schema& schema = rows.schema();
  Matching matching{Conditions(schema, rows.codings(), options.where), std::nullopt};
  if (!options.balance.empty()) {
    matching.balanced_column = column_named(schema, options.balance, "--balance");
    if (!is_coded(schema.columns[*matching.balanced_column].kind)) {
      throw Error(ErrorKind::usage, "column '" + options.balance +
                                        "' has no labels to balance; choose a column of labels");
    }
  }
  return matching;
}

GenerateResult deliver(const ModelRows& rows, const GenerateOptions& options,
                       const Matching& matching, RowConsumer& consumer, unsigned threads,
                       Monitor& monitor) {
  const bool all = matching.conditions.empty() && !matching.balanced_column;
  // How many rows conditions take is not known; a device works ahead that far.
  const std::uint64_t ahead =
      all ? options.rows : std::numeric_limits<std::uint64_t>::max() - options.first_row;
  // Small batches must not make searching slow.
  constexpr std::uint32_t fewest_searched = 4096;
  const std::uint32_t piece_rows = all || !consumer.gathers()
                                       ? consumer.piece_rows()
                                       : std::max(consumer.piece_rows(), fewest_searched);
  const Delivery delivery{options.first_row, options.rows, piece_rows, thread_count(threads)};
  const std::unique_ptr<RowGenerator> generator =
      rows.generator(options.seed, delivery.workers, delivery.piece_rows, options.first_row, ahead,
                     matching.conditions);
  GenerateResult result{options.rows, 0, options.rows};
  if (all) {
    deliver_rows(*generator, delivery, consumer, monitor);
  } else {
    result.drawn = deliver_matching(*generator, rows.schema(), rows.codings(), matching, delivery,
                                    consumer, monitor);
  }
  return result;
}

}  // namespace cuvae
