// A stream of the Arrow C stream interface over batches of this library.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <cuvae/arrow.hpp>
#include <cuvae/row_sink.hpp>

namespace cuvae {

class BatchSource {
 public:
  virtual ~BatchSource() = default;
  virtual const std::vector<RowColumn>& columns() const = 0;
  // The next batch, nothing behind the last one.
  virtual std::optional<RowBatch> next() = 0;
};

// Throws Error(usage) where an option is out of range.
void check_options(const ArrowOptions& how);

// The stream owns the source. What the source throws becomes an errno and a message.
void export_stream(std::unique_ptr<BatchSource> source, const ArrowOptions& how,
                   ArrowArrayStream* out);

}  // namespace cuvae
