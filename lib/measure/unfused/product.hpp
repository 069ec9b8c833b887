// The matrix products of a training step, as cuBLASLt is asked for them: D = A B, all of it in
// column order, so that a row-major [rows, columns] is a matrix of columns by rows here.
#pragma once

#include <compare>
#include <cstdint>

#include <cuvae/published_network.hpp>

namespace cuvae::unfused {

// What is done with a product before it is stored, or beside it.
enum class Epilogue {
  none,
  bias,           // D = A B + bias, a number for each row of D
  relu_bias,      // D = max(A B + bias, 0)
  bias_gradient,  // bias = sums of A over the inner dimension, a number for each row of D
};

// As stored; `transposed` is how the product reads it.
struct Operand {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t stride = 0;  // from a column to the next, the leading dimension
  bool transposed = false;

  auto operator<=>(const Operand&) const = default;
};

// D is m by n, the inner dimension is k.
struct Product {
  std::uint32_t m = 0;
  std::uint32_t n = 0;
  std::uint32_t k = 0;
  Operand a;
  Operand b;
  Operand d;
  Epilogue epilogue = Epilogue::none;

  auto operator<=>(const Product&) const = default;
};

// Leading dimension of rows of so many floats: whole pieces of 16 bytes.
constexpr std::uint32_t padded(std::uint32_t width) {
  return (width + 3) / 4 * 4;
}

// Throws Error(usage) where shapes, leading dimensions and m, n, k don't belong together.
void check(const Product& product);

// outputs [rows, outputs] = inputs [rows, inputs] times weights [inputs, outputs], plus biases.
Product forward_product(const Layer& layer, std::uint32_t rows, bool relu);

// The gradient at the inputs [rows, inputs] from that at the outputs [rows, outputs]: a = weights.
Product input_gradient_product(const Layer& layer, std::uint32_t rows);

// The gradient of weights [inputs, outputs] and biases [outputs]: a = gradients at the outputs,
// b = inputs.
Product weight_gradient_product(const Layer& layer, std::uint32_t rows);

}  // namespace cuvae::unfused
