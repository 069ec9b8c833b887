#include "csv/row_formatter.hpp"

#include <gtest/gtest.h>

#include "csv/quoting.hpp"
#include "plain_format.hpp"
#include "rows/codings.hpp"

namespace cuvae::test {
namespace {

std::string formatted(const Schema& schema, FakeGenerator& generator, std::uint64_t first_row,
                      std::uint32_t rows, std::uint32_t block_rows) {
  const RowFormatter formatter(schema);
  RowFormatter::Scratch scratch(formatter);
  TextBuffer text;
  for (std::uint32_t begin = 0; begin < rows; begin += block_rows) {
    const std::uint32_t count = std::min(block_rows, rows - begin);
    formatter.format(generator.codes(0, first_row + begin, count), scratch, text);
  }
  return std::string(text.text());
}

// Every code of one column, in order, one a line.
std::string every_code(const ColumnSchema& column) {
  Schema schema;
  schema.columns = {column};
  const ColumnCoding coding = codings_of(schema).front();
  const RowFormatter formatter(schema);
  RowFormatter::Scratch scratch(formatter);
  std::vector<std::byte> cells(std::size_t{coding.span + 1} * coding.width + 64);
  for (std::uint32_t code = 0; code <= coding.span; ++code) {
    std::memcpy(cells.data() + std::size_t{code} * coding.width, &code, coding.width);
  }
  TextBuffer text;
  formatter.format({0, coding.span + 1, {cells.data()}}, scratch, text);
  return std::string(text.text());
}

std::string real_cell(const ColumnSchema& column, float encoded) {
  return CellFormat::of(column).spell(real_number_of(column, encoded));
}

TEST(RowFormatter, EqualsThePlainFormatterForRandomSchemas) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    const Schema schema = random_schema(seed);
    FakeGenerator generator(schema, 500, 1, seed + 1);
    ASSERT_EQ(formatted(schema, generator, 0, 500, 500), plain_rows(schema, generator, 0, 500))
        << "seed " << seed;
  }
}

TEST(RowFormatter, BlocksOfAnySizeGiveTheSameBytes) {
  const Schema schema = random_schema(7);
  FakeGenerator generator(schema, 700, 1, 1);
  const std::string whole = formatted(schema, generator, 3, 700, 700);
  for (const std::uint32_t block : {1U, 2U, 127U, 128U, 129U, 699U}) {
    EXPECT_EQ(formatted(schema, generator, 3, 700, block), whole) << block << " rows a block";
  }
}

TEST(RowFormatter, CountsThroughZeroInCents) {
  std::string expected;
  for (int cents = -250; cents <= 150; ++cents) {
    const int magnitude = std::abs(cents);
    expected += (cents < 0 ? "$-" : "$") + std::to_string(magnitude / 100) + '.' +
                std::to_string(100 + magnitude % 100).substr(1) + '\n';
  }
  EXPECT_EQ(every_code(value_column("a", ColumnKind::currency, -2.5, 1.5, 2)), expected);
}

// The same numbers by each way that the formatter has for them: one table, two tables, digits.
TEST(RowFormatter, SplitsNumbersOfEveryRangeAtThePoint) {
  struct Case {
    double minimum;
    double maximum;
    int decimals;
  };
  for (const Case& range :
       {Case{-30.01, 20.2, 2}, Case{-150.5, 0, 1}, Case{-99.999, -7.125, 3}, Case{7.5, 312.25, 2},
        Case{0, 99999, 0}, Case{-40000, 40000, 0}, Case{-20000.5, 19999.5, 1},
        Case{-0.00012, 0.00345, 5}, Case{-1.0001234, -0.9999876, 7}, Case{-0.0000999, 0.0123456, 7},
        Case{2.0000001, 2.0100001, 7}, Case{1e9, 1e9 + 500, 2}, Case{-1e12, -1e12 + 300, 1},
        Case{0.000000001, 0.00002, 9}, Case{21474836, 21474836.47, 2}, Case{0, 1e-9, 12}}) {
    Schema schema;
    schema.columns = {
        value_column("a", ColumnKind::continuous, range.minimum, range.maximum, range.decimals)};
    const auto ticks = ticks_of(schema.columns[0]);
    ASSERT_TRUE(ticks.has_value()) << range.minimum;
    const std::string text = every_code(schema.columns[0]);
    std::string expected;
    for (std::uint32_t code = 0; code <= ticks->span; ++code) {
      expected += plain_cell(schema.columns[0], code, ',') + '\n';
    }
    ASSERT_EQ(text, expected) << range.minimum << " to " << range.maximum;
  }
}

TEST(RowFormatter, QuotesOnlyWhatNeedsIt) {
  const std::string text = every_code(label_column(
      "a", {"plain", " blanks ", "a,b", "say \"hi\"", "two\nlines", "cr\r", "\"", "a;b\t|"}));
  EXPECT_EQ(text,
            "plain\n blanks \n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n\"cr\r\"\n\"\"\"\"\n"
            "a;b\t|\n");
}

TEST(RowFormatter, ALoneEmptyCellIsNotAnEmptyLine) {
  EXPECT_EQ(every_code(label_column("a", {"x", ""})), "x\n\"\"\n");
}

TEST(RowFormatter, EmptyCellsBetweenDelimitersAreEmpty) {
  Schema schema;
  schema.columns = {label_column("a", {""}), label_column("b", {""}), label_column("c", {""})};
  FakeGenerator generator(schema, 2, 1, 1);
  EXPECT_EQ(formatted(schema, generator, 0, 2, 2), ",,\n,,\n");
}

