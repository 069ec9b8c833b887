// The seam between the library and the devices for the recipes of tokens, as backend.hpp is for the
// published one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <cuvae/token_network.hpp>

#include "models/published/backend.hpp"
#include "models/tokens/output.hpp"

namespace cuvae {

class TokenBackend {
 public:
  virtual ~TokenBackend() = default;
  virtual DeviceInfo info() const = 0;
  // Whether this device can train and generate a network of that shape.
  virtual bool supports(const TokenShape& shape) const = 0;
  // Whether it can make rows of such a network that come out so.
  virtual bool supports(const TokenShape& shape, const TokenOutput& output) const = 0;
  virtual TokenNetwork train(
      const TokenMatrix& data, const Tokenizer& tokenizer, const TrainOptions& options,
      Monitor& monitor, const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) = 0;
  // `output` outlives the generator, whose floats() are not to be called. `total_rows` from
  // `first_row` on will be asked for, roughly in order: a device may work ahead. candidates() may
  // leave out rows that `wanted` says are not.
  virtual std::unique_ptr<RowGenerator> generator(const TokenNetwork& network,
                                                  const TokenOutput& output, std::uint64_t seed,
                                                  unsigned workers, std::uint32_t block_rows,
                                                  std::uint64_t first_row, std::uint64_t total_rows,
                                                  const WantedTokens& wanted = {}) = 0;
};

std::unique_ptr<TokenBackend> make_cpu_token_backend(unsigned threads);
// Only where the CUDA half is built. Throws Error(device) where there is no usable GPU.
std::unique_ptr<TokenBackend> make_cuda_token_backend(int index);

// The back end that a choice comes to for a network; where the choice is automatic, one that
// supports its shape. Throws Error(device).
std::unique_ptr<TokenBackend> make_token_backend(const DeviceChoice& choice,
                                                 const TokenShape& shape);

}  // namespace cuvae
