#include "measure/workbench.hpp"

#include <cstdio>

#include <cuvae/generate.hpp>
#include <cuvae/simulate.hpp>

#include "models/tokens/backend.hpp"

namespace cuvae::measure {
namespace {

constexpr std::uint32_t usual_batch = 500;

}  // namespace

Workbench::Workbench(std::uint64_t rows, std::uint64_t seed, unsigned threads,
                     const TemporaryFolder& folder, Monitor& monitor)
    : rows_(rows), seed_(seed), threads_(threads), folder_(folder), monitor_(monitor) {}

const std::string& Workbench::csv() {
  if (!csv_) {
    SimulateOptions options;
    options.rows = rows_;
    options.seed = seed_;
    options.threads = threads_;
    const std::string path = folder_ / ("cards-" + std::to_string(rows_) + ".csv");
    simulate_cards(options, path, true, monitor_);
    csv_ = path;
  }
  return *csv_;
}

const Table& Workbench::table() {
  if (!table_) {
    ReadOptions options;
    options.threads = threads_;
    table_ = read_csv(csv(), options, monitor_);
  }
  return *table_;
}

const Schema& Workbench::schema() {
  if (!schema_) schema_ = make_schema(table());
  return *schema_;
}

const Matrix& Workbench::matrix() {
  if (!matrix_) matrix_ = encode(table(), schema(), threads_, monitor_);
  return *matrix_;
}

const TokenizedTable& Workbench::coded(const std::string& recipe) {
  const auto found = coded_.find(recipe);
  if (found != coded_.end()) return found->second;
  return coded_.emplace(recipe, tokenize(table(), tokenizer_options(recipe), monitor_))
      .first->second;
}

const Model& Workbench::model(const std::string& recipe) {
  const auto found = models_.find(recipe);
  if (found != models_.end()) return found->second;
  Model model;
  model.schema = schema();
  model.options = options(recipe, usual_batch);
  const DeviceChoice cpu{DeviceChoice::Kind::cpu, 0, threads_};
  if (recipe == "seed") {
    model.network = train(matrix(), model.options, cpu, monitor_);
  } else {
    const TokenizedTable& table = coded(recipe);
    TokenModel& part = model.tokens.emplace();
    part.tokenizer = table.tokenizer;
    part.network = train_tokens(table.data, table.tokenizer, model.options, cpu, monitor_);
  }
  return models_.emplace(recipe, std::move(model)).first->second;
}

const Table& Workbench::synthetic() {
  if (!synthetic_) {
    GenerateOptions what;
    what.rows = rows_;
    what.seed = seed_;
    const std::string path = folder_ / "synthetic.csv";
    const DeviceChoice cpu{DeviceChoice::Kind::cpu, 0, threads_};
    generate_csv(model("best"), what, path, true, cpu, monitor_);
    ReadOptions options;
    options.threads = threads_;
    options.keep_empty_columns = true;
    for (const Column& column : table().columns) {
      if (column.kind == ColumnKind::label) options.label.push_back(column.name);
      if (column.kind == ColumnKind::continuous) options.continuous.push_back(column.name);
    }
    synthetic_ = read_csv(path, options, monitor_);
    std::remove(path.c_str());
  }
  return *synthetic_;
}

TrainOptions Workbench::options(const std::string& recipe, std::uint32_t batch_size) const {
  TrainOptions options = recipe_options(recipe);
  options.epochs = 1;
  options.batch_size = batch_size;
  options.seed = seed_;
  return options;
}

TokenizerOptions Workbench::tokenizer_options(const std::string& recipe) const {
  TokenizerOptions options;
  options.second_tokens = recipe == "best";
  options.threads = threads_;
  return options;
}

Output::Output(const Model& model) : model_(model) {
  if (model.tokens) {
    tokens_.emplace(model.schema, model.tokens->tokenizer);
  } else {
    codings_ = codings_of(model.schema);
  }
}

std::unique_ptr<RowGenerator> Output::generator(const DeviceChoice& device, unsigned workers,
                                                std::uint32_t block_rows,
                                                std::uint64_t rows) const {
  constexpr std::uint64_t seed = 1;
  if (tokens_) {
    return make_token_backend(device, model_.tokens->network.shape)
        ->generator(model_.tokens->network, *tokens_, seed, workers, block_rows, 0, rows);
  }
  return make_backend(device)->generator(model_.network, codings_, seed, workers, block_rows, 0,
                                         rows);
}

}  // namespace cuvae::measure
