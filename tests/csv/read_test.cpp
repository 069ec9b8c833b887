#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

#include "files.hpp"
#include "naive_csv.hpp"
#include "spelling/spelling.hpp"

namespace {

using cuvae::Column;
using cuvae::ColumnKind;
using cuvae::ReadOptions;
using cuvae::ReadSettings;
using cuvae::SimdLevel;
using cuvae::Table;

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t limit) {
  return random() % limit;
}

std::string one_of(Random& random, const std::vector<std::string>& texts) {
  return texts[below(random, texts.size())];
}

std::string digits(Random& random, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + below(random, 10));
  return text;
}

std::string two(std::size_t number) {
  return std::string(1, static_cast<char>('0' + number / 10)) +
         static_cast<char>('0' + number % 10);
}

// One cell of a column of some sort. Rare cells that don't fit the rest appear late or early.
std::string make_cell(Random& random, int sort) {
  switch (sort) {
    case 0:
      return std::to_string(below(random, 40));
    case 1:
      return std::to_string(10000 + below(random, 90000)) + ".0";
    case 2:
      return "$" + std::string(below(random, 9) == 0 ? "-" : "") +
             std::to_string(below(random, 3000)) + "." + two(below(random, 100));
    case 3:
      return two(below(random, 24)) + ":" + two(below(random, 60));
    case 4:
      return std::to_string(static_cast<std::int64_t>(random()));
    case 5:
      return one_of(random, {"La Verne", "Chip Transaction", "a, b; c\t|", "say \"so\"",
                             "two\nlines", "\r\n", "\"", "Z\xC3\xBCrich", "\xFF\xFE", " ONLINE",
                             "Bad PIN,", "a text that is longer than thirty-two bytes, by far",
                             "exactly thirty-two bytes, yes !!", "12345678", "123456789", "x"});
    case 6:
      return (below(random, 2) == 0 ? "-" : "") + digits(random, 1 + below(random, 7)) + "." +
             digits(random, below(random, 12));
    case 7:
      return "20" + two(below(random, 30)) + "-" + two(1 + below(random, 12)) + "-" +
             two(1 + below(random, 28));
    case 8:
      return one_of(random, {"7", "07", "7.0", "+7", "-7", "-0", "0", "00"});
    case 9:
      return below(random, 60) == 0 ? one_of(random, {"1e5", "2.5", "x", "-3", "1234567890"})
                                    : std::to_string(below(random, 900));
    case 10:
      return std::to_string(below(random, 900)) + "." + digits(random, 1 + below(random, 3)) +
             (below(random, 20) == 0 ? "e-2" : "");
    case 11:
      return below(random, 70) == 0 ? "n/a" : std::to_string(below(random, 9)) + ".25";
    default:
      return digits(random, 1 + below(random, 17)) + (below(random, 2) == 0 ? "" : ".");
  }
}

std::string in_quotes(const std::string& cell) {
  std::string quoted = "\"";
  for (const char c : cell) {
    quoted += c;
    if (c == '"') quoted += '"';
  }
  return quoted + "\"";
}

std::string as_written(Random& random, const std::string& cell, char delimiter) {
  const bool must = cell.find_first_of("\"\n\r") != std::string::npos ||
                    cell.find(delimiter) != std::string::npos;
  return must || below(random, 12) == 0 ? in_quotes(cell) : cell;
}

struct Sample {
  std::string text;
  char delimiter = ',';
  bool carriage_returns = false;
};

