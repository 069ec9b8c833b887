#include "cuda/cuda_backend.hpp"

#include <cuvae/error.hpp>

#include "cuda/decoder.hpp"
#include "cuda/devices.hpp"
#include "cuda/digit_generator.hpp"
#include "cuda/digit_training.hpp"
#include "cuda/row_generator.hpp"
#include "cuda/training.hpp"

namespace cuvae {

CudaBackend::CudaBackend(int index, const CudaAllocator& allocator)
    : index_(index), allocator_(allocator), info_(cuda::usable_device(index)) {}

bool CudaBackend::supports(const NetworkShape& shape) const {
  try {
    cuda::check_generation_limits(shape);  // those of training are the same
    return true;
  } catch (const Error&) {
    return false;
  }
}

TrainedNetwork CudaBackend::train(
    const Matrix& data, const TrainOptions& options, Monitor& monitor,
    const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) {
  const cuda::DeviceScope scope(index_);
  cuda::Training training(index_, data, options, {}, allocator_, monitor);
  return training.run(on_epoch);
}

std::unique_ptr<RowGenerator> CudaBackend::generator(
    const TrainedNetwork& network, const std::vector<ColumnCoding>& codings, std::uint64_t seed,
    unsigned workers, std::uint32_t block_rows, std::uint64_t first_row, std::uint64_t total_rows) {
  return std::make_unique<cuda::CudaRowGenerator>(index_, network, codings, seed, workers,
                                                  block_rows, first_row, total_rows,
                                                  cuda::WorkAhead{}, allocator_);
}

CudaDigitBackend::CudaDigitBackend(int index, const CudaAllocator& allocator)
    : index_(index), allocator_(allocator), info_(cuda::usable_device(index)) {}

bool CudaDigitBackend::supports(const DigitShape& shape) const {
  try {
    const cuda::DeviceScope scope(index_);
    const auto digits = static_cast<std::uint32_t>(shape.digits.size());
    cuda::plan_digit_training(shape, 1, DigitMatrix(1, digits).stride(), index_);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool CudaDigitBackend::supports(const DigitShape& shape, const DigitOutput& output) const {
  return cuda::beyond_device(shape, output).empty();
}

TrainedDigits CudaDigitBackend::train(
    const DigitMatrix& data, const Codec& codec, const TrainOptions& options, Monitor& monitor,
    const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) {
  const cuda::DeviceScope scope(index_);
  cuda::DigitTraining training(index_, data, codec, options, {}, allocator_, monitor);
  return training.run(on_epoch);
}

std::unique_ptr<RowGenerator> CudaDigitBackend::generator(
    const TrainedDigits& network, const DigitOutput& output, std::uint64_t seed, unsigned workers,
    std::uint32_t block_rows, std::uint64_t first_row, std::uint64_t total_rows,
    const WantedDigits&) {
  return cuda::make_cuda_digit_generator(index_, network, output, seed, workers, block_rows,
                                         first_row, total_rows, cuda::WorkAhead{}, allocator_);
}

std::unique_ptr<DigitBackend> make_cuda_digit_backend(int index) {
  return std::make_unique<CudaDigitBackend>(index);
}

std::unique_ptr<Backend> make_cuda_backend(int index) {
  return std::make_unique<CudaBackend>(index);
}

}  // namespace cuvae
