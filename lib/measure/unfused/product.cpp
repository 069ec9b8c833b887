#include "measure/unfused/product.hpp"

#include <fmt/format.h>

#include <cuvae/error.hpp>

namespace cuvae::unfused {
namespace {

Operand operand(std::uint32_t rows, std::uint32_t columns, bool transposed) {
  return {rows, columns, padded(rows), transposed};
}

bool fits(const Operand& operand, std::uint32_t rows, std::uint32_t columns) {
  const std::uint32_t read_rows = operand.transposed ? operand.columns : operand.rows;
  const std::uint32_t read_columns = operand.transposed ? operand.rows : operand.columns;
  return read_rows == rows && read_columns == columns && operand.stride >= operand.rows;
}

}  // namespace

void check(const Product& product) {
  const bool some = product.m > 0 && product.n > 0 && product.k > 0;
  if (some && fits(product.a, product.m, product.k) && fits(product.b, product.k, product.n) &&
      fits(product.d, product.m, product.n) && !product.d.transposed) {
    return;
  }
  throw Error(ErrorKind::usage,
              fmt::format("a product of {} by {} over {} from matrices of {} by {} ({} apart), {} "
                          "by {} ({} apart) into {} by {} ({} apart) can't be",
                          product.m, product.n, product.k, product.a.rows, product.a.columns,
                          product.a.stride, product.b.rows, product.b.columns, product.b.stride,
                          product.d.rows, product.d.columns, product.d.stride));
}

Product forward_product(const Layer& layer, std::uint32_t rows, bool relu) {
  return {layer.outputs,
          rows,
          layer.inputs,
          operand(layer.outputs, layer.inputs, false),
          operand(layer.inputs, rows, false),
          operand(layer.outputs, rows, false),
          relu ? Epilogue::relu_bias : Epilogue::bias};
}

Product input_gradient_product(const Layer& layer, std::uint32_t rows) {
  return {layer.inputs,
          rows,
          layer.outputs,
          operand(layer.outputs, layer.inputs, true),
          operand(layer.outputs, rows, false),
          operand(layer.inputs, rows, false),
          Epilogue::none};
}

Product weight_gradient_product(const Layer& layer, std::uint32_t rows) {
  return {layer.outputs,
          layer.inputs,
          rows,
          operand(layer.outputs, rows, false),
          operand(layer.inputs, rows, true),
          operand(layer.outputs, layer.inputs, false),
          Epilogue::bias_gradient};
}

}  // namespace cuvae::unfused
