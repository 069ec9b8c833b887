// Vectors read what single cells read, whatever stands among them.
#include "csv/vector_parsers.hpp"

#include <algorithm>
#include <bit>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "files.hpp"

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

// A batch with its separators by column, too.
struct TurnedText : Text {
  std::vector<std::uint32_t> turned;
  cuvae::Batch batch;

  TurnedText(const std::vector<std::vector<std::string>>& rows, const std::string& line_end)
      : Text(rows, line_end),
        batch{bytes.data() + cuvae::scan_padding, separators.data() + 1, rows.size(),
              rows[0].size()} {
    batch.turned_stride = (rows.size() + 15) / 16 * 16;
    turned.resize((batch.columns + 1) * batch.turned_stride);
    cuvae::vector_parsers(SimdLevel::avx512)->turn(batch, turned.data());
    batch.turned = turned.data();
  }
  TurnedText(const TurnedText&) = delete;
  TurnedText& operator=(const TurnedText&) = delete;
};

void expect_turned(const TurnedText& text) {
  const cuvae::Batch& batch = text.batch;
  for (std::size_t c = 0; c <= batch.columns; ++c) {
    for (std::size_t r = 0; r < batch.rows; ++r) {
      ASSERT_EQ(text.turned[c * batch.turned_stride + r], text.separators[r * batch.columns + c]);
    }
  }
}

// Both parse every column alike: the same row does not fit, or the same ids and counts.
template <class Id, class Cells, class Vectors>
void expect_the_same_integers(const cuvae::Batch& batch, const SmallIntegers& empty,
                              Cells&& by_cells, Vectors&& by_vectors) {
  SmallIntegers expected;
  SmallIntegers found;
  for (std::size_t c = 0; c < batch.columns; ++c) {
    expected = empty;
    found = empty;
    std::vector<Id> expected_ids(batch.rows + 1, 77);
    std::vector<Id> ids = expected_ids;
    const std::size_t misfit = by_cells(batch, c, expected, expected_ids.data());
    ASSERT_EQ(by_vectors(batch, c, found, ids.data(), sizeof(Id)), misfit) << "column " << c;
    if (misfit != cuvae::all_fit) continue;
    EXPECT_EQ(ids, expected_ids) << "column " << c;
    EXPECT_EQ(found.counts, expected.counts) << "column " << c;
  }
}

template <std::size_t Suffix, class Id>
void expect_the_same(const std::vector<std::vector<std::string>>& rows, std::uint32_t base,
                     std::uint32_t limit, const std::string& line_end) {
  const cuvae::VectorParsers& vectors = *cuvae::vector_parsers(SimdLevel::avx512);
  const TurnedText text(rows, line_end);
  expect_turned(text);
  expect_the_same_integers<Id>(text.batch,
                               SmallIntegers{base, std::vector<std::uint32_t>(limit + 1)},
                               cuvae::parse_small_integers<Suffix, Id>,
                               Suffix == 0 ? vectors.parse_whole : vectors.parse_with_point);
}

// Rows of up to 400 with one of the usual cells in most places and an odd one in some.
template <class Usual>
std::vector<std::vector<std::string>> some_rows(std::mt19937_64& random, Usual&& usual,
                                                const std::vector<std::string>& odd) {
  std::vector<std::vector<std::string>> rows(1 + random() % 400);
  const std::size_t columns = 1 + random() % 20;
  const std::uint64_t oddness = random() % 4 == 0 ? 0 : 1 + random() % 100;
  for (auto& row : rows) {
    for (std::size_t c = 0; c < columns; ++c) {
      const bool any = random() % 400 < oddness;
      row.push_back(any ? odd[random() % odd.size()] : usual(c));
    }
  }
  return rows;
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
  if (cuvae::choose_simd_level() != SimdLevel::avx512)
    GTEST_SKIP() << "this processor has no AVX-512";
  try_many<0, std::uint8_t>(0, 255);
  try_many<0, std::uint8_t>(1950, 120);
  try_many<0, std::uint16_t>(0, 9);
  try_many<0, std::uint16_t>(0, 65535);
  try_many<0, std::uint32_t>(0, SmallIntegers::most / 8);
  try_many<0, std::uint32_t>(SmallIntegers::most - 1000, 1000);
  try_many<2, std::uint8_t>(3, 200);
  try_many<2, std::uint32_t>(0, 100000);
}

