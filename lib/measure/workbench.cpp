#include "measure/workbench.hpp"

#include <cstdio>

#include <cuvae/generate.hpp>
#include <cuvae/simulate.hpp>

#include "models/recipes.hpp"

namespace cuvae::measure {
namespace {

constexpr std::uint32_t usual_batch = 500;

}  // namespace

bool is_of_tokens(Recipe recipe) {
  return traits_of(recipe).representation == Representation::tokens;
}

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
    simulate_cards(options, path, IfExists::replace, monitor_);
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
  if (!matrix_) matrix_ = encode(table(), schema(), {threads_}, monitor_);
  return *matrix_;
}

const TokenizedTable& Workbench::coded(Recipe recipe) {
  const auto found = coded_.find(recipe);
  if (found != coded_.end()) return found->second;
  return coded_.emplace(recipe, tokenize(table(), tokenizer_options(recipe), monitor_))
      .first->second;
}

const Model& Workbench::model(Recipe recipe) {
  const auto found = models_.find(recipe);
  if (found != models_.end()) return found->second;
  Model model;
  model.schema = schema();
  model.settings = settings(recipe, usual_batch);
  const DeviceChoice cpu{DeviceChoice::Kind::cpu, 0, threads_};
  if (is_of_tokens(recipe)) {
    const TokenizedTable& table = coded(recipe);
    model.network = TokenModel{table.tokenizer, train_tokens(table, model.settings, cpu, monitor_)};
  } else {
    model.network = train_published(matrix(), model.settings, cpu, monitor_);
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
    generate_csv(model(Recipe::best), what, path, IfExists::replace, cpu, monitor_);
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

TrainSettings Workbench::settings(Recipe recipe, std::uint32_t batch_size) const {
  TrainSettings settings = recipe_settings(recipe, rows_);
  settings.epochs = 1;
  settings.batch_size = batch_size;
  settings.seed = seed_;
  return settings;
}

TokenizerOptions Workbench::tokenizer_options(Recipe recipe) const {
  TokenizerOptions options;
  options.second_tokens = traits_of(recipe).second_tokens;
  options.threads = threads_;
  return options;
}

}  // namespace cuvae::measure
