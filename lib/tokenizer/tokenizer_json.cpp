#include "tokenizer/tokenizer_json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include <cuvae/error.hpp>

#include "support/bounded_json.hpp"

namespace cuvae {
namespace {

using Json = nlohmann::json;

void require(bool met, const char* what) {
  if (met) return;
  throw Error(ErrorKind::data, std::string("the model's tokenizer ") + what +
                                   "; the file is damaged: train it again or copy it again");
}

// A list that starts with `first` and grows by `least` at least.
template <class T>
bool grows(const std::vector<T>& list, T first, T least) {
  if (list.empty() || list.front() != first) return false;
  for (std::size_t i = 1; i < list.size(); ++i) {
    if (list[i] < list[i - 1] || list[i] - list[i - 1] < least) return false;
  }
  return true;
}

void check_ranges(const ValueRanges& ranges, const ColumnSchema& column) {
  require(ranges.low.size() == ranges.high.size(), "has ranges without an end");
  if (is_coded(column.kind)) {
    require(ranges.low.empty(), "has ranges for a column of labels");
    return;
  }
  for (std::size_t i = 0; i < ranges.low.size(); ++i) {
    require(std::isfinite(ranges.low[i]) && std::isfinite(ranges.high[i]) &&
                ranges.low[i] <= ranges.high[i] && (i == 0 || ranges.high[i - 1] < ranges.low[i]) &&
                ranges.low[i] >= column.minimum && ranges.high[i] <= column.maximum,
            "has ranges out of order");
  }
}

// How many values a column's cells may have.
std::size_t value_count(const ValueRanges& ranges, const ColumnSchema& column) {
  return is_coded(column.kind) ? column.labels.size() : ranges.low.size() + 1;
}

void check_tokens(const Tokenizer& tokenizer, const Source& source, std::vector<bool>& used) {
  const auto check = [&](std::int32_t token, std::uint32_t choices, std::int32_t parent) {
    require(token >= 0 && static_cast<std::size_t>(token) < tokenizer.tokens.size() &&
                !used[static_cast<std::size_t>(token)],
            "names a token that does not exist or is taken");
    used[static_cast<std::size_t>(token)] = true;
    require(tokenizer.tokens[static_cast<std::size_t>(token)] == Token{choices, parent},
            "has a token that does not fit its column");
  };
  const auto groups = static_cast<std::uint32_t>(source.group_leaves.size() - 1);
  std::uint32_t parts = 1;
  for (std::uint32_t g = 0; g < groups; ++g) {
    parts = std::max(parts, source.group_leaves[g + 1] - source.group_leaves[g]);
  }
  require(groups <= most_choices && parts <= most_choices, "has a token of too many choices");
  if (groups > 1) check(source.first_token, groups, -1);
  require(groups > 1 || source.first_token == -1, "has a token with nothing to choose");
  if (parts > 1) check(source.second_token, parts, source.first_token);
  require(parts > 1 || source.second_token == -1, "has a token with nothing to choose");
  require(groups > 1 || parts == 1, "has a second token without a first");
}

void check_source(const Tokenizer& tokenizer, const Schema& schema, const Source& source,
                  std::vector<bool>& seen) {
  const std::size_t width = source.columns.size();
  require(width > 0, "has a source without columns");
  for (const std::uint32_t column : source.columns) {
    require(column < seen.size() && !seen[column], "has a column twice, or one that is not there");
    seen[column] = true;
  }
  require(grows<std::uint64_t>(source.edges, 0, 1) && source.edges.size() > 1 &&
              source.edges.size() < UINT32_MAX && source.edges.back() == tokenizer.rows,
          "has edges out of order");
  require(source.values.size() == std::size_t{source.atoms()} * width, "misses values");
  for (std::size_t i = 0; i < source.values.size(); ++i) {
    const std::uint32_t column = source.columns[i % width];
    require(source.values[i] < value_count(tokenizer.ranges[column], schema.columns[column]),
            "names a value that is not there");
  }
  require(grows<std::uint32_t>(source.leaf_atoms, 0, 1) && source.leaf_atoms.size() > 1 &&
              source.leaf_atoms.back() == source.atoms(),
          "has leaves out of order");
  require(grows<std::uint32_t>(source.group_leaves, 0, 1) && source.group_leaves.size() > 1 &&
              source.group_leaves.back() == source.leaf_atoms.size() - 1,
          "has groups out of order");
}

template <class T>
T integer_of(const Json& json) {
  constexpr T most = std::numeric_limits<T>::max();
  constexpr T least = std::numeric_limits<T>::min();
  require(json.is_number_integer(), "holds a number where a whole one belongs");
  const bool fits = json.is_number_unsigned()
                        ? json.get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                        : std::cmp_greater_equal(json.get<std::int64_t>(), least);
  require(fits, "holds a whole number out of range");
  return json.get<T>();
}

template <class T>
void read_integers(const Json& json, std::vector<T>& into) {
  require(json.is_array(), "holds something else where a list belongs");
  into.reserve(json.size());
  for (const Json& one : json) into.push_back(integer_of<T>(one));
}

Json parsed_tokenizer(std::string_view text) {
  try {
    return parse_bounded(text);
  } catch (const Error& error) {
    require(false, error.what());
    throw;
  }
}

// Tokens were called digits up to version 0.1.
const Json& named(const Json& json, const char* name, const char* old_name) {
  return json.contains(old_name) ? json.at(old_name) : json.at(name);
}

}  // namespace

std::string to_json(const Tokenizer& tokenizer) {
  Json ranges = Json::array();
  for (const ValueRanges& of_column : tokenizer.ranges) {
    ranges.push_back({{"low", of_column.low}, {"high", of_column.high}});
  }
  Json sources = Json::array();
  for (const Source& source : tokenizer.sources) {
    sources.push_back({{"columns", source.columns},
                       {"values", source.values},
                       {"edges", source.edges},
                       {"leaf_atoms", source.leaf_atoms},
                       {"group_leaves", source.group_leaves},
                       {"first_token", source.first_token},
                       {"second_token", source.second_token}});
  }
  Json tokens = Json::array();
  for (const Token& token : tokenizer.tokens) tokens.push_back({token.choices, token.parent});
  return Json{
      {"rows", tokenizer.rows}, {"ranges", ranges}, {"sources", sources}, {"tokens", tokens}}
      .dump();
}

Tokenizer tokenizer_from_json(std::string_view text) {
  Tokenizer tokenizer;
  try {
    const Json json = parsed_tokenizer(text);
    tokenizer.rows = integer_of<std::uint64_t>(json.at("rows"));
    for (const Json& ranges : json.at("ranges")) {
      tokenizer.ranges.push_back({ranges.at("low").get<std::vector<double>>(),
                                  ranges.at("high").get<std::vector<double>>()});
    }
    for (const Json& one : json.at("sources")) {
      Source source;
      read_integers(one.at("columns"), source.columns);
      read_integers(one.at("values"), source.values);
      read_integers(one.at("edges"), source.edges);
      read_integers(one.at("leaf_atoms"), source.leaf_atoms);
      read_integers(one.at("group_leaves"), source.group_leaves);
      source.first_token = integer_of<std::int32_t>(named(one, "first_token", "first_digit"));
      source.second_token = integer_of<std::int32_t>(named(one, "second_token", "second_digit"));
      tokenizer.sources.push_back(std::move(source));
    }
    for (const Json& token : named(json, "tokens", "digits")) {
      tokenizer.tokens.push_back(
          {integer_of<std::uint32_t>(token.at(0)), integer_of<std::int32_t>(token.at(1))});
    }
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::data, std::string("the model's tokenizer is malformed (") +
                                     error.what() + "); train it again or copy it again");
  }
  return tokenizer;
}

void check_tokenizer(const Tokenizer& tokenizer, const Schema& schema) {
  require(tokenizer.ranges.size() == schema.columns.size(), "has other columns than the schema");
  require(tokenizer.rows >= 1, "was made from no rows");
  for (std::size_t c = 0; c < tokenizer.ranges.size(); ++c) {
    check_ranges(tokenizer.ranges[c], schema.columns[c]);
  }
  std::vector<bool> seen(schema.columns.size(), false);
  std::vector<bool> used(tokenizer.tokens.size(), false);
  for (const Source& source : tokenizer.sources) {
    check_source(tokenizer, schema, source, seen);
    check_tokens(tokenizer, source, used);
  }
  require(std::all_of(seen.begin(), seen.end(), [](bool one) { return one; }), "misses a column");
  require(std::all_of(used.begin(), used.end(), [](bool one) { return one; }),
          "has a token of no column");
}

}  // namespace cuvae
