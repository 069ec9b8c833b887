// Networks of tokens as a kind of network, see models/backend.hpp.
#pragma once

#include <cuvae/token_network.hpp>

#include "models/backend.hpp"
#include "models/tokens/output.hpp"
#include "rows/row_generator.hpp"

namespace cuvae {

struct TokenKind {
  using Shape = TokenShape;
  using Network = TokenNetwork;
  using Data = TokenizedTable;
  using Output = TokenOutput;
  using Generator = RowGenerator;
};

using TokenBackend = Backend<TokenKind>;

std::unique_ptr<TokenBackend> make_cpu_token_backend(unsigned threads);
// Only where the CUDA half is built. Throws Error(device) where there is no usable GPU.
std::unique_ptr<TokenBackend> make_cuda_token_backend(int index);

}  // namespace cuvae
