#include "models/file/check_model.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "layout/layout.hpp"
#include "schema/delimiter.hpp"
#include "tokenizer/tokenizer_json.hpp"

namespace cuvae {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::data, what);
}

void check_column(const ColumnSchema& column) {
  const auto wrong = [&](const char* what) {
    fail("the model's column \"" + column.name + "\" " + what + "; train the model again");
  };
  if (!is_coded(column.kind)) {
    if (!std::isfinite(column.minimum) || !std::isfinite(column.maximum)) {
      wrong("has a range that is not finite");
    }
    if (column.minimum > column.maximum) wrong("has a minimum above its maximum");
    if (column.decimals < -1) wrong("has a negative number of decimals");
    return;
  }
  if (column.kind == ColumnKind::key) return;
  if (column.labels.empty()) wrong("has no labels");
  if (column.minimum != 0 || column.maximum != static_cast<double>(column.labels.size()) - 1) {
    wrong("has a range that does not fit its labels");
  }
}

void check_finite(const std::vector<float>& parameters) {
  if (std::all_of(parameters.begin(), parameters.end(),
                  [](float value) { return std::isfinite(value); })) {
    return;
  }
  fail(
      "the model's network has a weight that is not a finite number; train again with a smaller "
      "`learning_rate`");
}

void check_network(const PublishedNetwork& network, const Schema& schema) {
  const PublishedShape& shape = network.shape;
  const std::size_t columns = schema.columns.size();
  if (columns != shape.columns) {
    fail("the model's network has " + std::to_string(shape.columns) + " columns, its schema " +
         std::to_string(columns) + "; train the model again");
  }
  check_shape(shape);
  if (network.parameters.size() != parameter_count(shape)) {
    fail("the model has " + std::to_string(network.parameters.size()) +
         " parameters, its shape asks for " + std::to_string(parameter_count(shape)) +
         "; train the model again");
  }
  check_finite(network.parameters);
}

void check_network(const TokenModel& tokens, const Schema& schema) {
  check_tokenizer(tokens.tokenizer, schema);
  check_shape(tokens.network.shape);
  if (tokens.network.shape.tokens != tokens.tokenizer.tokens ||
      tokens.network.parameters.size() != parameter_space(tokens.network.shape)) {
    fail("the model's network does not fit its tokenizer; train the model again");
  }
  check_finite(tokens.network.parameters);
}

}  // namespace

void check_model(const Model& model) {
  std::visit([&](const auto& network) { check_network(network, network_schema(model)); },
             model.network);
  if (model.layout) {
    if (model.layout->columns.size() != model.schema.columns.size()) {
      fail("the model's layout has not one entry a column; train the model again");
    }
    for (const ColumnSchema& column : model.layout->inner.columns) check_column(column);
  }
  if (!separates_cells(model.schema.delimiter)) {
    fail("the model's delimiter can't separate cells; train the model again");
  }
  for (const ColumnSchema& column : model.schema.columns) check_column(column);
}

}  // namespace cuvae
