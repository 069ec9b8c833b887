// Generated rows against the plain loops, for every SIMD level.
#include <cmath>
#include <gtest/gtest.h>
#include <string>

#include "kernels/published/reference.hpp"
#include "models/published/cpu/backend.hpp"
#include "random_matrix.hpp"

namespace cuvae {
namespace {

PublishedNetwork random_network(const PublishedShape& shape) {
  PublishedNetwork network{shape, plain::initial_parameters(shape, 5), {}};
  for (std::size_t p = 0; p < network.parameters.size(); ++p) {
    network.parameters[p] *= 2.5F;  // spread the outputs
  }
  return network;
}

// The nearest code by exact arithmetic, halves to even.
std::uint32_t exact_code(float x, std::uint32_t span) {
  const long double product = static_cast<long double>(x) * span;
  return static_cast<std::uint32_t>(std::nearbyint(product));
}

std::uint32_t cell(const RowBlock& block, const ColumnCoding& coding, std::size_t column,
                   std::size_t row) {
  const void* cells = block.columns[column];
  if (coding.width == 1) return static_cast<const std::uint8_t*>(cells)[row];
  if (coding.width == 2) return static_cast<const std::uint16_t*>(cells)[row];
  return static_cast<const std::uint32_t*>(cells)[row];
}

void expect_rows(const PublishedShape& shape, std::uint64_t first_row, std::uint32_t rows) {
  const PublishedNetwork network = random_network(shape);
  constexpr std::uint32_t spans[] = {0,         1,     4,       255,     256,
                                     65535,     65536, 4194303, 4194304, 16777215,
                                     536870911, 99999, 3,       1439,    100000000};
  std::vector<ColumnCoding> codings;
  for (std::uint32_t j = 0; j < shape.columns; ++j) {
    const std::uint32_t span = spans[j % std::size(spans)];
    codings.push_back({j % 7 == 6, span,
                       j % 7 == 6     ? 4U
                       : span < 256   ? 1U
                       : span < 65536 ? 2U
                                      : 4U});
  }
  for (const SimdLevel level : available_simd_levels()) {
    const auto generator = make_cpu_published_generator(network, codings, 77, level, 1, rows);
    const RowBlock& block = generator->codes(0, first_row, rows);
    ASSERT_EQ(block.first_row, first_row);
    ASSERT_EQ(block.rows, rows);
    std::vector<float> floats(std::size_t{rows} * shape.columns, -1.0F);
    for (std::uint32_t r = 0; r < rows; ++r) {
      const std::vector<float> wanted = plain::generate_row(network, 77, first_row + r);
      for (std::uint32_t j = 0; j < shape.columns; ++j) {
        const std::string where = to_string(level) + ", row " + std::to_string(first_row + r) +
                                  ", column " + std::to_string(j);
        if (codings[j].real) {
          ASSERT_EQ(static_cast<const float*>(block.columns[j])[r], wanted[j]) << where;
        } else {
          ASSERT_EQ(cell(block, codings[j], j, r), exact_code(wanted[j], codings[j].span)) << where;
        }
      }
    }
    generator->floats(0, first_row, rows, floats.data(), shape.columns);
    for (std::uint32_t r = 0; r < rows; ++r) {
      const std::vector<float> wanted = plain::generate_row(network, 77, first_row + r);
      for (std::uint32_t j = 0; j < shape.columns; ++j) {
        ASSERT_EQ(floats[std::size_t{r} * shape.columns + j], wanted[j]);
      }
    }
  }
}

TEST(Generate, PublishedShape) {
  for (const std::uint32_t rows : {1U, 15U, 16U, 31U, 33U, 100U, 500U}) expect_rows({}, 0, rows);
}

TEST(Generate, AnyFirstRow) {
  expect_rows({}, 12345, 40);
  expect_rows({}, 0xFFFFFFF0ULL, 40);  // the low word of the counter wraps
  expect_rows({}, 0x1234567FFFFFFF7ULL, 40);
}

TEST(Generate, OtherShapes) {
  expect_rows({1, {1, 1}, 1}, 0, 20);
  expect_rows({17, {16, 7}, 3}, 3, 70);
  expect_rows({64, {64, 64}, 16}, 9, 33);
  expect_rows({33, {13, 31}, 5}, 1, 50);
}

}  // namespace
}  // namespace cuvae
