// The seam between the library and the devices for the recipes of digits, as backend.hpp is for the
// published one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <cuvae/digit_network.hpp>

#include "backend.hpp"
#include "generate/digit_output.hpp"

namespace cuvae {

class DigitBackend {
 public:
  virtual ~DigitBackend() = default;
  virtual DeviceInfo info() const = 0;
  // Whether this device can train and generate a network of that shape.
  virtual bool supports(const DigitShape& shape) const = 0;
  // Whether it can make rows of such a network that come out so.
  virtual bool supports(const DigitShape& shape, const DigitOutput& output) const = 0;
  virtual TrainedDigits train(
      const DigitMatrix& data, const Codec& codec, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) = 0;
  // `output` outlives the generator, whose floats() are not to be called. `total_rows` from
  // `first_row` on will be asked for, roughly in order: a device may work ahead. candidates() may
  // leave out rows that `wanted` says are not.
  virtual std::unique_ptr<RowGenerator> generator(const TrainedDigits& network,
                                                  const DigitOutput& output, std::uint64_t seed,
                                                  unsigned workers, std::uint32_t block_rows,
                                                  std::uint64_t first_row, std::uint64_t total_rows,
                                                  const WantedDigits& wanted = {}) = 0;
};

std::unique_ptr<DigitBackend> make_cpu_digit_backend(unsigned threads);
// Only where the CUDA half is built. Throws Error(device) where there is no usable GPU.
std::unique_ptr<DigitBackend> make_cuda_digit_backend(int index);

// The back end that a choice comes to for a network; where the choice is automatic, one that
// supports its shape. Throws Error(device).
std::unique_ptr<DigitBackend> make_digit_backend(const DeviceChoice& choice,
                                                 const DigitShape& shape);

}  // namespace cuvae
