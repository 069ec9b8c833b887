// A model that is ready to make rows, whatever network it has.
#pragma once

#include <memory>
#include <vector>

#include <cuvae/model.hpp>

#include "models/backend.hpp"
#include "rows/row_generator.hpp"

namespace cuvae {

class RowSource {
 public:
  virtual ~RowSource() = default;
  // Of the columns that come out: value columns whose numbers are few may be spelled out as labels.
  virtual const Schema& schema() const = 0;
  virtual const std::vector<ColumnCoding>& codings() const = 0;
  // Any number of them, one after the other or at a time.
  virtual std::unique_ptr<RowGenerator> generator(const RowRequest& request) const = 0;
};

// On the device that a choice comes to. Keys are those of the seed. The model outlives it. Throws
// Error(device), Error(data) where the model is not consistent.
std::unique_ptr<RowSource> make_row_source(const Model& model, std::uint64_t seed,
                                           const DeviceChoice& device);

}  // namespace cuvae
