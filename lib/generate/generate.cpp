#include <algorithm>
#include <limits>
#include <mutex>
#include <string>

#include <cuvae/generate.hpp>

#include "csv/quoting.hpp"
#include "generate/generate_into.hpp"
#include "generate/row_source.hpp"
#include "generate/write_matching.hpp"
#include "generate/write_rows.hpp"
#include "models/file/check_model.hpp"
#include "models/published/backend.hpp"
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

Matching matching_of(const RowSource& source, const GenerateOptions& options) {
  const Schema& schema = source.schema();
  Matching matching{Conditions(schema, source.codings(), options.where), std::nullopt};
  if (options.balance.empty()) return matching;
  matching.balanced_column = column_named(schema, options.balance, "`balance`");
  if (!is_coded(schema.columns[*matching.balanced_column].kind)) {
    throw Error(ErrorKind::usage, "column '" + options.balance +
                                      "' has no labels to balance; choose a column of labels");
  }
  return matching;
}

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
  check_rows(options);
  const std::unique_ptr<RowSource> source = make_row_source(model, device);
  const RowFormatter formatter(source->schema(), source->codings());
  const Matching matching = matching_of(*source, options);
  const bool all_rows = matching.conditions.empty() && !matching.balanced_column;
  const RowRange range{options.first_row, options.rows, formatter.rows_per_chunk(),
                       thread_count(device.threads)};
  const std::string header = options.header ? header_line(model.schema) : std::string();
  // How many rows conditions take is not known; a device works ahead that far.
  const std::uint64_t rows =
      all_rows ? options.rows : std::numeric_limits<std::uint64_t>::max() - options.first_row;
  const std::unique_ptr<RowGenerator> generator =
      source->generator({options.seed, options.first_row, rows, range.workers, range.chunk_rows,
                         &matching.conditions});
  GenerateResult result{options.rows, 0, options.rows};
  if (all_rows) {
    result.bytes = write_rows(formatter, *generator, range, header, file, monitor);
  } else {
    const MatchingResult found = write_matching(formatter, source->schema(), source->codings(),
                                                *generator, matching, range, header, file, monitor);
    result.bytes = found.bytes;
    result.drawn = found.drawn;
  }
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
  check_rows(options);
  const ScaledOutput output(model.schema);
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
