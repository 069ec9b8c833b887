#include <algorithm>
#include <limits>
#include <mutex>
#include <string>

#include <cuvae/generate.hpp>

#include "backend.hpp"
#include "digit_backend.hpp"
#include "generate/cell_text.hpp"
#include "generate/write_rows.hpp"
#include "model/check_model.hpp"
#include "support/output_file.hpp"
#include "support/progress.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t matrix_block_rows = 4096;

void check_rows(const GenerateOptions& options) {
  constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  if (options.rows != 0 && options.first_row > last - (options.rows - 1)) {
    throw Error(ErrorKind::usage, std::to_string(options.rows) + " rows from row " +
                                      std::to_string(options.first_row) +
                                      " on go beyond the table's last row, 2^64 - 1; ask for "
                                      "fewer rows or an earlier first row");
  }
}

GenerateResult generate_digits_csv(const Model& model, const GenerateOptions& options,
                                   const std::string& path, bool force, const DeviceChoice& device,
                                   Monitor& monitor) {
  const DigitOutput output(model.schema, model.digits->codec);
  const std::unique_ptr<DigitBackend> backend = make_digit_backend(device);
  OutputFile file(path, force);
  const RowFormatter formatter(output.schema(), output.codings());
  const unsigned workers = thread_count(device.threads);
  const std::uint32_t chunk_rows = formatter.rows_per_chunk();
  const std::unique_ptr<RowGenerator> generator =
      backend->generator(model.digits->network, output, options.seed, workers, chunk_rows);
  const std::uint64_t bytes =
      write_rows(formatter, *generator, {options.first_row, options.rows, chunk_rows, workers},
                 options.header ? header_line(model.schema) : std::string(), file, monitor);
  file.commit();
  return {options.rows, bytes};
}

}  // namespace

GenerateResult generate_csv(const Model& model, const GenerateOptions& options,
                            const std::string& path, bool force, const DeviceChoice& device,
                            Monitor& monitor) {
  check_model(model);
  check_rows(options);
  if (model.digits) return generate_digits_csv(model, options, path, force, device, monitor);
  const std::unique_ptr<Backend> backend = make_backend(device);
  OutputFile file(path, force);
  const RowFormatter formatter(model.schema);
  const unsigned workers = thread_count(device.threads);
  const std::uint32_t chunk_rows = formatter.rows_per_chunk();
  const std::unique_ptr<RowGenerator> generator =
      backend->generator(model.network, codings_of(model.schema), options.seed, workers, chunk_rows,
                         options.first_row, options.rows);
  const std::uint64_t bytes =
      write_rows(formatter, *generator, {options.first_row, options.rows, chunk_rows, workers},
                 options.header ? header_line(model.schema) : std::string(), file, monitor);
  file.commit();
  return {options.rows, bytes};
}

Matrix generate_matrix(const Model& model, const GenerateOptions& options,
                       const DeviceChoice& device, Monitor& monitor) {
  if (model.digits) {
    throw Error(ErrorKind::usage,
                "rows of the recipes fast and best have no encoded form; use generate_csv");
  }
  check_model(model);
  check_rows(options);
  const std::unique_ptr<Backend> backend = make_backend(device);
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
