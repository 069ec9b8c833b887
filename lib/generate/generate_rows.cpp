#include <limits>
#include <string>
#include <utility>

#include <cuvae/error.hpp>
#include <cuvae/row_sink.hpp>

#include "generate/batch_rows.hpp"
#include "generate/model_rows.hpp"
#include "generate/table_rows.hpp"
#include "support/threads.hpp"

namespace cuvae {

GenerateResult generate_rows(const Model& model, const GenerateOptions& options, RowSink& sink,
                             const DeviceChoice& device, Monitor& monitor) {
  check_range(options);
  const ModelRows rows(model, device);
  const Matching matching = matching_of(rows, options);
  BatchRows batches(rows, options.rows, sink);
  return deliver(rows, options, matching, batches, device.threads, monitor);
}

Table generate_columns(const Model& model, const GenerateOptions& options,
                       const DeviceChoice& device, Monitor& monitor, const Storage& storage) {
  check_range(options);
  if (options.rows == 0 || options.rows > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorKind::usage, "a table in memory of " + std::to_string(options.rows) +
                                      " rows is asked for; ask for 1 to 4,294,967,295");
  }
  const ModelRows rows(model, device);
  const Matching matching = matching_of(rows, options);
  TableRows table(rows, options.rows, storage);
  deliver(rows, options, matching, table, device.threads, monitor);
  return std::move(table).table(thread_count(device.threads));
}

}  // namespace cuvae
