#include "models/published/cuda/backend.hpp"

#include <cuvae/error.hpp>

#include "models/published/cuda/decoder.hpp"
#include "models/published/cuda/trainer.hpp"
#include "runtime/cuda/devices.hpp"

namespace cuvae {

CudaPublishedBackend::CudaPublishedBackend(int index, const CudaAllocator& allocator)
    : index_(index), allocator_(allocator), info_(cuda::usable_device(index)) {}

bool CudaPublishedBackend::trains(const PublishedShape& shape) const {
  try {
    cuda::check_generation_limits(shape);  // those of training are the same
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool CudaPublishedBackend::generates(const PublishedShape& shape, const ScaledOutput&) const {
  return trains(shape);
}

PublishedNetwork CudaPublishedBackend::train(const Matrix& data, const TrainSettings& settings,
                                             Monitor& monitor) {
  const cuda::DeviceScope scope(index_);
  cuda::PublishedTrainer trainer(index_, data, settings, {}, allocator_, monitor);
  return trainer.run([&](std::uint32_t epoch, const EpochLoss& loss) {
    monitor.epoch({epoch + 1, settings.epochs, loss});
  });
}

std::unique_ptr<ScaledRowGenerator> CudaPublishedBackend::generator(const PublishedNetwork& network,
                                                                    const ScaledOutput& output,
                                                                    const RowRequest& request) {
  return cuda::make_cuda_published_generator(index_, network, output.codings(), request.seed,
                                             request.workers, request.block_rows, request.first_row,
                                             request.rows, cuda::WorkAhead{}, allocator_);
}

std::unique_ptr<PublishedBackend> make_cuda_published_backend(int index) {
  return std::make_unique<CudaPublishedBackend>(index);
}

}  // namespace cuvae
