// The published network as a kind of network, see models/backend.hpp.
#pragma once

#include <utility>
#include <vector>

#include <cuvae/matrix.hpp>
#include <cuvae/published_network.hpp>

#include "models/backend.hpp"
#include "rows/row_generator.hpp"

namespace cuvae {

// Its columns come out as the schema has them.
class ScaledOutput {
 public:
  explicit ScaledOutput(const Schema& schema) : schema_(schema), codings_(codings_of(schema)) {}
  // Columns without a schema, for those who only want their codes.
  explicit ScaledOutput(std::vector<ColumnCoding> codings) : codings_(std::move(codings)) {}

  const Schema& schema() const { return schema_; }
  const std::vector<ColumnCoding>& codings() const { return codings_; }

 private:
  Schema schema_;
  std::vector<ColumnCoding> codings_;
};

struct PublishedKind {
  using Shape = PublishedShape;
  using Network = PublishedNetwork;
  using Data = Matrix;
  using Output = ScaledOutput;
  using Generator = ScaledRowGenerator;
};

using PublishedBackend = Backend<PublishedKind>;

std::unique_ptr<PublishedBackend> make_cpu_published_backend(unsigned threads);
// Only where the CUDA half is built. Throws Error(device) where there is no usable GPU.
std::unique_ptr<PublishedBackend> make_cuda_published_backend(int index);

}  // namespace cuvae
