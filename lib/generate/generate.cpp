#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>

#include <cuvae/generate.hpp>

#include "csv/csv_rows.hpp"
#include "generate/model_rows.hpp"
#include "models/file/check_model.hpp"
#include "models/published/backend.hpp"
#include "support/output_file.hpp"
#include "support/progress.hpp"
#include "support/threads.hpp"
#include "text/spell_cell.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t matrix_block_rows = 4096;

}  // namespace

GenerateResult generate_csv(const Model& model, const GenerateOptions& options,
                            const std::string& path, bool force, const DeviceChoice& device,
                            Monitor& monitor) {
  check_range(options);
  const ModelRows rows(model, device);
  OutputFile file(path, force);
  const Matching matching = matching_of(rows, options);
  CsvRows csv(rows.schema(), rows.codings(),
              options.header ? header_line(model.schema) : std::string(), file, monitor);
  GenerateResult result = deliver(rows, options, matching, csv, device.threads, monitor);
  file.commit();
  result.bytes = csv.bytes();
  return result;
}

Matrix generate_matrix(const Model& model, const GenerateOptions& options,
                       const DeviceChoice& device, Monitor& monitor) {
  if (model.tokens) {
    throw Error(ErrorKind::usage,
                "rows of the recipes fast and best have no encoded form; use generate_csv");
  }
  check_model(model);
  check_range(options);
  const std::unique_ptr<Backend> backend = make_backend(device, model.network.shape);
  const unsigned workers = thread_count(device.threads);
  const std::unique_ptr<RowGenerator> generator =
      backend->generator(model.network, codings_of(model.schema), options.seed, workers,
                         matrix_block_rows, options.first_row, options.rows);
  Matrix matrix(options.rows, model.network.shape.columns);
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
