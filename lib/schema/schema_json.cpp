#include "schema/schema_json.hpp"

#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include <cuvae/error.hpp>
#include <cuvae/schema.hpp>

#include "schema/delimiter.hpp"
#include "spelling/spelling.hpp"
#include "support/bounded_json.hpp"
#include "text/column_kinds.hpp"
#include "text/utf8.hpp"

namespace cuvae {
namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::string& problem) {
  throw Error(ErrorKind::data,
              "schema: " + problem + "; the model file is damaged or of another program");
}

json text_to_json(const std::string& text) {
  if (is_utf8(text)) return text;
  std::string digits;
  for (const char c : text) digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return json{{"hex", digits}};
}

std::string text_from_json(const json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object() || value.size() != 1 || !value.contains("hex") ||
      !value["hex"].is_string()) {
    fail(where + " is neither a text nor {\"hex\": ...}");
  }
  const std::string digits = value["hex"].get<std::string>();
  std::string text;
  const auto digit = [&](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    fail(where + " holds a hex text with '" + std::string(1, c) + "' in it");
  };
  if (digits.size() % 2 != 0) fail(where + " holds half a byte");
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    text += static_cast<char>(digit(digits[i]) * 16 + digit(digits[i + 1]));
  }
  return text;
}

const json& member(const json& object, const char* name, const std::string& where) {
  if (!object.is_object()) fail(where + " is no object");
  const auto found = object.find(name);
  if (found == object.end()) fail(where + " lacks \"" + name + "\"");
  return *found;
}

std::uint64_t unsigned_of(const json& object, const char* name, const std::string& where) {
  const json& value = member(object, name, where);
  if (!value.is_number_unsigned()) fail(fmt::format("\"{}\" of {} is no count", name, where));
  return value.get<std::uint64_t>();
}

double finite_of(const json& object, const char* name, const std::string& where) {
  const json& value = member(object, name, where);
  if (!value.is_number() || !std::isfinite(value.get<double>())) {
    fail(fmt::format("\"{}\" of {} is no finite number", name, where));
  }
  return value.get<double>();
}

const json& array_of(const json& object, const char* name, const std::string& where) {
  const json& value = member(object, name, where);
  if (!value.is_array()) fail(fmt::format("\"{}\" of {} is no list", name, where));
  return value;
}

std::string text_of(const json& object, const char* name, const std::string& where) {
  return text_from_json(member(object, name, where), fmt::format("\"{}\" of {}", name, where));
}

// What a kind asks of the spelling, and the other way round.
void check_spelling(const ColumnSchema& column, const std::string& where) {
  if (column.spelling && column.spelling->kind() != column.kind) {
    fail(where + " has a spelling of another kind");
  }
  if (!column.spelling && traits_of(column.kind).by_spelling) fail(where + " has no spelling");
  if (!column.spelling && !column.markers.empty()) fail(where + " has markers but no spelling");
  const std::unordered_set<std::string_view> distinct(column.markers.begin(), column.markers.end());
  if (distinct.size() != column.markers.size()) fail(where + " has the same marker twice");
  const bool any = column.missing > 0 && column.kind != ColumnKind::key;
  if (column.spelling && any && column.markers.empty()) fail(where + " lacks a missing marker");
}

void check_labels(const ColumnSchema& column, const std::string& where) {
  if (column.kind == ColumnKind::key) {
    if (!column.labels.empty() || !column.counts.empty()) fail(where + " is a key and has labels");
    return;
  }
  if (!is_coded(column.kind)) {
    if (!column.labels.empty() || !column.counts.empty()) fail(where + " has labels but no codes");
    if (column.minimum > column.maximum) fail(where + " has its minimum above its maximum");
    return;
  }
  if (column.labels.empty()) fail(where + " has no labels");
  if (column.counts.size() != column.labels.size()) fail(where + " has not one count a label");
  const std::unordered_set<std::string_view> distinct(column.labels.begin(), column.labels.end());
  if (distinct.size() != column.labels.size()) fail(where + " has the same label twice");
  if (column.minimum != 0 || column.maximum != static_cast<double>(column.labels.size() - 1)) {
    fail(where + " has a range that is not that of its codes");
  }
}

// One that is left out is false.
bool flag_of(const json& object, const char* name, const std::string& where) {
  if (!object.contains(name)) return false;
  const json& flag = object.at(name);
  if (!flag.is_boolean()) fail(fmt::format("\"{}\" of {} is neither true nor false", name, where));
  return flag.get<bool>();
}

// Only what is unusual is written.
json style_json(const CsvStyle& style) {
  json object = json::object();
  if (style.quoted_header) object["quoted_header"] = true;
  if (style.delimiter_behind_header) object["delimiter_behind_header"] = true;
  if (style.delimiter_behind_rows) object["delimiter_behind_rows"] = true;
  return object;
}