TEST(VectorParsers, ReadClockTimesAsSingleCellsAreRead) {
  if (cuvae::choose_simd_level() != SimdLevel::avx512)
    GTEST_SKIP() << "this processor has no AVX-512";
  const std::vector<std::string> odd{"",      "24:00", "23:60", "7:30",      "07:3",
                                     "12-30", "1a:30", "12:3b", "\"09:15\"", "12:30:00",
                                     ":::::", "99:99", "\"\"",  "2/:00"};
  std::mt19937_64 random(24);
  for (int round = 0; round < 300; ++round) {
    const auto usual = [&](std::size_t c) {
      const std::uint64_t minute = c % 3 == 0 ? 600 : random() % 1440;
      std::string text = std::to_string(100 + minute / 60).substr(1) + ':';
      return text + std::to_string(100 + minute % 60).substr(1);
    };
    // Only what fits, in some rounds, so that whole columns do.
    const auto rows =
        some_rows(random, usual, round % 3 == 0 ? std::vector<std::string>{"", "\"09:15\""} : odd);
    const TurnedText text(rows, round % 2 == 0 ? "\r\n" : "\n");
    expect_the_same_integers<std::uint16_t>(
        text.batch, SmallIntegers{0, std::vector<std::uint32_t>(cuvae::minutes_a_day + 1)},
        cuvae::parse_clock_times<std::uint16_t>,
        cuvae::vector_parsers(SimdLevel::avx512)->parse_clock_times);
    if (testing::Test::HasFailure()) return;
  }
}

template <class Id>
void expect_the_same_texts(const cuvae::Batch& batch) {
  for (std::size_t c = 0; c < batch.columns; ++c) {
    cuvae::Dictionary expected;
    cuvae::Dictionary found;
    std::vector<Id> expected_ids(batch.rows + 1, 77);
    std::vector<Id> ids = expected_ids;
    const std::size_t misfit = cuvae::parse_texts(batch, c, expected, expected_ids.data());
    const auto parse = cuvae::vector_parsers(SimdLevel::avx512)->parse_texts;
    ASSERT_EQ(parse(batch, c, found, ids.data(), sizeof(Id)), misfit) << "column " << c;
    if (misfit != cuvae::all_fit) continue;
    // New texts of sixteen rows may get their numbers in another order.
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t r = 0; r < batch.rows; ++r) {
      ASSERT_EQ(found.text(ids[r]), expected.text(expected_ids[r])) << "row " << r;
    }
    EXPECT_EQ(ids.back(), 77);
    std::map<std::string, std::uint64_t> counts;
    std::map<std::string, std::uint64_t> expected_counts;
    for (std::uint32_t id = 0; id < found.size(); ++id) {
      counts[std::string(found.text(id))] = found.counts()[id];
      expected_counts[std::string(expected.text(id))] = expected.counts()[id];
    }
    EXPECT_EQ(counts, expected_counts) << "column " << c;
  }
}

TEST(VectorParsers, ReadTextsAsSingleCellsAreRead) {
  if (cuvae::choose_simd_level() != SimdLevel::avx512)
    GTEST_SKIP() << "this processor has no AVX-512";
  const std::string long_text(31, 'x');
  const std::vector<std::string> odd{"",
                                     "\"\"",
                                     "\"quoted, text\"",
                                     "\"with \"\"quotes\"\"\"",
                                     "\"\"\"No\"\"\"",
                                     "\"No\"",
                                     "No",
                                     long_text,
                                     long_text + 'y',
                                     long_text + "yz",
                                     "\"" + long_text + "\"",
                                     "a text of forty bytes, give or take some",
                                     "q"};
  std::mt19937_64 random(31);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t distinct = std::uint64_t{1} << random() % 10;
    const auto usual = [&](std::size_t c) -> std::string {
      if (c % 4 == 0) return "No";
      if (c % 4 == 1) return "";
      const std::string number = std::to_string(random() % distinct);
      return c % 4 == 2 ? number : number + std::string(random() % 29, 'k');
    };
    const auto rows = some_rows(random, usual, odd);
    // Quotes need separators that are not in them.
    std::vector<std::vector<std::string>> plain_rows = rows;
    for (auto& row : plain_rows) {
      for (auto& text : row) std::replace(text.begin(), text.end(), ',', ';');
    }
    const TurnedText text(plain_rows, round % 2 == 0 ? "\r\n" : "\n");
    expect_the_same_texts<std::uint8_t>(text.batch);
    expect_the_same_texts<std::uint16_t>(text.batch);
    expect_the_same_texts<std::uint32_t>(text.batch);
    if (testing::Test::HasFailure()) return;
  }
}

