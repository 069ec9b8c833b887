#include "models/tokens/cuda/backend.hpp"

#include <cuvae/error.hpp>

#include "models/tokens/cuda/decoder.hpp"
#include "models/tokens/cuda/trainer.hpp"
#include "runtime/cuda/devices.hpp"

namespace cuvae {

CudaTokenBackend::CudaTokenBackend(int index, const CudaAllocator& allocator)
    : index_(index), allocator_(allocator), info_(cuda::usable_device(index)) {}

bool CudaTokenBackend::trains(const TokenShape& shape) const {
  try {
    const cuda::DeviceScope scope(index_);
    const auto tokens = static_cast<std::uint32_t>(shape.tokens.size());
    cuda::plan_token_training(shape, 1, TokenMatrix(1, tokens).stride(), index_);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool CudaTokenBackend::generates(const TokenShape& shape, const TokenOutput& output) const {
  return cuda::beyond_device(shape, output).empty();
}

TokenNetwork CudaTokenBackend::train(const TokenizedTable& table, const TrainSettings& settings,
                                     Monitor& monitor) {
  const cuda::DeviceScope scope(index_);
  cuda::TokenTrainer trainer(index_, table.data, table.tokenizer, settings, {}, allocator_,
                             monitor);
  return trainer.run([&](std::uint32_t epoch, const EpochLoss& loss) {
    monitor.epoch({epoch + 1, settings.epochs, loss});
  });
}

std::unique_ptr<RowGenerator> CudaTokenBackend::generator(const TokenNetwork& network,
                                                          const TokenOutput& output,
                                                          const RowRequest& request) {
  return cuda::make_cuda_token_generator(index_, network, output, request.seed, request.workers,
                                         request.block_rows, request.first_row, request.rows,
                                         cuda::WorkAhead{}, allocator_);
}

std::unique_ptr<TokenBackend> make_cuda_token_backend(int index) {
  return std::make_unique<CudaTokenBackend>(index);
}

}  // namespace cuvae
