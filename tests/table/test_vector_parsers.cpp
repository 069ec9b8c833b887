// Vectors read what single cells read, whatever stands among them.
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "table/files.hpp"
#include "table/vector_parsers.hpp"

namespace {

using cuvae::SimdLevel;
using cuvae::SmallIntegers;

// Cells of one column: mostly plain, now and then of the given sort.
struct Column {
  std::vector<std::string> cells;
  SmallIntegers into;
};

// Offsets of the separators of rows "cell,cell,...\n", with what must surround them.
struct Text {
  std::string bytes;
  std::vector<std::uint32_t> separators;

  explicit Text(const std::vector<std::vector<std::string>>& rows, const std::string& line_end) {
    bytes.assign(cuvae::scan_padding, '\0');
    separators.push_back(static_cast<std::uint32_t>(0) - 1);
    for (const auto& row : rows) {
      for (std::size_t c = 0; c < row.size(); ++c) {
        bytes += row[c];
        const bool last = c + 1 == row.size();
        if (last) bytes += line_end.substr(0, line_end.size() - 1);
        separators.push_back(static_cast<std::uint32_t>(bytes.size() - cuvae::scan_padding));
        bytes += last ? '\n' : ',';
      }
    }
    bytes.append(cuvae::scan_padding, '\0');
    separators.resize(separators.size() + 64);
  }
};

template <std::size_t Suffix, class Id>
void expect_the_same(const std::vector<std::vector<std::string>>& rows, std::uint32_t base,
                     std::uint32_t limit, const std::string& line_end) {
  const cuvae::VectorParsers& vectors = *cuvae::vector_parsers(SimdLevel::avx512);
  const Text text(rows, line_end);
  const std::size_t columns = rows[0].size();
  cuvae::Batch batch{text.bytes.data() + cuvae::scan_padding, text.separators.data() + 1,
                     rows.size(), columns};
  batch.turned_stride = (rows.size() + 15) / 16 * 16;
  std::vector<std::uint32_t> turned((columns + 1) * batch.turned_stride);
  vectors.turn(batch, turned.data());
  for (std::size_t c = 0; c <= columns; ++c) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      ASSERT_EQ(turned[c * batch.turned_stride + r], text.separators[r * columns + c]);
    }
  }
  batch.turned = turned.data();
  for (std::size_t c = 0; c < columns; ++c) {
    SmallIntegers expected{base, std::vector<std::uint32_t>(limit + 1)};
    SmallIntegers found = expected;
    std::vector<Id> expected_ids(rows.size() + 1, 77);
    std::vector<Id> ids = expected_ids;
    const std::size_t misfit =
        cuvae::parse_small_integers<Suffix>(batch, c, expected, expected_ids.data());
    const auto parse = Suffix == 0 ? vectors.parse_whole : vectors.parse_with_point;
    ASSERT_EQ(parse(batch, c, found, ids.data(), sizeof(Id)), misfit) << "column " << c;
    if (misfit != cuvae::all_fit) continue;
    EXPECT_EQ(ids, expected_ids) << "column " << c;
    EXPECT_EQ(found.counts, expected.counts) << "column " << c;
  }
}

std::string plain(std::mt19937_64& random, std::uint32_t base, std::uint32_t limit,
                  const char* suffix) {
  return std::to_string(base + random() % limit) + suffix;
}

template <std::size_t Suffix, class Id>
void try_many(std::uint32_t base, std::uint32_t limit) {
  const char* suffix = Suffix == 2 ? ".0" : "";
  const std::vector<std::string> odd{
      "",     "0",     "00",        "007",        "-1",      "+1",  "1a",       "a1",       "1.0",
      "1.5",  "\"3\"", "\"3.0\"",   "\"\"",       " 1",      "1 ",  "12345678", ".0",       "1.00",
      "1:00", "1/2",   "123456789", "4294967297", "99999.0", "0.0", "00.0",     "1234567.0"};
  std::mt19937_64 random(base + limit + Suffix);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::vector<std::string>> rows(1 + random() % 70);
    const std::size_t columns = 1 + random() % 40;
    const std::uint64_t oddness = round % 4 == 0 ? 0 : random() % 60;
    for (auto& row : rows) {
      for (std::size_t c = 0; c < columns; ++c) {
        const bool any = oddness != 0 && random() % (rows.size() * 60 / oddness + 1) == 0;
        row.push_back(any                 ? odd[random() % odd.size()]
                      : random() % 9 == 0 ? ""
                                          : plain(random, base, limit, suffix));
      }
    }
    expect_the_same<Suffix, Id>(rows, base, limit, round % 3 == 0 ? "\r\n" : "\n");
    if (testing::Test::HasFailure()) return;
  }
}

TEST(VectorParsers, ReadIntegersAsSingleCellsAreRead) {
  if (cuvae::simd_level() != SimdLevel::avx512) GTEST_SKIP() << "this processor has no AVX-512";
  try_many<0, std::uint8_t>(0, 255);
  try_many<0, std::uint8_t>(1950, 120);
  try_many<0, std::uint16_t>(0, 9);
  try_many<0, std::uint16_t>(0, 65535);
  try_many<0, std::uint32_t>(0, SmallIntegers::most);
  try_many<2, std::uint8_t>(3, 200);
  try_many<2, std::uint32_t>(0, 100000);
}

// A column whose sample is narrow and whose cells are not is read again, and keeps what it is.
TEST(VectorParsers, IntegersBeyondTheSampleAreStillIntegers) {
  for (const char* suffix : {"", ".0"}) {
    std::string text = "a,b\n";
    for (int row = 0; row < 5000; ++row) {
      text += std::to_string(1990 + row % 30) + suffix + ',';
      text += std::to_string(row == 4321 ? 70000 : row % 200) + suffix + '\n';
    }
    cuvae::ReadSettings settings;
    settings.simd = cuvae::simd_level();
    settings.rows_per_place = 500;
    settings.sampled_places = 1;
    const cuvae::Table table = files::read(text, {}, settings);
    ASSERT_EQ(table.columns[1].labels.size(), 201U);
    EXPECT_EQ(table.columns[1].kind, cuvae::ColumnKind::ordinal);
    EXPECT_EQ(table.columns[1].labels.back(), std::string("70000") + suffix);
    EXPECT_EQ(table.columns[0].labels.front(), std::string("1990") + suffix);
    EXPECT_EQ(table.columns[1].codes[4321], 200U);
    EXPECT_EQ(table.columns[1].codes[4322], 122U);
  }
}

}  // namespace
