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

// The rows that train() holds out, held_out_rows() of them, are the last ones of its data.
using TokenBackend = Backend<TokenKind>;

// train_tokens() on a table that may be put in another order.
TokenNetwork train_in_place(TokenizedTable& table, const TrainSettings& settings,
                            const DeviceChoice& device, Monitor& monitor);

std::unique_ptr<TokenBackend> make_cpu_token_backend(unsigned threads);
// Only where the CUDA half is built. Throws Error(device) where there is no usable GPU.
std::unique_ptr<TokenBackend> make_cuda_token_backend(int index);

}  // namespace cuvae
