// The GPU back end.
#pragma once

#include <cuvae/cuda.hpp>

#include "backend.hpp"
#include "digit_backend.hpp"

namespace cuvae {

class CudaBackend : public Backend {
 public:
  // Throws Error(device) with reason and remedy where there is no such GPU or it can't be used.
  explicit CudaBackend(int index, const CudaAllocator& allocator = {});

  DeviceInfo info() const override { return info_; }
  bool supports(const NetworkShape& shape) const override;
  TrainedNetwork train(
      const Matrix& data, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) override;
  std::unique_ptr<RowGenerator> generator(const TrainedNetwork& network,
                                          const std::vector<ColumnCoding>& codings,
                                          std::uint64_t seed, unsigned workers,
                                          std::uint32_t block_rows, std::uint64_t first_row,
                                          std::uint64_t total_rows) override;

 private:
  int index_;
  CudaAllocator allocator_;
  DeviceInfo info_;
};

class CudaDigitBackend : public DigitBackend {
 public:
  // As CudaBackend.
  explicit CudaDigitBackend(int index, const CudaAllocator& allocator = {});

  DeviceInfo info() const override { return info_; }
  bool supports(const DigitShape& shape) const override;
  bool supports(const DigitShape& shape, const DigitOutput& output) const override;
  TrainedDigits train(
      const DigitMatrix& data, const Codec& codec, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) override;
  std::unique_ptr<RowGenerator> generator(const TrainedDigits& network, const DigitOutput& output,
                                          std::uint64_t seed, unsigned workers,
                                          std::uint32_t block_rows, std::uint64_t first_row,
                                          std::uint64_t total_rows,
                                          const WantedDigits& wanted = {}) override;

 private:
  int index_;
  CudaAllocator allocator_;
  DeviceInfo info_;
};

}  // namespace cuvae
