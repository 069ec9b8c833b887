#include "models/published/cuda/backend.hpp"

#include <cuvae/error.hpp>

#include "models/cuda/row_generator.hpp"
#include "models/published/cuda/decoder.hpp"
#include "models/published/cuda/trainer.hpp"
#include "runtime/cuda/devices.hpp"

namespace cuvae {

CudaBackend::CudaBackend(int index, const CudaAllocator& allocator)
    : index_(index), allocator_(allocator), info_(cuda::usable_device(index)) {}

bool CudaBackend::supports(const PublishedShape& shape) const {
  try {
    cuda::check_generation_limits(shape);  // those of training are the same
    return true;
  } catch (const Error&) {
    return false;
  }
}

PublishedNetwork CudaBackend::train(
    const Matrix& data, const TrainOptions& options, Monitor& monitor,
    const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) {
  const cuda::DeviceScope scope(index_);
  cuda::Training training(index_, data, options, {}, allocator_, monitor);
  return training.run(on_epoch);
}

std::unique_ptr<RowGenerator> CudaBackend::generator(
    const PublishedNetwork& network, const std::vector<ColumnCoding>& codings, std::uint64_t seed,
    unsigned workers, std::uint32_t block_rows, std::uint64_t first_row, std::uint64_t total_rows) {
  return std::make_unique<cuda::CudaRowGenerator>(index_, network, codings, seed, workers,
                                                  block_rows, first_row, total_rows,
                                                  cuda::WorkAhead{}, allocator_);
}

std::unique_ptr<Backend> make_cuda_backend(int index) {
  return std::make_unique<CudaBackend>(index);
}

}  // namespace cuvae
