#include <limits>
#include <sys/mman.h>

#include <cuvae/matrix.hpp>

#include "table/pages.hpp"

namespace cuvae {

Matrix::Matrix(std::uint64_t rows, std::uint32_t columns)
    : rows_(rows), columns_(columns), stride_((columns + 15) / 16 * 16) {
  constexpr const char* purpose = "the encoded table";
  const std::uint64_t row_bytes = std::uint64_t{stride_} * sizeof(float);
  if (row_bytes != 0 && rows > std::numeric_limits<std::size_t>::max() / 2 / row_bytes) {
    throw Error(ErrorKind::runtime, "not enough memory for the encoded table; take fewer rows");
  }
  Pages pages(rows * row_bytes, purpose);
  const std::size_t bytes = pages.size();
  data_ = std::unique_ptr<float[], Release>(static_cast<float*>(pages.release()), Release{bytes});
}

void Matrix::Release::operator()(float* data) const {
  munmap(data, bytes);
}

}  // namespace cuvae
