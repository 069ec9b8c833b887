// Rows of numbers in one piece of memory, as matrices and coded tables have them.
#include <gtest/gtest.h>
#include <limits>
#include <string>

#include <cuvae/error.hpp>
#include <cuvae/matrix.hpp>
#include <cuvae/tokenizer.hpp>

namespace cuvae {
namespace {

TEST(RowArray, RowsArePaddedZeroedAndApart) {
  Matrix matrix(3, 17);
  EXPECT_EQ(matrix.stride(), 32U);
  EXPECT_EQ(matrix.row(2) - matrix.row(0), 64);
  for (std::uint32_t c = 0; c < matrix.stride(); ++c) EXPECT_EQ(matrix.row(2)[c], 0);
  matrix.row(2)[31] = 1;
  const Matrix moved = std::move(matrix);
  EXPECT_EQ(moved.rows(), 3U);
  EXPECT_EQ(moved.columns(), 17U);
  EXPECT_EQ(moved.row(2)[31], 1);
  EXPECT_EQ(TokenMatrix(2, 0).stride(), 16U);
  EXPECT_EQ(TokenMatrix(2, 33).stride(), 48U);
}

// Sizes whose product is no longer a number of bytes must not come out as small ones.
TEST(RowArray, MoreThanCanBeCountedIsRefused) {
  constexpr std::uint64_t many = std::uint64_t{1} << 60;
  const auto refused = [](auto make) {
    try {
      make();
      ADD_FAILURE() << "it was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::runtime);
      EXPECT_NE(std::string(error.what()).find("not enough memory for the"), std::string::npos)
          << error.what();
    }
  };
  refused([] { Matrix(many, 1); });
  refused([] { TokenMatrix(many, 1); });
  refused([] { TokenMatrix(std::numeric_limits<std::uint64_t>::max(), 200); });
}

}  // namespace
}  // namespace cuvae