Sample make_table(std::uint64_t seed) {
  Random random(seed);
  Sample sample;
  sample.delimiter = ",;\t|"[below(random, 4)];
  sample.carriage_returns = below(random, 2) == 0;
  const std::string newline = sample.carriage_returns ? "\r\n" : "\n";
  const std::size_t columns = 2 + below(random, 7);
  const std::size_t rows = 1 + below(random, below(random, 4) == 0 ? 700 : 60);
  std::vector<int> sorts;
  if (below(random, 3) == 0) sample.text += "\xEF\xBB\xBF";
  for (std::size_t c = 0; c < columns; ++c) {
    sorts.push_back(static_cast<int>(below(random, 13)));
    if (c > 0) sample.text += sample.delimiter;
    sample.text += as_written(random, "name " + std::to_string(c), sample.delimiter);
  }
  sample.text += newline;
  const std::size_t missing_one_in = 2 + below(random, 20);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      if (c > 0) sample.text += sample.delimiter;
      if (below(random, missing_one_in) == 0) {
        if (below(random, 9) == 0) sample.text += "\"\"";
      } else {
        sample.text += as_written(random, make_cell(random, sorts[c]), sample.delimiter);
      }
    }
    if (r + 1 < rows || below(random, 2) == 0) sample.text += newline;
  }
  if (below(random, 4) == 0) sample.text += newline + newline;
  return sample;
}

std::string without_mark(const std::string& text) {
  return text.rfind("\xEF\xBB\xBF", 0) == 0 ? text.substr(3) : text;
}

int decimals_of(const std::string& cell) {
  if (cell.find_first_of("eE") != std::string::npos) return -1;
  const std::size_t point = cell.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(cell.size() - point - 1);
}

void expect_values(const Column& column, const naive::Rows& rows, std::size_t c) {
  int decimals = 0;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const std::string& cell = rows[r][c];
    if (cell.empty()) {
      ASSERT_TRUE(std::isnan(column.values[r - 1])) << "row " << r;
      continue;
    }
    ASSERT_EQ(column.values[r - 1], std::strtod(naive::without_dollars(cell).c_str(), nullptr))
        << cell;
    const int own = decimals_of(cell);
    decimals = own < 0 || decimals < 0 ? -1 : std::max(decimals, own);
  }
  EXPECT_EQ(column.decimals, decimals);
  EXPECT_TRUE(column.labels.empty());
}

void expect_codes(const Column& column, const naive::Rows& rows, std::size_t c) {
  std::vector<std::uint64_t> counts(column.labels.size());
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const std::uint32_t code = column.codes[r - 1];
    ASSERT_LT(code, column.labels.size());
    ASSERT_EQ(column.labels[code], rows[r][c]) << "row " << r;
    ++counts[code];
  }
  EXPECT_EQ(column.counts, counts);
  EXPECT_EQ(column.decimals, 0);
}

// Cells come back from numbers and forms as they are written.
void expect_spelled(const Column& column, const naive::Rows& rows, std::size_t c) {
  std::string text(column.spelling->most_bytes(), '\0');
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const cuvae::SpelledCell cell{column.values[r - 1], column.forms[r - 1]};
    if (const auto marker = cuvae::marker_of(column.kind, cell)) {
      ASSERT_EQ(column.markers.at(*marker), rows[r][c]) << "row " << r;
      continue;
    }
    const char* const end = column.spelling->spell(text.data(), cell);
    ASSERT_EQ(text.substr(0, static_cast<std::size_t>(end - text.data())), rows[r][c]);
  }
}

