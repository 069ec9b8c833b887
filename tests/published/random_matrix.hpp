// Encoded tables of random numbers for tests.
#pragma once

#include <random>

#include <cuvae/matrix.hpp>

namespace cuvae::test {

// Uniform numbers in [0, 1], a tenth of them exactly 0 and a tenth exactly 1.
inline Matrix random_matrix(std::uint64_t rows, std::uint32_t columns, unsigned seed) {
  Matrix matrix(rows, columns);
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> draw(-0.125F, 1.125F);
  for (std::uint64_t row = 0; row < rows; ++row) {
    for (std::uint32_t column = 0; column < columns; ++column) {
      matrix.row(row)[column] = std::clamp(draw(engine), 0.0F, 1.0F);
    }
  }
  return matrix;
}

}  // namespace cuvae::test