CsvStyle style_from(const json& object) {
  const std::string where = "\"style\"";
  if (!object.is_object()) fail("\"style\" is no object");
  return {flag_of(object, "quoted_header", where),
          flag_of(object, "delimiter_behind_header", where),
          flag_of(object, "delimiter_behind_rows", where)};
}

}  // namespace

ColumnSchema column_schema_from_json(const json& object, const std::string& where) {
  ColumnSchema column;
  column.name = text_of(object, "name", where);
  column.kind = column_kind_from(text_of(object, "kind", where));
  for (const json& label : array_of(object, "labels", where)) {
    column.labels.push_back(text_from_json(label, "a label of " + where));
  }
  for (const json& count : array_of(object, "counts", where)) {
    if (!count.is_number_unsigned()) fail("a count of " + where + " is no count");
    column.counts.push_back(count.get<std::uint64_t>());
  }
  column.minimum = finite_of(object, "minimum", where);
  column.maximum = finite_of(object, "maximum", where);
  column.mean = finite_of(object, "mean", where);
  column.missing = unsigned_of(object, "missing", where);
  const json& decimals = member(object, "decimals", where);
  constexpr std::int64_t most_decimals = 1 << 20;
  if (!decimals.is_number_integer() || decimals.get<std::int64_t>() < -1 ||
      decimals.get<std::int64_t>() > most_decimals) {
    fail("\"decimals\" of " + where + " is no number of digits");
  }
  column.decimals = decimals.get<int>();
  if (object.contains("heading")) column.heading = text_of(object, "heading", where);
  column.quoted = flag_of(object, "quoted", where);
  if (object.contains("spelling")) column.spelling = spelling_from_json(object["spelling"]);
  if (object.contains("markers")) {
    for (const json& marker : array_of(object, "markers", where)) {
      column.markers.push_back(text_from_json(marker, "a marker of " + where));
    }
  }
  check_spelling(column, where);
  check_labels(column, where);
  return column;
}

namespace {

json parsed_schema(std::string_view text) {
  try {
    return parse_bounded(text);
  } catch (const json::exception&) {
    fail("is no JSON");
  } catch (const Error& error) {
    fail(error.what());
  }
}

// What the reader of tables refuses in a header, and what would make cells run together.
void check_names(const Schema& schema) {
  std::unordered_set<std::string_view> names;
  for (const ColumnSchema& column : schema.columns) {
    if (column.name.empty()) fail("has a column without a name");
    if (!names.insert(column.name).second) fail("has two columns of one name");
  }
}

}  // namespace

json column_schema_to_json(const ColumnSchema& column) {
  json labels = json::array();
  for (const std::string& label : column.labels) labels.push_back(text_to_json(label));
  json object{{"name", text_to_json(column.name)},
              {"kind", to_string(column.kind)},
              {"labels", std::move(labels)},
              {"counts", column.counts},
              {"minimum", column.minimum},
              {"maximum", column.maximum},
              {"mean", column.mean},
              {"decimals", column.decimals},
              {"missing", column.missing}};
  if (column.heading) object["heading"] = text_to_json(*column.heading);
  if (column.quoted) object["quoted"] = true;
  if (column.spelling) object["spelling"] = column.spelling->to_json();
  if (!column.markers.empty()) {
    object["markers"] = json::array();
    for (const std::string& marker : column.markers) {
      object["markers"].push_back(text_to_json(marker));
    }
  }
  return object;
}

std::string to_json(const Schema& schema) {
  json columns = json::array();
  for (const ColumnSchema& column : schema.columns) {
    columns.push_back(column_schema_to_json(column));
  }
  json object{{"columns", std::move(columns)},
              {"delimiter", std::string(1, schema.delimiter)},
              {"carriage_returns", schema.carriage_returns},
              {"rows", schema.rows},
              {"fingerprint", text_to_json(schema.fingerprint)}};
  if (schema.style != CsvStyle{}) object["style"] = style_json(schema.style);
  return object.dump();
}

Schema schema_from_json(std::string_view text) {
  const json parsed = parsed_schema(text);
  const std::string where = "the schema";
  Schema schema;
  for (const json& column : array_of(parsed, "columns", where)) {
    const std::string which = fmt::format("column {}", schema.columns.size() + 1);
    schema.columns.push_back(column_schema_from_json(column, which));
  }
  if (schema.columns.empty()) fail("has no columns");
  check_names(schema);
  const std::string delimiter = text_of(parsed, "delimiter", where);
  if (delimiter.size() != 1 || !separates_cells(delimiter.front())) {
    fail("\"delimiter\" is not one usable byte");
  }
  schema.delimiter = delimiter.front();
  const json& returns = member(parsed, "carriage_returns", where);
  if (!returns.is_boolean()) fail("\"carriage_returns\" is neither true nor false");
  schema.carriage_returns = returns.get<bool>();
  if (parsed.contains("style")) schema.style = style_from(parsed.at("style"));
  schema.rows = unsigned_of(parsed, "rows", where);
  schema.fingerprint = text_of(parsed, "fingerprint", where);
  return schema;
}

}  // namespace cuvae
