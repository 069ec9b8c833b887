// The published network on a GPU.
#pragma once

#include <cuvae/cuda.hpp>

#include "models/published/backend.hpp"

namespace cuvae {

class CudaPublishedBackend : public PublishedBackend {
 public:
  // Throws Error(device) with reason and remedy where there is no such GPU or it can't be used.
  explicit CudaPublishedBackend(int index, const CudaAllocator& allocator = {});

  DeviceInfo info() const override { return info_; }
  bool trains(const PublishedShape& shape) const override;
  bool generates(const PublishedShape& shape, const ScaledOutput& output) const override;
  PublishedNetwork train(const Matrix& data, const TrainSettings& settings,
                         Monitor& monitor) override;
  std::unique_ptr<ScaledRowGenerator> generator(const PublishedNetwork& network,
                                                const ScaledOutput& output,
                                                const RowRequest& request) override;

 private:
  int index_;
  CudaAllocator allocator_;
  DeviceInfo info_;
};

}  // namespace cuvae
