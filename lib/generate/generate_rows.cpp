#include <limits>
#include <string>
#include <utility>

#include <cuvae/error.hpp>
#include <cuvae/row_sink.hpp>

#include "generate/batch_rows.hpp"
#include "generate/deliver.hpp"
#include "generate/table_rows.hpp"
#include "support/threads.hpp"

namespace cuvae {

GenerateResult generate_rows(const Model& model, const GenerateOptions& options, RowSink& sink,
                             const DeviceChoice& device, Monitor& monitor) {
  check_range(options);
  const std::unique_ptr<RowSource> source = make_row_source(model, options.seed, device);
  const Matching matching = matching_of(*source, options);
  BatchRows batches(model.schema, *source, options.rows, sink);
  return deliver(*source, options, matching, batches, device.threads, monitor);
}

Table generate_columns(const Model& model, const GenerateOptions& options,
                       const DeviceChoice& device, Monitor& monitor, const Storage& storage) {
  check_range(options);
  if (options.rows == 0 || options.rows > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorKind::usage, "a table in memory of " + std::to_string(options.rows) +
                                      " rows is asked for; ask for 1 to 4,294,967,295");
  }
  const std::unique_ptr<RowSource> source = make_row_source(model, options.seed, device);
  const Matching matching = matching_of(*source, options);
  TableRows table(model.schema, *source, options.rows, storage);
  deliver(*source, options, matching, table, device.threads, monitor);
  return std::move(table).table(thread_count(device.threads));
}

}  // namespace cuvae
