#include <bit>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include <cuvae/error.hpp>
#include <cuvae/matrix.hpp>
#include <cuvae/schema.hpp>

namespace {

using namespace cuvae;
using nlohmann::json;

json load(const std::string& name) {
  std::ifstream file(std::string(CUVAE_TEST_DATA) + "/" + name);
  return json::parse(file);
}

struct Encoded {
  Table table;
  Schema schema;
  Matrix matrix;
};

Encoded encode_file(const std::string& path, unsigned threads = 2) {
  Monitor monitor;
  ReadOptions options;
  options.threads = threads;
  // The reference knows no keys.
  for (const Column& column : read_csv(path, options, monitor).columns) {
    options.keep.push_back(column.name);
  }
  Encoded result;
  result.table = read_csv(path, options, monitor);
  result.schema = make_schema(result.table);
  result.matrix = encode(result.table, result.schema, {threads}, monitor);
  return result;
}

void expect_schema(const ColumnSchema& column, const json& expected) {
  EXPECT_EQ(column.name, expected["name"].get<std::string>());
  // Amounts that are spelled in a way of their own are numbers here.
  if (!column.spelling) {
    EXPECT_EQ(to_string(column.kind), expected["kind"].get<std::string>());
  }
  EXPECT_EQ(column.minimum, expected["minimum"].get<double>());
  EXPECT_EQ(column.maximum, expected["maximum"].get<double>());
  if (is_coded(column.kind)) {
    EXPECT_EQ(column.labels, expected["labels"].get<std::vector<std::string>>());
  } else {
    EXPECT_EQ(column.mean, expected["mean"].get<double>());
  }
}

class Fixture : public testing::TestWithParam<const char*> {};

TEST_P(Fixture, EncodesToTheBitsOfTheReference) {
  const json expected = load(std::string("encode/") + GetParam() + ".json");
  const Encoded encoded =
      encode_file(std::string(CUVAE_TEST_DATA) + "/encode/" + GetParam() + ".csv");
  ASSERT_EQ(encoded.matrix.rows(), expected["rows"].get<std::uint64_t>());
  ASSERT_EQ(encoded.matrix.columns(), expected["columns"].size());
  ASSERT_EQ(encoded.matrix.stride() % 16, 0U);
  for (std::uint32_t c = 0; c < encoded.matrix.columns(); ++c) {
    const json& column = expected["columns"][c];
    SCOPED_TRACE(column["name"].get<std::string>());
    expect_schema(encoded.schema.columns[c], column);
    for (std::uint64_t r = 0; r < encoded.matrix.rows(); ++r) {
      const auto wanted = static_cast<float>(column["encoded"][r].get<double>());
      ASSERT_EQ(std::bit_cast<std::uint32_t>(encoded.matrix.row(r)[c]),
                std::bit_cast<std::uint32_t>(wanted))
          << "row " << r;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Fixture, testing::Values("kinds", "kinds_semicolon_crlf_mark"),
                         [](const auto& which) { return std::string(which.param); });

// The real table may not be kept here: set CUVAE_SAMPLE to its path.
TEST(Golden, RealSampleEncodesAsRecorded) {
  const char* sample = std::getenv("CUVAE_SAMPLE");
  if (sample == nullptr) GTEST_SKIP() << "set CUVAE_SAMPLE to the card sample to run this test";
  const json expected = load("golden/encoding.json");
  const Encoded encoded = encode_file(sample);
  ASSERT_EQ(encoded.matrix.rows(), expected["rows"].get<std::uint64_t>());
  ASSERT_EQ(encoded.matrix.columns(), expected["columns"].size());
  for (std::uint32_t c = 0; c < encoded.matrix.columns(); ++c) {
    expect_schema(encoded.schema.columns[c], expected["columns"][c]);
    double sum = 0;
    for (std::uint64_t r = 0; r < encoded.matrix.rows(); ++r) {
      sum += static_cast<double>(encoded.matrix.row(r)[c]);
    }
    const double wanted = expected["column_sums"][c].get<double>();
    EXPECT_NEAR(sum, wanted, 1e-7 * static_cast<double>(encoded.matrix.rows()));
  }
  const json& rows = expected["sampled_rows"];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const float* row = encoded.matrix.row(rows[i].get<std::uint64_t>());
    for (std::uint32_t c = 0; c < encoded.matrix.columns(); ++c) {
      ASSERT_EQ(row[c], static_cast<float>(expected["sampled_matrix"][i][c].get<double>()))
          << "row " << rows[i] << ", column " << c;
    }
  }
}

Table small_table() {
  Table table;
  table.rows = 4;
  table.fingerprint = "cuvae-0";
  Column& city = table.columns.emplace_back();
  city.name = "City";
  city.labels = {"A", "B", ""};
  city.counts = {1, 2, 1};
  city.missing = 1;
  city.codes = CodeVector(4, 3);
  city.codes.visit([]<class T>(std::span<T> codes) {
    codes[0] = 1;
    codes[2] = 2;
    codes[3] = 1;
  });
  Column& amount = table.columns.emplace_back();
  amount.name = "Amount";
  amount.kind = ColumnKind::currency;
  amount.values = {3, std::nan(""), 1, 2};
  amount.missing = 1;
  amount.decimals = 2;
  return table;
}

TEST(Encode, PadsRowsWithZerosAndFillsInTheMean) {
  const Table table = small_table();
  Monitor monitor;
  const Matrix matrix = encode(table, make_schema(table), {3}, monitor);
  EXPECT_EQ(matrix.stride(), 16U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(matrix.row(0)) % 64, 0U);
  const float expected[4][2] = {{0.5F, 1}, {0, 0.5F}, {1, 0}, {0.5F, 0.5F}};
  for (std::uint64_t r = 0; r < 4; ++r) {
    for (std::uint32_t c = 0; c < 16; ++c) {
      EXPECT_EQ(matrix.row(r)[c], c < 2 ? expected[r][c] : 0);
    }
  }
}

TEST(Encode, ThreadsChangeNothing) {
  Table table;
  table.rows = 40000;
  std::mt19937_64 random(3);
  Column& column = table.columns.emplace_back();
  column.name = "x";
  column.kind = ColumnKind::continuous;
  for (std::uint64_t r = 0; r < table.rows; ++r) {
    column.values.push_back(static_cast<double>(random() % 1000003) / 1000.0);
  }
  const Schema schema = make_schema(table);
  Monitor monitor;
  const Matrix one = encode(table, schema, {1}, monitor);
  const Matrix seven = encode(table, schema, {7}, monitor);
  for (std::uint64_t r = 0; r < table.rows; ++r) ASSERT_EQ(one.row(r)[0], seven.row(r)[0]);
}

TEST(Encode, LabelsAreFoundInAnotherTablesSchema) {
  const Table table = small_table();
  Schema schema = make_schema(table);
  schema.columns[0].labels = {"0", "A", "B", "C", ""};
  schema.columns[0].counts = {1, 1, 1, 1, 1};
  schema.columns[0].maximum = 4;
  Monitor monitor;
  const Matrix matrix = encode(table, schema, {1}, monitor);
  EXPECT_EQ(matrix.row(0)[0], 0.5F);
  EXPECT_EQ(matrix.row(2)[0], 1.0F);
  schema.columns[0].labels[2] = "b";
  EXPECT_THROW(encode(table, schema, {1}, monitor), Error);
  schema.columns.pop_back();
  EXPECT_THROW(encode(table, schema, {1}, monitor), Error);
}

TEST(Encode, ValueColumnsNeedANumberAndAFiniteRange) {
  Table table = small_table();
  table.columns[1].values = {1e308, -1e308, 0, 0};
  table.columns[1].missing = 0;
  EXPECT_THROW(make_schema(table), Error);
  table.columns[1].values.assign(4, std::nan(""));
  table.columns[1].missing = 4;
  try {
    make_schema(table);
    ADD_FAILURE() << "a column without numbers was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_NE(std::string(error.what()).find("'Amount'"), std::string::npos);
  }
}

TEST(Encode, RefusesInfiniteResults) {
  Table table = small_table();
  Schema schema = make_schema(table);
  schema.columns[1].maximum = 1 + 1e-300;
  table.columns[1].values[3] = std::numeric_limits<double>::infinity();
  Monitor monitor;
  try {
    encode(table, schema, {1}, monitor);
    ADD_FAILURE() << "an infinite value was taken";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("column 'Amount', row 4"), std::string::npos);
  }
}

TEST(SchemaJson, ReadsBackBitForBit) {
  Schema schema = make_schema(small_table());
  schema.delimiter = '\t';
  schema.carriage_returns = true;
  ColumnSchema& city = schema.columns[0];
  city.labels = {"\"quoted\"", "Z\xC3\xBCrich", "\xFF\xFE\x01", "caf\xE9", "{\"hex\"}", ""};
  city.counts = {1, 2, 3, 4, std::numeric_limits<std::uint64_t>::max(), 6};
  city.maximum = 5;
  city.name = "\xED\xA0\x80";  // a surrogate: no UTF-8
  std::mt19937_64 random(1);
  for (int i = 0; i < 500; ++i) {
    ColumnSchema& value = schema.columns.emplace_back();
    value.name = fmt::format("v{}", i);
    value.kind = ColumnKind::continuous;
    value.decimals = i % 5 - 1;
    value.mean = std::bit_cast<double>(random());
    if (!std::isfinite(value.mean)) value.mean = std::numeric_limits<double>::denorm_min();
    value.minimum = i == 0 ? -0.0 : std::min(value.mean, 0.1);
    value.maximum = std::max(value.mean, 0.1);
  }
  const std::string text = to_json(schema);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_NE(text.find("Z\xC3\xBCrich"), std::string::npos);
  const Schema back = schema_from_json(text);
  EXPECT_EQ(back, schema);
  for (std::size_t c = 0; c < schema.columns.size(); ++c) {
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back.columns[c].mean),
              std::bit_cast<std::uint64_t>(schema.columns[c].mean));
    EXPECT_EQ(std::signbit(back.columns[c].minimum), std::signbit(schema.columns[c].minimum));
  }
}

