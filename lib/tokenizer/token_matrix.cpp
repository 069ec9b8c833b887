#include <cuvae/tokenizer.hpp>

namespace cuvae {

TokenMatrix::TokenMatrix(std::uint64_t rows, std::uint32_t tokens, const Storage& storage)
    : rows_(rows), tokens_(tokens), stride_(tokens == 0 ? 16 : (tokens + 15) / 16 * 16) {
  const std::size_t bytes = rows * stride_;
  data_ = std::unique_ptr<std::uint8_t[], Release>(
      static_cast<std::uint8_t*>(storage.allocate(bytes, "the coded table")), Release{bytes});
}

void TokenMatrix::Release::operator()(std::uint8_t* data) const {
  Storage::release(data, bytes);
}

}  // namespace cuvae
