#include <cuvae/codec.hpp>

namespace cuvae {

DigitMatrix::DigitMatrix(std::uint64_t rows, std::uint32_t digits, const Storage& storage)
    : rows_(rows), digits_(digits), stride_(digits == 0 ? 16 : (digits + 15) / 16 * 16) {
  const std::size_t bytes = rows * stride_;
  data_ = std::unique_ptr<std::uint8_t[], Release>(
      static_cast<std::uint8_t*>(storage.allocate(bytes, "the coded table")), Release{bytes});
}

void DigitMatrix::Release::operator()(std::uint8_t* data) const {
  Storage::release(data, bytes);
}

}  // namespace cuvae