void expect_equal_to_naive(const Table& table, const Sample& sample) {
  const naive::Rows rows = naive::parse(without_mark(sample.text), sample.delimiter);
  ASSERT_EQ(table.rows, rows.size() - 1);
  ASSERT_EQ(table.columns.size(), rows[0].size());
  EXPECT_EQ(table.delimiter, sample.delimiter);
  EXPECT_EQ(table.carriage_returns, sample.carriage_returns);
  EXPECT_EQ(table.bytes, sample.text.size());
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    SCOPED_TRACE("column " + std::to_string(c));
    std::set<std::string> present;
    std::uint64_t missing = 0;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      if (rows[r][c].empty()) ++missing;
      if (!rows[r][c].empty()) present.insert(rows[r][c]);
    }
    EXPECT_EQ(column.name, rows[0][c]);
    EXPECT_FALSE(column.reason.empty());
    if (column.spelling && !cuvae::is_coded(column.kind)) {
      expect_spelled(column, rows, c);
      continue;
    }
    EXPECT_EQ(column.missing, missing);
    const ColumnKind plain = naive::kind_of(present);
    // Nor are keys known there, nor numbers that only codes are spelled like.
    if (column.kind == ColumnKind::key ||
        (column.kind == ColumnKind::label && !cuvae::is_coded(plain))) {
      expect_codes(column, rows, c);
      continue;
    }
    ASSERT_EQ(cuvae::to_string(column.kind), cuvae::to_string(naive::kind_of(present)));
    if (cuvae::is_coded(column.kind)) {
      EXPECT_EQ(column.labels, naive::labels_of(present, missing > 0));
      expect_codes(column, rows, c);
    } else {
      expect_values(column, rows, c);
    }
  }
}

void expect_same(const Table& a, const Table& b) {
  ASSERT_EQ(a.rows, b.rows);
  ASSERT_EQ(a.columns.size(), b.columns.size());
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    const Column& one = a.columns[c];
    const Column& other = b.columns[c];
    EXPECT_EQ(one.kind, other.kind);
    EXPECT_EQ(one.reason, other.reason);
    EXPECT_EQ(one.labels, other.labels);
    EXPECT_EQ(one.counts, other.counts);
    EXPECT_EQ(one.decimals, other.decimals);
    EXPECT_EQ(one.missing, other.missing);
    EXPECT_EQ(one.markers, other.markers);
    ASSERT_EQ(one.forms.size(), other.forms.size());
    for (std::size_t r = 0; r < one.forms.size(); ++r) ASSERT_EQ(one.forms[r], other.forms[r]);
    ASSERT_EQ(one.codes.size(), other.codes.size());
    for (std::size_t r = 0; r < one.codes.size(); ++r) ASSERT_EQ(one.codes[r], other.codes[r]);
    ASSERT_EQ(one.values.size(), other.values.size());
    for (std::size_t r = 0; r < one.values.size(); ++r) {
      const bool same = one.values[r] == other.values[r] ||
                        (std::isnan(one.values[r]) && std::isnan(other.values[r]));
      ASSERT_TRUE(same) << "row " << r;
    }
  }
}

ReadOptions keep_all() {
  ReadOptions options;
  options.encoding = cuvae::TextEncoding::utf8;  // bytes as they are
  return options;
}

std::vector<SimdLevel> levels() {
  std::vector<SimdLevel> found{SimdLevel::scalar};
  // The best one that the processor has, and those below it.
  const SimdLevel best = cuvae::choose_simd_level();
  if (best != SimdLevel::scalar) found.push_back(SimdLevel::avx2);
  if (best == SimdLevel::avx512) found.push_back(SimdLevel::avx512);
  return found;
}

TEST(Read, RandomTablesEqualTheNaiveReaderWhereverPiecesEnd) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Sample sample = make_table(seed);
    ReadSettings settings;
    settings.piece_bytes = std::size_t{1} << (seed % 13);
    settings.span_bytes = 1 + seed * 7 % 200;
    settings.threads = 1 + static_cast<unsigned>(seed % 3);
    settings.simd = levels()[seed % levels().size()];
    // A poor sample makes poor plans, so that columns must be parsed again.
    settings.sampled_places = 1 + seed % 2;
    settings.rows_per_place = 1 + seed % 5;
    expect_equal_to_naive(files::read(sample.text, keep_all(), settings), sample);
    if (HasFatalFailure()) return;
  }
}

