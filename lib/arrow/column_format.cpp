#include "arrow/column_format.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <string_view>

#include <cuvae/error.hpp>

#include "text/display.hpp"

namespace cuvae {
namespace {

struct NamedType {
  std::string_view format;
  ArrowType type;
  std::int64_t units_per_second = 1;
};

constexpr std::int64_t milli = 1'000;
constexpr std::int64_t micro = 1'000'000;
constexpr std::int64_t nano = 1'000'000'000;

constexpr NamedType named_types[] = {
    {"n", ArrowType::null},
    {"b", ArrowType::boolean},
    {"c", ArrowType::int8},
    {"s", ArrowType::int16},
    {"i", ArrowType::int32},
    {"l", ArrowType::int64},
    {"C", ArrowType::uint8},
    {"S", ArrowType::uint16},
    {"I", ArrowType::uint32},
    {"L", ArrowType::uint64},
    {"e", ArrowType::float16},
    {"f", ArrowType::float32},
    {"g", ArrowType::float64},
    {"u", ArrowType::text},
    {"U", ArrowType::large_text},
    {"vu", ArrowType::text_view},
    {"tdD", ArrowType::date32},
    {"tdm", ArrowType::date64},
    {"tts", ArrowType::time32, 1},
    {"ttm", ArrowType::time32, milli},
    {"ttu", ArrowType::time64, micro},
    {"ttn", ArrowType::time64, nano},
};

// In front of ':' and the name of a time zone.
constexpr NamedType timestamps[] = {
    {"tss", ArrowType::timestamp, 1},
    {"tsm", ArrowType::timestamp, milli},
    {"tsu", ArrowType::timestamp, micro},
    {"tsn", ArrowType::timestamp, nano},
};

struct RefusedType {
  std::string_view format;  // what it begins with
  std::string_view what;
  std::string_view remedy;
};

constexpr RefusedType refused_types[] = {
    {"+l", "lists", "spread it over columns of numbers or texts"},
    {"+L", "lists", "spread it over columns of numbers or texts"},
    {"+vl", "lists", "spread it over columns of numbers or texts"},
    {"+vL", "lists", "spread it over columns of numbers or texts"},
    {"+w", "lists", "spread it over columns of numbers or texts"},
    {"+s", "structures", "give each of their fields a column of its own"},
    {"+m", "maps", "give each key a column of its own"},
    {"+u", "values of several types", "give each type a column of its own"},
    {"+r", "runs of equal values", "decode it into plain values"},
    {"z", "bytes", "cast it to text"},
    {"Z", "bytes", "cast it to text"},
    {"vz", "bytes", "cast it to text"},
    {"w:", "bytes", "cast it to text"},
    {"tD", "durations", "cast it to a number, for example of seconds"},
    {"ti", "intervals", "cast it to a number, for example of days"},
};

[[noreturn]] void refuse(const std::string& name, std::string_view format) {
  for (const RefusedType& type : refused_types) {
    if (!format.starts_with(type.format)) continue;
    throw Error(ErrorKind::data,
                fmt::format("column {} holds {}, which are not taken; {}, or leave it out with "
                            "`drop`",
                            in_quotes(name), type.what, type.remedy));
  }
  throw Error(ErrorKind::data,
              fmt::format("column {} has the Arrow type {}, which is not taken; cast it to "
                          "numbers, texts or timestamps, or leave it out with `drop`",
                          in_quotes(name), in_quotes(format)));
}

// "19,10" or "19,10,256".
bool read_decimal(std::string_view parameters, ColumnFormat& column) {
  int numbers[3] = {0, 0, 128};
  for (int i = 0; i < 3 && !parameters.empty(); ++i) {
    const char* const end = parameters.data() + parameters.size();
    const auto parsed = std::from_chars(parameters.data(), end, numbers[i]);
    if (parsed.ec != std::errc()) return false;
    parameters.remove_prefix(static_cast<std::size_t>(parsed.ptr - parameters.data()));
    if (parameters.starts_with(',')) parameters.remove_prefix(1);
  }
  column.decimals = numbers[1];
  column.bits = numbers[2];
  const bool known = column.bits == 32 || column.bits == 64 || column.bits == 128;
  constexpr int most_decimals = 1000;
  return known && parameters.empty() && column.decimals < most_decimals &&
         column.decimals > -most_decimals;
}

void read_type(std::string_view format, ColumnFormat& column) {
  for (const NamedType& type : named_types) {
    if (format != type.format) continue;
    column.type = type.type;
    column.units_per_second = type.units_per_second;
    return;
  }
  const std::size_t colon = format.find(':');
  for (const NamedType& type : timestamps) {
    if (colon == std::string_view::npos || format.substr(0, colon) != type.format) continue;
    column.type = type.type;
    column.units_per_second = type.units_per_second;
    column.zoned = colon + 1 < format.size();
    return;
  }
  if (format.starts_with("d:") && read_decimal(format.substr(2), column)) {
    column.type = ArrowType::decimal;
    return;
  }
  refuse(column.name, format);
}

ColumnFormat column_format(const ArrowSchema& schema, const std::vector<std::string>& left_out) {
  ColumnFormat column;
  column.name = schema.name == nullptr ? "" : schema.name;
  if (std::find(left_out.begin(), left_out.end(), column.name) != left_out.end()) return column;
  read_type(schema.format, column);
  if (schema.dictionary == nullptr) return column;
  column.has_dictionary = true;
  column.indices = column.type;
  if (schema.dictionary->dictionary != nullptr) {
    throw Error(ErrorKind::data,
                fmt::format("column {} has a dictionary of dictionaries; cast it to plain values",
                            in_quotes(column.name)));
  }
  read_type(schema.dictionary->format, column);
  return column;
}

}  // namespace

std::vector<ColumnFormat> column_formats(const ArrowSchema& schema,
                                         const std::vector<std::string>& left_out) {
  if (schema.format == nullptr || std::string_view(schema.format) != "+s") {
    throw Error(ErrorKind::data,
                "the stream holds single columns, not rows; give a table, a data frame or record "
                "batches");
  }
  std::vector<ColumnFormat> columns;
  for (std::int64_t c = 0; c < schema.n_children; ++c) {
    columns.push_back(column_format(*schema.children[c], left_out));
  }
  if (columns.empty()) throw Error(ErrorKind::data, "the table given has no columns; add some");
  return columns;
}

}  // namespace cuvae
