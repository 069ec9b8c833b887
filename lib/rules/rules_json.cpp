#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string_view>

#include <cuvae/error.hpp>

#include "rules/column_numbers.hpp"
#include "rules/rule.hpp"
#include "rules/units.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 5> kinds{"copy", "linear", "sum", "product", "at_least"};
constexpr std::array<std::string_view, 3> roundings{"half_up", "half_even", "down"};

[[noreturn]] void fail(std::size_t rule, const std::string& problem) {
  throw Error(ErrorKind::data,
              fmt::format("schema: rule {} {}; the model file is damaged or of a newer version",
                          rule + 1, problem));
}

// The members of one rule, each of which must be there.
class Members {
 public:
  Members(const json& object, std::size_t rule) : object_(object), rule_(rule) {
    if (!object.is_object()) fail(rule, "is no object");
    if (object.size() != members) fail(rule, "has members that no rule has");
  }

  std::int64_t whole(const char* name, std::int64_t least, std::int64_t most) const {
    return whole_in(member(name), name, least, most);
  }

  template <class T>
  std::vector<T> list(const char* name, std::int64_t least, std::int64_t most) const {
    const json& value = member(name);
    if (!value.is_array()) fail(rule_, fmt::format("has no list \"{}\"", name));
    std::vector<T> result;
    for (const json& one : value) {
      result.push_back(static_cast<T>(whole_in(one, name, least, most)));
    }
    return result;
  }

  template <class Names>
  std::size_t one_of(const char* name, const Names& names) const {
    const json& value = member(name);
    for (std::size_t i = 0; value.is_string() && i < names.size(); ++i) {
      if (value.get_ref<const std::string&>() == names[i]) return i;
    }
    fail(rule_, fmt::format("has a \"{}\" that is none", name));
  }

 private:
  static constexpr std::size_t members = 11;

  const json& object_;
  std::size_t rule_;

  const json& member(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end()) fail(rule_, fmt::format("lacks \"{}\"", name));
    return *found;
  }
  std::int64_t whole_in(const json& value, const char* name, std::int64_t least,
                        std::int64_t most) const {
    const bool fits =
        value.is_number_integer() &&
        (!value.is_number_unsigned() || value.get<std::uint64_t>() <= std::uint64_t{1} << 62U);
    if (!fits || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most) {
      fail(rule_, fmt::format("has a number in \"{}\" that can't be", name));
    }
    return value.get<std::int64_t>();
  }
};

bool counts_something(const ColumnSchema& column) {
  return !is_coded(column.kind) || (column.kind == ColumnKind::ordinal && !column.spelling &&
                                    label_numbers(column.labels).nature != Nature::none);
}

bool same_spelling(const ColumnSchema& a, const ColumnSchema& b) {
  if (!a.spelling || !b.spelling) return a.spelling == b.spelling;
  return a.spelling->to_json() == b.spelling->to_json();
}

void check_copy(const Rule& rule, const Schema& schema, std::size_t number) {
  const ColumnSchema& target = schema.columns[rule.target];
  const ColumnSchema& source = schema.columns[rule.sources[0]];
  if (rule.labels.empty()) {
    if (target.kind != source.kind || target.labels != source.labels ||
        !same_spelling(target, source)) {
      fail(number, "copies the cells of a column that spells them otherwise");
    }
    return;
  }
  const bool coded = is_coded(target.kind) && is_coded(source.kind) && !target.spelling;
  if (!coded || source.spelling || rule.labels.size() != source.labels.size() ||
      std::any_of(rule.labels.begin(), rule.labels.end(),
                  [&](std::uint32_t label) { return label >= target.labels.size(); })) {
    fail(number, "has labels that its columns don't have");
  }
}

void check_numbers(const Rule& rule, const Schema& schema, std::size_t number) {
  if (rule.factors.size() != rule.sources.size() || rule.decimals.size() != rule.sources.size() ||
      !rule.labels.empty()) {
    fail(number, "has not one factor a source");
  }
  if (is_coded(schema.columns[rule.target].kind)) fail(number, "computes a column of labels");
  for (const std::uint32_t source : rule.sources) {
    if (!counts_something(schema.columns[source])) fail(number, "computes with labels");
  }
}

Rule rule_from(const json& object, const Schema& schema, std::size_t number) {
  constexpr std::int64_t most_offset = std::int64_t{1} << 62;
  const auto last_column = static_cast<std::int64_t>(schema.columns.size()) - 1;
  const Members members(object, number);
  Rule rule;
  rule.is = static_cast<Rule::Is>(members.one_of("is", kinds));
  rule.rounding = static_cast<Rule::Rounding>(members.one_of("rounding", roundings));
  rule.target = static_cast<std::uint32_t>(members.whole("target", 0, last_column));
  rule.sources = members.list<std::uint32_t>("sources", 0, last_column);
  rule.target_decimals = static_cast<int>(members.whole("target_decimals", 0, most_rule_decimals));
  rule.decimals = members.list<int>("decimals", 0, most_rule_decimals);
  rule.factors = members.list<std::int64_t>("factors", -most_units, most_units);
  rule.offset = members.whole("offset", -most_offset, most_offset);
  rule.divisor = members.whole("divisor", 1, most_offset);
  rule.base = members.whole("base", -most_units, most_units);
  rule.labels = members.list<std::uint32_t>("labels", 0, std::int64_t{0xFFFFFFFF});
  const bool one = rule.is == Rule::Is::copy || rule.is == Rule::Is::linear;
  const std::size_t least = one ? 1 : rule.is == Rule::Is::product ? 2 : 1;
  const std::size_t most = one ? 1 : rule.is == Rule::Is::product ? 2 : most_rule_sources;
  if (rule.sources.size() < least || rule.sources.size() > most) {
    fail(number, "has not as many sources as it needs");
  }
  if (rule.is == Rule::Is::copy) {
    check_copy(rule, schema, number);
  } else {
    check_numbers(rule, schema, number);
  }
  return rule;
}

}  // namespace

json rules_to_json(const std::vector<Rule>& rules) {
  json list = json::array();
  for (const Rule& rule : rules) {
    list.push_back({{"is", kinds[static_cast<std::size_t>(rule.is)]},
                    {"target", rule.target},
                    {"sources", rule.sources},
                    {"target_decimals", rule.target_decimals},
                    {"decimals", rule.decimals},
                    {"factors", rule.factors},
                    {"offset", rule.offset},
                    {"divisor", rule.divisor},
                    {"rounding", roundings[static_cast<std::size_t>(rule.rounding)]},
                    {"base", rule.base},
                    {"labels", rule.labels}});
  }
  return list;
}

std::vector<Rule> rules_from_json(const json& list, const Schema& schema) {
  if (!list.is_array()) {
    throw Error(ErrorKind::data,
                "schema: its rules are no list; the model file is damaged or of a newer version");
  }
  std::vector<Rule> rules;
  std::vector<bool> computed(schema.columns.size(), false);
  std::vector<bool> used(schema.columns.size(), false);  // as a source
  for (const json& object : list) {
    const std::size_t number = rules.size();
    rules.push_back(rule_from(object, schema, number));
    const Rule& rule = rules.back();
    for (const std::uint32_t source : rule.sources) used[source] = true;
    // Every source is either learned or computed by an earlier rule.
    if (used[rule.target]) fail(number, "computes a column that was needed before");
    if (computed[rule.target]) fail(number, "computes a column a second time");
    computed[rule.target] = true;
  }
  return rules;
}

}  // namespace cuvae
