#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

#include "rules/rule.hpp"

namespace cuvae {
namespace {

using nlohmann::json;

// Three value columns, a label column, an ordinal one and one of other labels.
Schema schema() {
  Schema result;
  for (const char* name : {"a", "b", "c", "label", "ordinal", "other"}) {
    ColumnSchema& column = result.columns.emplace_back();
    column.name = name;
    column.kind = ColumnKind::continuous;
  }
  result.columns[3].kind = ColumnKind::label;
  result.columns[3].labels = {"x", "y"};
  result.columns[4].kind = ColumnKind::ordinal;
  result.columns[4].labels = {"1", "2"};
  result.columns[5].kind = ColumnKind::label;
  result.columns[5].labels = {"p", "q", "r"};
  return result;
}

std::vector<Rule> rules() {
  Rule sum;
  sum.is = Rule::Is::sum;
  sum.target = 1;
  sum.sources = {0, 4};
  sum.decimals = {2, 0};
  sum.target_decimals = 2;
  sum.factors = {1, 100};
  sum.offset = -7;
  Rule bound;
  bound.is = Rule::Is::at_least;
  bound.target = 2;
  bound.sources = {1};
  bound.decimals = {2};
  bound.factors = {1};
  bound.divisor = 100;
  bound.base = 12;
  Rule copy;
  copy.target = 5;
  copy.sources = {3};
  copy.labels = {2, 0};
  return {sum, bound, copy};
}

void expect_fault(const std::function<void(json&)>& damage) {
  json list = rules_to_json(rules());
  damage(list);
  try {
    rules_from_json(list, schema());
    ADD_FAILURE() << list.dump() << " was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
  }
}

TEST(RulesJson, ReadsBack) {
  EXPECT_EQ(rules_from_json(json::parse(rules_to_json(rules()).dump()), schema()), rules());
  EXPECT_TRUE(rules_from_json(json::array(), schema()).empty());
}

TEST(RulesJson, TakesNothingElse) {
  expect_fault([](json& list) { list = json::object(); });
  expect_fault([](json& list) { list[0] = 3; });
  expect_fault([](json& list) { list[0]["more"] = 1; });
  const json whole = rules_to_json(rules());
  for (const auto& [name, value] : whole[0].items()) {
    expect_fault([name = name](json& list) { list[0].erase(name); });
    expect_fault([name = name](json& list) { list[0][name] = json::object(); });
    expect_fault([name = name](json& list) { list[0][name] = -1e300; });
    expect_fault([name = name](json& list) { list[0][name] = json::array({"a"}); });
  }
}

TEST(RulesJson, ChecksColumnsAndNumbers) {
  expect_fault([](json& list) { list[0]["target"] = 6; });
  expect_fault([](json& list) { list[0]["target"] = 3; });        // labels
  expect_fault([](json& list) { list[0]["sources"] = {0, 3}; });  // labels
  expect_fault([](json& list) { list[0]["sources"] = {0, 1}; });  // itself
  expect_fault([](json& list) { list[0]["sources"] = {0}; });     // two factors
  expect_fault([](json& list) { list[0]["decimals"] = {2, 400}; });
  expect_fault([](json& list) { list[0]["divisor"] = 0; });
  expect_fault([](json& list) { list[0]["divisor"] = 18446744073709551615ULL; });
  expect_fault([](json& list) {
    list[0]["is"] = "product";
    list[0]["sources"] = {0};
  });
  expect_fault([](json& list) { list[1]["target"] = 1; });        // twice
  expect_fault([](json& list) { std::swap(list[0], list[1]); });  // needed before
  expect_fault([](json& list) { list[2]["labels"] = {2, 3}; });   // no such label
  expect_fault([](json& list) { list[2]["labels"] = {2}; });
  expect_fault([](json& list) { list[2]["labels"] = json::array(); });
  expect_fault([](json& list) {
    list[0]["sources"] = std::vector<int>(100'000, 0);
    list[0]["factors"] = std::vector<int>(100'000, 1);
    list[0]["decimals"] = std::vector<int>(100'000, 1);
  });
}

}  // namespace
}  // namespace cuvae
