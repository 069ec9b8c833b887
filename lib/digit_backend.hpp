// The seam between the library and the devices for the recipes of digits, as backend.hpp is for the
// published one. The CPU has the one implementation so far.
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
  virtual TrainedDigits train(
      const DigitMatrix& data, const Codec& codec, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) = 0;
  // `output` outlives the generator, whose floats() are not to be called. candidates() may leave
  // out rows that `wanted` says are not.
  virtual std::unique_ptr<RowGenerator> generator(const TrainedDigits& network,
                                                  const DigitOutput& output, std::uint64_t seed,
                                                  unsigned workers, std::uint32_t block_rows,
                                                  const WantedDigits& wanted = {}) = 0;
};

// The back end that a choice comes to; `automatic` is the CPU. Throws Error(device) for a GPU.
std::unique_ptr<DigitBackend> make_digit_backend(const DeviceChoice& choice);

}  // namespace cuvae