TEST(SchemaJson, DamageIsRefused) {
  const json good = json::parse(to_json(make_schema(small_table())));
  ASSERT_NO_THROW(schema_from_json(good.dump()));
  const std::pair<const char*, json> changes[] = {
      {"/columns", json::array()},
      {"/columns", 5},
      {"/columns/0/kind", "number"},
      {"/columns/0/kind", 3},
      {"/columns/0/labels", json::array({"A", "A", ""})},
      {"/columns/0/labels", json::array({"A"})},
      {"/columns/0/labels", json::array()},
      {"/columns/0/labels/0", 5},
      {"/columns/0/labels/0", json{{"hex", "4"}}},
      {"/columns/0/labels/0", json{{"hex", "4G"}}},
      {"/columns/0/counts/0", -1},
      {"/columns/0/counts/0", 1.5},
      {"/columns/0/maximum", 7},
      {"/columns/0/missing", "x"},
      {"/columns/0/decimals", -2},
      {"/columns/0/decimals", 1.5},
      {"/columns/1/labels", json::array({"A"})},
      {"/columns/1/minimum", 9},
      {"/columns/1/mean", nullptr},
      {"/delimiter", ""},
      {"/delimiter", "\""},
      {"/delimiter", "7"},
      {"/delimiter", "-"},
      {"/columns/0/name", ""},
      {"/columns/0/name", good["columns"][1]["name"]},
      {"/carriage_returns", 1},
      {"/rows", -5},
  };
  for (const auto& [place, value] : changes) {
    json bad = good;
    bad[json::json_pointer(place)] = value;
    try {
      schema_from_json(bad.dump());
      ADD_FAILURE() << place << " = " << value;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data);
    }
  }
  for (const auto& [name, value] : good.items()) {
    json bad = good;
    bad.erase(name);
    EXPECT_THROW(schema_from_json(bad.dump()), Error) << name;
  }
  for (const auto& [name, value] : good["columns"][0].items()) {
    json bad = good;
    bad["columns"][0].erase(name);
    EXPECT_THROW(schema_from_json(bad.dump()), Error) << name;
  }
  const std::string text = good.dump();
  for (std::size_t size = 0; size < text.size(); size += 7) {
    EXPECT_THROW(schema_from_json(text.substr(0, size)), Error);
  }
}

}  // namespace