template <bool Currency>
void expect_the_same_numbers(const cuvae::Batch& batch) {
  const cuvae::VectorParsers& vectors = *cuvae::vector_parsers(SimdLevel::avx512);
  for (std::size_t c = 0; c < batch.columns; ++c) {
    cuvae::Numbers expected;
    cuvae::Numbers found;
    std::vector<double> expected_values(batch.rows + 1, 77);
    std::vector<double> values = expected_values;
    const std::size_t misfit =
        cuvae::parse_numbers<Currency>(batch, c, expected, expected_values.data());
    const auto parse = Currency ? vectors.parse_currency : vectors.parse_numbers;
    ASSERT_EQ(parse(batch, c, found, values.data()), misfit) << "column " << c;
    if (misfit != cuvae::all_fit) continue;
    for (std::size_t r = 0; r <= batch.rows; ++r) {
      ASSERT_EQ(std::bit_cast<std::uint64_t>(values[r]),
                std::bit_cast<std::uint64_t>(expected_values[r]))
          << "row " << r << ": " << values[r] << " for " << expected_values[r];
    }
    EXPECT_EQ(found.decimals, expected.decimals);
    EXPECT_EQ(found.exponents, expected.exponents);
    EXPECT_EQ(found.missing, expected.missing);
    EXPECT_EQ(found.whole, expected.whole);
  }
}

TEST(VectorParsers, ReadNumbersAsSingleCellsAreRead) {
  if (cuvae::choose_simd_level() != SimdLevel::avx512)
    GTEST_SKIP() << "this processor has no AVX-512";
  const std::vector<std::string> fits{"",         "0",       "1",       "-1",        "-0.0",
                                      ".5",       "5.",      "1.25",    "-0",        "123456.78",
                                      "1e5",      "-1.5e-3", "\"2.5\"", "1234567.8", "0.00001",
                                      "12345678", "+1",      "000.50"};
  std::vector<std::string> odd = fits;
  for (const char* text : {"1.2.3", "-", "--1", "x", "1-1", "$", ".", "-.", "1 ", "inf", "1.2a"}) {
    odd.emplace_back(text);
  }
  std::mt19937_64 random(5);
  for (int round = 0; round < 400; ++round) {
    const std::uint64_t decimals = random() % 5;
    const bool currency = round % 2 == 0;
    const auto money = [&](const std::string& text) {
      return !currency || text.empty() || text[0] == '"' ? text : '$' + text;
    };
    const auto usual = [&](std::size_t) {
      std::string text = random() % 5 == 0 ? "-" : "";
      text += std::to_string(random() % (std::uint64_t{1} << random() % 20));
      if (decimals > 0) {
        std::string behind = std::to_string(random() % 100000 + 100000);
        text += '.' + behind.substr(1, decimals);
      }
      return money(text);
    };
    std::vector<std::string> others;
    for (const std::string& text : round % 3 == 0 ? odd : fits) others.push_back(money(text));
    const TurnedText text(some_rows(random, usual, others), round % 5 == 0 ? "\r\n" : "\n");
    if (currency) {
      expect_the_same_numbers<true>(text.batch);
    } else {
      expect_the_same_numbers<false>(text.batch);
    }
    if (testing::Test::HasFailure()) return;
  }
}

// Times beyond the sample that no clock shows leave the column what it is by the usual rules.
TEST(VectorParsers, TimesBeyondTheSampleAreStillRead) {
  for (const std::string odd : {"24:10", "7.30", "12:30:15", "", "1.5", "noon"}) {
    std::string text = "a,b\n";
    for (int row = 0; row < 5000; ++row) {
      text += std::to_string(row % 30) + ',';
      text += row == 4321 ? odd : row % 2 == 0 ? "09:30" : "17:05";
      text += '\n';
    }
    cuvae::ReadSettings settings;
    settings.rows_per_place = 500;
    settings.sampled_places = 1;
    settings.simd = cuvae::choose_simd_level();
    const cuvae::Table table = files::read(text, {}, settings);
    settings.simd = SimdLevel::scalar;
    const cuvae::Table plain = files::read(text, {}, settings);
    const cuvae::Column& column = table.columns[1];
    const bool time = odd.empty() || odd == "12:30:15" || odd == "24:10";
    EXPECT_EQ(column.kind, time ? cuvae::ColumnKind::ordinal : cuvae::ColumnKind::label) << odd;
    EXPECT_EQ(column.labels.size(), 3U) << odd;
    EXPECT_EQ(column.labels[column.codes[4321]], odd);
    EXPECT_EQ(column.labels[column.codes[4322]], "09:30") << odd;
    EXPECT_EQ(column.counts[column.codes[4321]], 1U) << odd;
    EXPECT_EQ(column.counts[column.codes[4323]], 2499U) << odd;
    EXPECT_EQ(column.labels, plain.columns[1].labels) << odd;
    EXPECT_EQ(column.reason, plain.columns[1].reason) << odd;
  }
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
    settings.simd = cuvae::choose_simd_level();
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
