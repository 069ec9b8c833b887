#include <sys/mman.h>

#include <cuvae/codec.hpp>

#include "table/pages.hpp"

namespace cuvae {

DigitMatrix::DigitMatrix(std::uint64_t rows, std::uint32_t digits)
    : rows_(rows), digits_(digits), stride_(digits == 0 ? 16 : (digits + 15) / 16 * 16) {
  Pages pages(rows * stride_, "the coded table");
  const std::size_t bytes = pages.size();
  data_ = std::unique_ptr<std::uint8_t[], Release>(static_cast<std::uint8_t*>(pages.release()),
                                                   Release{bytes});
}

void DigitMatrix::Release::operator()(std::uint8_t* data) const {
  munmap(data, bytes);
}

}  // namespace cuvae
