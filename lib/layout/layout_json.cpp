#include <charconv>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

#include "layout/layout.hpp"
#include "schema/schema_json.hpp"
#include "support/bounded_json.hpp"

namespace cuvae {
namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::string& problem) {
  throw Error(ErrorKind::data, fmt::format("layout: {}; the model file is damaged", problem));
}

const json& array_of(const json& object, const char* name) {
  if (!object.is_object() || !object.contains(name) || !object[name].is_array()) {
    fail(fmt::format("\"{}\" is no list", name));
  }
  return object[name];
}

void check_choices(const ColumnSchema& inner, std::uint32_t choices, const std::string& where) {
  if (!is_coded(inner.kind) || inner.kind == ColumnKind::key) fail(where + " chooses no label");
  for (const std::string& label : inner.labels) {
    std::uint32_t choice = 0;
    const char* const end = label.data() + label.size();
    const auto parsed = std::from_chars(label.data(), end, choice);
    if (parsed.ec != std::errc() || parsed.ptr != end || choice >= choices) {
      fail(where + " has a choice that its spelling has not");
    }
  }
}

void add_inner(const ColumnSchema& column, const json& entry, const std::string& where,
               Layout& layout) {
  const ColumnLayout& made = layout.columns.back();
  const json& parts = array_of(entry, "parts");
  if (parts.size() != made.inner_columns()) fail(where + " has not one column a part");
  for (std::uint32_t p = 0; p < made.inner_columns(); ++p) {
    ColumnSchema inner = column_schema_from_json(parts[p], where);
    if (inner.spelling) fail(where + " has a part with a spelling");
    if (p < made.parts) {
      if (inner.kind != ColumnKind::continuous) fail(where + " has a part that is no number");
    } else {
      check_choices(inner, choices_of(*column.spelling, column.markers), where);
    }
    layout.inner.columns.push_back(std::move(inner));
  }
}

}  // namespace

std::string to_json(const Layout& layout) {
  json columns = json::array();
  for (const ColumnLayout& column : layout.columns) {
    if (column.is != ColumnLayout::Is::plain) {
      json parts = json::array();
      for (std::uint32_t p = 0; p < column.inner_columns(); ++p) {
        parts.push_back(column_schema_to_json(layout.inner.columns[column.first + p]));
      }
      columns.push_back({{"parts", std::move(parts)}});
    } else {
      columns.push_back(json::object());
    }
  }
  json object{{"columns", std::move(columns)}};
  if (!layout.rules.empty()) object["rules"] = rules_to_json(layout.rules);
  return object.dump();
}

std::shared_ptr<const Layout> layout_from_json(std::string_view text, const Schema& schema) {
  json parsed;
  try {
    parsed = parse_bounded(text);
  } catch (const json::exception&) {
    fail("it is no JSON");
  }
  const json& columns = array_of(parsed, "columns");
  if (columns.size() != schema.columns.size()) fail("it has not one entry a column");
  auto layout = std::make_shared<Layout>();
  layout->inner.delimiter = schema.delimiter;
  layout->inner.carriage_returns = schema.carriage_returns;
  layout->inner.rows = schema.rows;
  layout->inner.fingerprint = schema.fingerprint;
  std::vector<std::int32_t> rule_of(columns.size(), -1);
  if (parsed.contains("rules")) layout->rules = rules_from_json(parsed["rules"], schema);
  for (std::size_t r = 0; r < layout->rules.size(); ++r) {
    rule_of[layout->rules[r].target] = static_cast<std::int32_t>(r);
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const ColumnSchema& column = schema.columns[c];
    const auto first = static_cast<std::uint32_t>(layout->inner.columns.size());
    const ColumnLayout made = column_layout(column, layout->rules, rule_of[c], first);
    layout->columns.push_back(made);
    if (made.is == ColumnLayout::Is::plain) {
      layout->inner.columns.push_back(column);
    } else {
      add_inner(column, columns[c], fmt::format("column {}", c + 1), *layout);
    }
  }
  if (layout->inner.columns.empty()) fail("the network would learn nothing");
  return layout;
}

}  // namespace cuvae