TEST(RowFormatter, CellsMuchLongerThanTheBufferArrive) {
  Schema schema;
  schema.columns = {label_column("a", {std::string(3'000'000, 'x'), "y"}),
                    label_column("b", {"1", std::string(70, 'z')})};
  FakeGenerator generator(schema, 16, 1, 5);
  EXPECT_EQ(formatted(schema, generator, 0, 16, 16), plain_rows(schema, generator, 0, 16));
  EXPECT_LE(RowFormatter(schema).rows_per_chunk(), 8U);
}

TEST(RowFormatter, ManyShortLabelsBesideOneLongStayCompact) {
  std::vector<std::string> labels;
  for (int i = 0; i < 100'000; ++i) labels.push_back(std::to_string(i));
  labels.push_back(std::string(50, 'x'));
  Schema schema;
  schema.columns = {label_column("a", labels)};
  const RowPlan plan(schema);
  ASSERT_EQ(plan.segments.size(), 1U);
  const Segment& segment = plan.segments.front();
  EXPECT_LT(segment.table.size() + segment.offsets.size() * 8, std::size_t{2'000'000});
  FakeGenerator generator(schema, 1000, 1, 5);
  EXPECT_EQ(formatted(schema, generator, 0, 1000, 100), plain_rows(schema, generator, 0, 1000));
}

TEST(RowFormatter, RealColumnsKeepTheirDecimalsAndReadBack) {
  const ColumnSchema fixed = value_column("a", ColumnKind::continuous, -1e9, 1e9, 3);
  const ColumnSchema shortest = value_column("a", ColumnKind::continuous, 1e-300, 1e300, -1);
  ASSERT_FALSE(ticks_of(fixed).has_value());
  EXPECT_EQ(real_cell(fixed, 0.0F), "-1000000000.000");
  EXPECT_EQ(real_cell(fixed, 0.5F), "0.000");
  EXPECT_EQ(real_cell(fixed, 1.0F), "1000000000.000");
  EXPECT_EQ(real_cell(shortest, 1.0F), "1e+300");
  EXPECT_EQ(real_cell(shortest, 0.0F), "1e-300");
  const ColumnSchema tiny = value_column("a", ColumnKind::continuous, -1e-30, 1e-30, 30);
  EXPECT_EQ(real_cell(tiny, 0.0F), "-0.000000000000000000000000000001");
  const ColumnSchema currency = value_column("a", ColumnKind::currency, -1e9, 1e9, 2);
  EXPECT_EQ(real_cell(currency, 0.0F), "$-1000000000.00");
  EXPECT_EQ(real_cell(currency, 0.5F), "$0.00");
}

TEST(RowFormatter, ARangeBeyondDoublesStaysWithinIt) {
  const ColumnSchema wide = value_column("a", ColumnKind::continuous, -1.5e308, 1.5e308, -1);
  for (const float encoded : {0.0F, 0.25F, 0.5F, 1.0F}) {
    const std::string cell = real_cell(wide, encoded);
    EXPECT_EQ(std::strtod(cell.c_str(), nullptr), 1.5e308 * (2 * static_cast<double>(encoded) - 1));
  }
}

TEST(RowFormatter, ANumberThatRoundsToZeroHasNoSign) {
  const ColumnSchema column = value_column("a", ColumnKind::continuous, -1e-4, 1e9, 2);
  ColumnSchema real = column;
  real.maximum = 1e10;
  ASSERT_FALSE(ticks_of(real).has_value());
  EXPECT_EQ(real_cell(real, 0.0F), "0.00");
}

TEST(Codings, CountLabelsAndTicks) {
  Schema schema;
  schema.columns = {label_column("a", {"x"}),
                    label_column("b", std::vector<std::string>(256, "x")),
                    label_column("c", std::vector<std::string>(257, "x")),
                    label_column("d", std::vector<std::string>(65537, "x")),
                    value_column("e", ColumnKind::currency, -0.1, 0.2, 2),
                    value_column("f", ColumnKind::currency, 1, 2, 0),
                    value_column("g", ColumnKind::continuous, 0.1, 0.3, 1),
                    value_column("h", ColumnKind::continuous, 0, 536870911, 0),
                    value_column("i", ColumnKind::continuous, 0, 536870912, 0),
                    value_column("j", ColumnKind::continuous, 0, 1, -1),
                    value_column("k", ColumnKind::continuous, 5, 5, 2),
                    value_column("l", ColumnKind::continuous, 9e15, 9e15 + 2, 1)};
  struct Expected {
    bool real;
    std::uint32_t span;
    std::uint32_t width;
  };
  const Expected expected[] = {{false, 0, 1},     {false, 255, 1},       {false, 256, 2},
                               {false, 65536, 4}, {false, 30, 1},        {false, 100, 1},
                               {false, 2, 1},     {false, 536870911, 4}, {true, 0, 4},
                               {true, 0, 4},      {false, 0, 1},         {true, 0, 4}};
  const auto codings = codings_of(schema);
  ASSERT_EQ(codings.size(), std::size(expected));
  for (std::size_t i = 0; i < codings.size(); ++i) {
    EXPECT_EQ(codings[i].real, expected[i].real) << i;
    EXPECT_EQ(codings[i].span, expected[i].span) << i;
    EXPECT_EQ(codings[i].width, expected[i].width) << i;
  }
}

TEST(HeaderLine, QuotesNames) {
  Schema schema;
  schema.delimiter = ';';
  schema.columns = {label_column("plain", {"x"}), label_column("a;b", {"x"}),
                    label_column("a,b", {"x"}), label_column("q\"", {"x"})};
  EXPECT_EQ(header_line(schema), "plain;\"a;b\";a,b;\"q\"\"\"\n");
}

}  // namespace
}  // namespace cuvae::test
