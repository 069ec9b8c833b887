#include "models/tokens/cuda/backend.hpp"

#include <cuvae/error.hpp>

#include "models/tokens/cuda/decoder.hpp"
#include "models/tokens/cuda/trainer.hpp"
#include "runtime/cuda/devices.hpp"

namespace cuvae {

CudaTokenBackend::CudaTokenBackend(int index, const CudaAllocator& allocator)
    : index_(index), allocator_(allocator), info_(cuda::usable_device(index)) {}

bool CudaTokenBackend::supports(const TokenShape& shape) const {
  try {
    const cuda::DeviceScope scope(index_);
    const auto tokens = static_cast<std::uint32_t>(shape.tokens.size());
    cuda::plan_token_training(shape, 1, TokenMatrix(1, tokens).stride(), index_);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool CudaTokenBackend::supports(const TokenShape& shape, const TokenOutput& output) const {
  return cuda::beyond_device(shape, output).empty();
}

TokenNetwork CudaTokenBackend::train(
    const TokenMatrix& data, const Tokenizer& tokenizer, const TrainOptions& options,
    Monitor& monitor, const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) {
  const cuda::DeviceScope scope(index_);
  cuda::TokenTraining training(index_, data, tokenizer, options, {}, allocator_, monitor);
  return training.run(on_epoch);
}

std::unique_ptr<RowGenerator> CudaTokenBackend::generator(
    const TokenNetwork& network, const TokenOutput& output, std::uint64_t seed, unsigned workers,
    std::uint32_t block_rows, std::uint64_t first_row, std::uint64_t total_rows,
    const WantedTokens&) {
  return cuda::make_cuda_token_generator(index_, network, output, seed, workers, block_rows,
                                         first_row, total_rows, cuda::WorkAhead{}, allocator_);
}

std::unique_ptr<TokenBackend> make_cuda_token_backend(int index) {
  return std::make_unique<CudaTokenBackend>(index);
}

}  // namespace cuvae
