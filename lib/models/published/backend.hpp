// The seam between the library and the devices. Two implementations: lib/cpu and lib/cuda. Nothing
// outside them knows which one is running.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <cuvae/matrix.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/train.hpp>

#include "rows/row_generator.hpp"

namespace cuvae {

class Backend {
 public:
  virtual ~Backend() = default;
  virtual DeviceInfo info() const = 0;
  // Whether this device can train and generate a network of that shape.
  virtual bool supports(const PublishedShape& shape) const = 0;
  virtual PublishedNetwork train(
      const Matrix& data, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) = 0;
  // `total_rows` from `first_row` on will be asked for, roughly in order: a device may work ahead.
  virtual std::unique_ptr<RowGenerator> generator(const PublishedNetwork& network,
                                                  const std::vector<ColumnCoding>& codings,
                                                  std::uint64_t seed, unsigned workers,
                                                  std::uint32_t block_rows, std::uint64_t first_row,
                                                  std::uint64_t total_rows) = 0;
};

std::unique_ptr<Backend> make_cpu_backend(unsigned threads);
// Only where the CUDA half is built. Throws Error(device) where there is no usable GPU.
std::unique_ptr<Backend> make_cuda_backend(int index);

// The back end that a choice comes to. Throws Error(device).
std::unique_ptr<Backend> make_backend(const DeviceChoice& choice);
// The same for a network; where the choice is automatic, one that supports its shape.
std::unique_ptr<Backend> make_backend(const DeviceChoice& choice, const PublishedShape& shape);

}  // namespace cuvae
