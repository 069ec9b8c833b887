// Networks of tokens on a GPU.
#pragma once

#include <cuvae/cuda.hpp>

#include "models/tokens/backend.hpp"

namespace cuvae {

class CudaTokenBackend : public TokenBackend {
 public:
  // Throws Error(device) with reason and remedy where there is no such GPU or it can't be used.
  explicit CudaTokenBackend(int index, const CudaAllocator& allocator = {});

  DeviceInfo info() const override { return info_; }
  bool supports(const TokenShape& shape) const override;
  bool supports(const TokenShape& shape, const TokenOutput& output) const override;
  TokenNetwork train(const TokenMatrix& data, const Tokenizer& tokenizer,
                     const TrainOptions& options, Monitor& monitor,
                     const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) override;
  std::unique_ptr<RowGenerator> generator(const TokenNetwork& network, const TokenOutput& output,
                                          std::uint64_t seed, unsigned workers,
                                          std::uint32_t block_rows, std::uint64_t first_row,
                                          std::uint64_t total_rows,
                                          const WantedTokens& wanted = {}) override;

 private:
  int index_;
  CudaAllocator allocator_;
  DeviceInfo info_;
};

}  // namespace cuvae
