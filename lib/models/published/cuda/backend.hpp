// The published network on a GPU.
#pragma once

#include <cuvae/cuda.hpp>

#include "models/published/backend.hpp"

namespace cuvae {

class CudaBackend : public Backend {
 public:
  // Throws Error(device) with reason and remedy where there is no such GPU or it can't be used.
  explicit CudaBackend(int index, const CudaAllocator& allocator = {});

  DeviceInfo info() const override { return info_; }
  bool supports(const PublishedShape& shape) const override;
  PublishedNetwork train(
      const Matrix& data, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) override;
  std::unique_ptr<RowGenerator> generator(const PublishedNetwork& network,
                                          const std::vector<ColumnCoding>& codings,
                                          std::uint64_t seed, unsigned workers,
                                          std::uint32_t block_rows, std::uint64_t first_row,
                                          std::uint64_t total_rows) override;

 private:
  int index_;
  CudaAllocator allocator_;
  DeviceInfo info_;
};

}  // namespace cuvae
