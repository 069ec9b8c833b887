#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>

#include <cuvae/generate.hpp>

#include "csv/csv_rows.hpp"
#include "csv/quoting.hpp"
#include "generate/both_rows.hpp"
#include "generate/deliver.hpp"
#include "generate/generate_into.hpp"
#include "generate/row_source.hpp"
#include "generate/table_rows.hpp"
#include "models/file/check_model.hpp"
#include "models/published/backend.hpp"
#include "support/output_file.hpp"
#include "support/progress.hpp"
#include "support/threads.hpp"
#include "text/formula.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t matrix_block_rows = 4096;

// The names and labels that are written.
class Spelled {
 public:
  Spelled(const Schema& schema, const GenerateOptions& options)
      : schema_(options.escape_formulas ? without_formulas(schema) : schema),
        with_header_(options.header) {}

  const Schema& schema() const { return schema_; }
  std::string header() const { return with_header_ ? header_line(schema_) : std::string(); }

 private:
  Schema schema_;
  bool with_header_;
};

}  // namespace

GenerateResult generate_csv(const Model& model, const GenerateOptions& options,
                            const std::string& path, IfExists if_exists, const DeviceChoice& device,
                            Monitor& monitor) {
  OutputFile file(path, if_exists);
  const GenerateResult result = generate_into(file, model, options, device, monitor);
  file.commit();
  return result;
}

GenerateResult generate_into(OutputFile& file, const Model& model, const GenerateOptions& options,
                             const DeviceChoice& device, Monitor& monitor) {
  check_range(options);
  const std::unique_ptr<RowSource> source = make_row_source(model, options.seed, device);
  const Matching matching = matching_of(*source, options);
  const Spelled spelled(source->schema(), options);
  CsvRows csv(spelled.schema(), source->codings(), spelled.header(), file, monitor);
  GenerateResult result = deliver(*source, options, matching, csv, device.threads, monitor);
  result.bytes = csv.bytes();
  return result;
}

GenerateResult generate_into(OutputFile& file, Table& table, const Model& model,
                             const GenerateOptions& options, const DeviceChoice& device,
                             Monitor& monitor, const Storage& storage) {
  check_range(options);
  const std::unique_ptr<RowSource> source = make_row_source(model, options.seed, device);
  const Matching matching = matching_of(*source, options);
  const Spelled spelled(source->schema(), options);
  CsvRows csv(spelled.schema(), source->codings(), spelled.header(), file, monitor);
  TableRows rows(model.schema, *source, options.rows, storage);
  BothRows both(csv, rows);
  GenerateResult result = deliver(*source, options, matching, both, device.threads, monitor);
  result.bytes = csv.bytes();
  table = std::move(rows).table(thread_count(device.threads));
  return result;
}

Matrix generate_matrix(const Model& model, const GenerateOptions& options,
                       const DeviceChoice& device, Monitor& monitor) {
  const auto* const network = std::get_if<PublishedNetwork>(&model.network);
  if (network == nullptr) {
    throw Error(ErrorKind::usage, "rows of the recipe " +
                                      std::string(name_of(model.settings.recipe)) +
                                      " have no encoded form; use generate_csv");
  }
  check_model(model);
  check_range(options);
  const ScaledOutput output(network_schema(model));
  const auto backend = backend_to_generate<PublishedKind>(device, network->shape, output);
  const unsigned workers = thread_count(device.threads);
  const std::unique_ptr<ScaledRowGenerator> generator = backend->generator(
      *network, output,
      {options.seed, options.first_row, options.rows, workers, matrix_block_rows});
  Matrix matrix(options.rows, network->shape.columns);
  Progress progress(monitor, "generate", options.rows);
  std::mutex progress_mutex;
  std::uint64_t done = 0;
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> failed{false};
  run_on_threads(workers, [&](unsigned worker) {
    try {
      for (std::uint64_t begin;
           !failed && (begin = next.fetch_add(matrix_block_rows)) < options.rows;) {
        monitor.check();
        const auto rows = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(matrix_block_rows, options.rows - begin));
        generator->floats(worker, options.first_row + begin, rows, matrix.row(begin),
                          matrix.stride());
        const std::lock_guard lock(progress_mutex);
        done += rows;
        progress.report(done);
      }
    } catch (...) {
      failed = true;
      throw;
    }
  });
  progress.finish();
  return matrix;
}

}  // namespace cuvae
