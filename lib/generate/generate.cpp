#include <algorithm>
#include <limits>
#include <mutex>
#include <string>

#include <cuvae/generate.hpp>

#include "generate/write_matching.hpp"
#include "generate/write_rows.hpp"
#include "models/file/check_model.hpp"
#include "models/published/backend.hpp"
#include "models/tokens/backend.hpp"
#include "support/output_file.hpp"
#include "support/progress.hpp"
#include "support/threads.hpp"
#include "text/spell_cell.hpp"

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

// `make` gives the generator for a number of workers, rows a chunk and conditions.
template <class F>
GenerateResult write_csv(const Model& model, const Schema& schema,
                         const std::vector<ColumnCoding>& codings, const GenerateOptions& options,
                         OutputFile& file, unsigned threads, Monitor& monitor, F&& make) {
  const RowFormatter formatter(schema, codings);
  const unsigned workers = thread_count(threads);
  const std::uint32_t chunk_rows = formatter.rows_per_chunk();
  const RowRange range{options.first_row, options.rows, chunk_rows, workers};
  const std::string header = options.header ? header_line(model.schema) : std::string();
  Matching matching{Conditions(schema, codings, options.where), std::nullopt};
  if (!options.balance.empty()) {
    matching.balanced_column = column_named(schema, options.balance, "--balance");
    if (!is_coded(schema.columns[*matching.balanced_column].kind)) {
      throw Error(ErrorKind::usage, "column '" + options.balance +
                                        "' has no labels to balance; choose a column of labels");
    }
  }
  const std::unique_ptr<RowGenerator> generator = make(workers, chunk_rows, matching.conditions);
  GenerateResult result{options.rows, 0, options.rows};
  if (matching.conditions.empty() && !matching.balanced_column) {
    result.bytes = write_rows(formatter, *generator, range, header, file, monitor);
  } else {
    const MatchingResult found = write_matching(formatter, schema, codings, *generator, matching,
                                                range, header, file, monitor);
    result.bytes = found.bytes;
    result.drawn = found.drawn;
  }
  file.commit();
  return result;
}

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

GenerateResult generate_csv(const Model& model, const GenerateOptions& options,
                            const std::string& path, bool force, const DeviceChoice& device,
                            Monitor& monitor) {
  check_model(model);
  check_rows(options);
  // How many rows conditions take is not known; a device works ahead that far.
  const bool all_rows = options.where.empty() && options.balance.empty();
  const std::uint64_t rows =
      all_rows ? options.rows : std::numeric_limits<std::uint64_t>::max() - options.first_row;
  if (model.tokens) {
    const TokenOutput output(model.schema, model.tokens->tokenizer);
    const std::unique_ptr<TokenBackend> backend =
        backend_for(model.tokens->network, output, device);
    OutputFile file(path, force);
    return write_csv(
        model, output.schema(), output.codings(), options, file, device.threads, monitor,
        [&](unsigned workers, std::uint32_t chunk_rows, const Conditions& conditions) {
          return backend->generator(model.tokens->network, output, options.seed, workers,
                                    chunk_rows, options.first_row, rows, output.wanted(conditions));
        });
  }
  const std::unique_ptr<Backend> backend = make_backend(device, model.network.shape);
  const std::vector<ColumnCoding> codings = codings_of(model.schema);
  OutputFile file(path, force);
  return write_csv(model, model.schema, codings, options, file, device.threads, monitor,
                   [&](unsigned workers, std::uint32_t chunk_rows, const Conditions&) {
                     return backend->generator(model.network, codings, options.seed, workers,
                                               chunk_rows, options.first_row, rows);
                   });
}

Matrix generate_matrix(const Model& model, const GenerateOptions& options,
                       const DeviceChoice& device, Monitor& monitor) {
  if (model.tokens) {
    throw Error(ErrorKind::usage,
                "rows of the recipes fast and best have no encoded form; use generate_csv");
  }
  check_model(model);
  check_rows(options);
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
