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
  bool trains(const TokenShape& shape) const override;
  bool generates(const TokenShape& shape, const TokenOutput& output) const override;
  TokenNetwork train(const TokenizedTable& table, const TrainSettings& settings,
                     Monitor& monitor) override;
  std::unique_ptr<RowGenerator> generator(const TokenNetwork& network, const TokenOutput& output,
                                          const RowRequest& request) override;

 private:
  int index_;
  CudaAllocator allocator_;
  DeviceInfo info_;
};

}  // namespace cuvae
