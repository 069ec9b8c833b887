#include "codec/codec_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

using Json = nlohmann::json;

void require(bool met, const char* what) {
  if (met) return;
  throw Error(ErrorKind::data, std::string("the model's codec ") + what +
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

void check_digits(const Codec& codec, const Source& source, std::vector<bool>& used) {
  const auto check = [&](std::int32_t digit, std::uint32_t choices, std::int32_t parent) {
    require(digit >= 0 && static_cast<std::size_t>(digit) < codec.digits.size() &&
                !used[static_cast<std::size_t>(digit)],
            "names a digit that does not exist or is taken");
    used[static_cast<std::size_t>(digit)] = true;
    require(codec.digits[static_cast<std::size_t>(digit)] == Digit{choices, parent},
            "has a digit that does not fit its column");
  };
  const auto groups = static_cast<std::uint32_t>(source.group_leaves.size() - 1);
  std::uint32_t parts = 1;
  for (std::uint32_t g = 0; g < groups; ++g) {
    parts = std::max(parts, source.group_leaves[g + 1] - source.group_leaves[g]);
  }
  require(groups <= most_choices && parts <= most_choices, "has a digit of too many choices");
  if (groups > 1) check(source.first_digit, groups, -1);
  require(groups > 1 || source.first_digit == -1, "has a digit with nothing to choose");
  if (parts > 1) check(source.second_digit, parts, source.first_digit);
  require(parts > 1 || source.second_digit == -1, "has a digit with nothing to choose");
  require(groups > 1 || parts == 1, "has a second digit without a first");
}

void check_source(const Codec& codec, const Schema& schema, const Source& source,
                  std::vector<bool>& seen) {
  const std::size_t width = source.columns.size();
  require(width > 0, "has a source without columns");
  for (const std::uint32_t column : source.columns) {
    require(column < seen.size() && !seen[column], "has a column twice, or one that is not there");
    seen[column] = true;
  }
  require(grows<std::uint64_t>(source.edges, 0, 1) && source.edges.size() > 1 &&
              source.edges.size() < UINT32_MAX && source.edges.back() == codec.rows,
          "has edges out of order");
  require(source.values.size() == std::size_t{source.atoms()} * width, "misses values");
  for (std::size_t i = 0; i < source.values.size(); ++i) {
    const std::uint32_t column = source.columns[i % width];
    require(source.values[i] < value_count(codec.ranges[column], schema.columns[column]),
            "names a value that is not there");
  }
  require(grows<std::uint32_t>(source.leaf_atoms, 0, 1) && source.leaf_atoms.size() > 1 &&
              source.leaf_atoms.back() == source.atoms(),
          "has leaves out of order");
  require(grows<std::uint32_t>(source.group_leaves, 0, 1) && source.group_leaves.size() > 1 &&
              source.group_leaves.back() == source.leaf_atoms.size() - 1,
          "has groups out of order");
}

}  // namespace

std::string to_json(const Codec& codec) {
  Json ranges = Json::array();
  for (const ValueRanges& of_column : codec.ranges) {
    ranges.push_back({{"low", of_column.low}, {"high", of_column.high}});
  }
  Json sources = Json::array();
  for (const Source& source : codec.sources) {
    sources.push_back({{"columns", source.columns},
                       {"values", source.values},
                       {"edges", source.edges},
                       {"leaf_atoms", source.leaf_atoms},
                       {"group_leaves", source.group_leaves},
                       {"first_digit", source.first_digit},
                       {"second_digit", source.second_digit}});
  }
  Json digits = Json::array();
  for (const Digit& digit : codec.digits) digits.push_back({digit.choices, digit.parent});
  return Json{{"rows", codec.rows}, {"ranges", ranges}, {"sources", sources}, {"digits", digits}}
      .dump();
}

Codec codec_from_json(std::string_view text) {
  Codec codec;
  try {
    const Json json = Json::parse(text);
    json.at("rows").get_to(codec.rows);
    for (const Json& ranges : json.at("ranges")) {
      codec.ranges.push_back({ranges.at("low").get<std::vector<double>>(),
                              ranges.at("high").get<std::vector<double>>()});
    }
    for (const Json& one : json.at("sources")) {
      Source source;
      one.at("columns").get_to(source.columns);
      one.at("values").get_to(source.values);
      one.at("edges").get_to(source.edges);
      one.at("leaf_atoms").get_to(source.leaf_atoms);
      one.at("group_leaves").get_to(source.group_leaves);
      one.at("first_digit").get_to(source.first_digit);
      one.at("second_digit").get_to(source.second_digit);
      codec.sources.push_back(std::move(source));
    }
    for (const Json& digit : json.at("digits")) {
      codec.digits.push_back({digit.at(0).get<std::uint32_t>(), digit.at(1).get<std::int32_t>()});
    }
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::data, std::string("the model's codec is malformed (") + error.what() +
                                     "); train it again or copy it again");
  }
  return codec;
}

void check_codec(const Codec& codec, const Schema& schema) {
  require(codec.ranges.size() == schema.columns.size(), "has other columns than the schema");
  require(codec.rows >= 1, "was made from no rows");
  for (std::size_t c = 0; c < codec.ranges.size(); ++c) {
    check_ranges(codec.ranges[c], schema.columns[c]);
  }
  std::vector<bool> seen(schema.columns.size(), false);
  std::vector<bool> used(codec.digits.size(), false);
  for (const Source& source : codec.sources) {
    check_source(codec, schema, source, seen);
    check_digits(codec, source, used);
  }
  require(std::all_of(seen.begin(), seen.end(), [](bool one) { return one; }), "misses a column");
  require(std::all_of(used.begin(), used.end(), [](bool one) { return one; }),
          "has a digit of no column");
}

}  // namespace cuvae