TEST(Read, ThreadsPiecesAndInstructionsChangeNothing) {
  for (std::uint64_t seed = 1000; seed < 1012; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Sample sample = make_table(seed);
    const Table expected = files::read(sample.text, keep_all());
    for (const unsigned threads : {1U, 2U, 3U, 7U}) {
      for (const SimdLevel level : levels()) {
        for (const std::size_t piece : {1U, 64U, 4096U}) {
          ReadSettings settings;
          settings.threads = threads;
          settings.simd = level;
          settings.piece_bytes = piece;
          settings.rows_per_place = piece;
          expect_same(expected, files::read(sample.text, keep_all(), settings));
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

// Bytes that matter to a CSV reader, in no order: a table or an Error, and the same one each way.
TEST(Read, NoiseIsReadOrRefusedTheSameWay) {
  int read = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    std::string text = "a,b\n";
    const std::size_t length = below(random, 60);
    const std::string alphabet = "\"\",,\n\n\r\n12.x$ ";
    for (std::size_t i = 0; i < length; ++i) text += alphabet[below(random, alphabet.size())];
    ReadOptions options = keep_all();
    options.delimiter = ',';
    std::string outcome[2];
    for (int way = 0; way < 2; ++way) {
      ReadSettings settings;
      settings.piece_bytes = way == 0 ? 1U << 18 : 2;
      settings.threads = way == 0 ? 1 : 3;
      settings.simd = way == 0 ? SimdLevel::scalar : levels().back();
      const files::Temporary file(text);
      cuvae::Monitor monitor;
      try {
        const Table table = cuvae::read_csv_with(file.path(), options, settings, monitor);
        outcome[way] = table.fingerprint + std::to_string(table.rows);
        ++read;
        Sample sample{text, ',', text.find("a,b\r") == 0};
        // The naive reader knows no blank lines and no delimiters behind rows.
        if (table.notes.empty() && table.style == cuvae::CsvStyle{}) {
          expect_equal_to_naive(table, sample);
        }
      } catch (const cuvae::Error& error) {
        outcome[way] = std::string(error.what()).substr(file.path().size());
        EXPECT_EQ(error.kind(), cuvae::ErrorKind::data);
      }
    }
    ASSERT_EQ(outcome[0], outcome[1]) << testing::PrintToString(text);
  }
  EXPECT_GT(read, 5);  // not all of it is refused
}

TEST(Read, BothCardDialectsKeepTheirSpelling) {
  const Table one = files::read(
      "Merchant City,Errors?,Merchant Name\n ONLINE,\"Bad PIN,\",-727612092139916043\n"
      "La Verne,,9223372036854775807\nLa Verne,\"Bad PIN,Insufficient Balance,\",1\n");
  EXPECT_EQ(one.columns[0].labels, (std::vector<std::string>{" ONLINE", "La Verne"}));
  EXPECT_EQ(one.columns[1].labels,
            (std::vector<std::string>{"Bad PIN,", "Bad PIN,Insufficient Balance,", ""}));
  EXPECT_EQ(one.columns[2].kind, ColumnKind::label);
  EXPECT_EQ(one.columns[2].labels,
            (std::vector<std::string>{"-727612092139916043", "1", "9223372036854775807"}));
}

TEST(Read, DelimiterIsTheOneThatAllLinesAgreeOn) {
  EXPECT_EQ(files::read("a;b\n1,5;2\n2,5;3\n").delimiter, ';');
  EXPECT_EQ(files::read("a,b|c\n1|2\n3|4\n").delimiter, '|');
  EXPECT_EQ(files::read("a\tb\n\"x,y\"\t1\n\"z;w\"\t2\n").delimiter, '\t');
  const Table single = files::read("text\nhello, you\nhello\n");
  EXPECT_EQ(single.columns.size(), 1U);
  EXPECT_EQ(single.rows, 2U);
}

TEST(Read, OverridesDecideTheKind) {
  ReadOptions options;
  options.label = {"a"};
  options.continuous = {"b"};
  options.drop = {"c"};
  const Table table = files::read("a,b,c,d\n10,1,x,1\n9,2,y,\n,3,z,2\n", options);
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0].kind, ColumnKind::label);
  EXPECT_EQ(table.columns[0].labels, (std::vector<std::string>{"9", "10", ""}));
  EXPECT_EQ(table.columns[1].kind, ColumnKind::continuous);
  EXPECT_EQ(table.columns[1].values, (cuvae::LargeVector<double>{1, 2, 3}));
  EXPECT_EQ(table.columns[2].name, "d");
  EXPECT_EQ(table.columns[2].kind, ColumnKind::ordinal);
}

TEST(Read, ColumnsWithoutAnyValueAreNamedAndLeftOutOnlyWhenAsked) {
  ReadOptions leave_out;
  leave_out.keep_empty_columns = false;
  const Table table = files::read("a,b,c\n1,,2\n3,\"\",4\n", leave_out);
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_EQ(table.columns[1].name, "c");
  EXPECT_EQ(table.empty_columns, std::vector<std::string>{"b"});
  const Table kept = files::read("a,b,c\n1,,2\n3,\"\",4\n");
  EXPECT_EQ(kept.columns[1].labels, std::vector<std::string>{""});
  EXPECT_EQ(kept.empty_columns, std::vector<std::string>{"b"});
}

// More labels than two bytes number, seen only after the sample of the planner.
TEST(Read, ManyLabelsMakeTheColumnWider) {
  std::string text = "id,n\n";
  for (int i = 0; i < 70000; ++i) {
    const int label = i % 70 < 64 && i < 66000 ? i % 5 : i;
    text += fmt::format("x{0},{0}\n", label);
  }
  for (int i = 0; i < 70000; ++i) text += fmt::format("y{},2\n", i);
  ReadSettings settings;
  settings.threads = 2;
  const Table table = files::read(text, {}, settings);
  ASSERT_EQ(table.rows, 140000U);
  EXPECT_GT(table.columns[0].labels.size(), 70000U);
  EXPECT_EQ(table.columns[0].labels[table.columns[0].codes[139999]], "y69999");
  EXPECT_EQ(table.columns[1].labels[table.columns[1].codes[69999]], "69999");
}

TEST(Read, FingerprintKnowsEveryByte) {
  std::string text = "a,b\n";
  for (int i = 0; i < 40000; ++i) text += std::to_string(i % 97) + ",xy\n";
  const std::string first = files::read(text).fingerprint;
  EXPECT_EQ(first.rfind("cuvae-", 0), 0U);
  EXPECT_GE(first.size(), 6U + 16U);
  for (const std::size_t from : {std::size_t{5}, text.size() / 2, text.size() - 5}) {
    std::string changed = text;
    changed[text.find('x', from)] = 'z';
    EXPECT_NE(files::read(changed).fingerprint, first) << from;
  }
  EXPECT_NE(files::read(text + "\n").fingerprint, first);
}

class Counting : public cuvae::Monitor {
 public:
  explicit Counting(int polls) : polls_(polls) {}
  void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override {
    EXPECT_EQ(stage, "read");
    EXPECT_LE(done, total);
    EXPECT_GE(done, done_);
    done_ = done;
    total_ = total;
  }
  bool cancelled() const override { return polls_.fetch_sub(1) <= 0; }
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;

 private:
  mutable std::atomic<int> polls_;
};

TEST(Read, ReportsProgressAndStopsWhenAsked) {
  std::string text = "a,b\n";
  for (int i = 0; i < 300000; ++i) text += "1,2\n";
  const files::Temporary file(text);
  ReadSettings settings;
  settings.piece_bytes = 1 << 12;
  settings.threads = 2;
  Counting patient(1 << 30);
  cuvae::read_csv_with(file.path(), {}, settings, patient);
  EXPECT_EQ(patient.done_, patient.total_);
  Counting impatient(20);
  try {
    cuvae::read_csv_with(file.path(), {}, settings, impatient);
    ADD_FAILURE() << "was not interrupted";
  } catch (const cuvae::Error& error) {
    EXPECT_EQ(error.kind(), cuvae::ErrorKind::interrupted);
  }
}

}  // namespace
