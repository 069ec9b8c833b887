#include <limits>

#include <cuvae/error.hpp>
#include <cuvae/matrix.hpp>

namespace cuvae {

Matrix::Matrix(std::uint64_t rows, std::uint32_t columns, const Storage& storage)
    : rows_(rows), columns_(columns), stride_((columns + 15) / 16 * 16) {
  constexpr const char* purpose = "the encoded table";
  const std::uint64_t row_bytes = std::uint64_t{stride_} * sizeof(float);
  if (row_bytes != 0 && rows > std::numeric_limits<std::size_t>::max() / 2 / row_bytes) {
    throw Error(ErrorKind::runtime, "not enough memory for the encoded table; take fewer rows");
  }
  const std::size_t bytes = rows * row_bytes;
  data_ = std::unique_ptr<float[], Release>(static_cast<float*>(storage.allocate(bytes, purpose)),
                                            Release{bytes});
}

void Matrix::Release::operator()(float* data) const {
  Storage::release(data, bytes);
}

}  // namespace cuvae
