// What files have beside RFC 4180 in UTF-8.
#include <algorithm>
#include <gtest/gtest.h>

#include "csv/encoding.hpp"
#include "csv/quoting.hpp"
#include "files.hpp"
#include "packed.hpp"

namespace {

using cuvae::ColumnKind;
using cuvae::ErrorKind;
using cuvae::ReadOptions;
using cuvae::Table;
using cuvae::TextEncoding;

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const cuvae::Column& column : table.columns) names.push_back(column.name);
  return names;
}

using Names = std::vector<std::string>;

bool told(const Table& table, const std::string& part) {
  return std::any_of(table.notes.begin(), table.notes.end(),
                     [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

void expect_failure(const std::string& text, const std::string& part,
                    const ReadOptions& options = {}) {
  const files::Failure failure = files::failure(text, options);
  EXPECT_NE(failure.message.find(part), std::string::npos) << failure.message;
}

std::string utf16(const std::u16string& text, bool big) {
  std::string bytes;
  for (const char16_t unit : u"\uFEFF" + text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    bytes += big ? high : low;
    bytes += big ? low : high;
  }
  return bytes;
}

TEST(Encoding, Utf16OfBothByteOrdersIsReadAsUtf8) {
  for (const bool big : {false, true}) {
    const Table table = files::read(utf16(u"citt\u00E0,n\nMal\u00E1ga \U0001F600,1\nx,2\n", big));
    EXPECT_EQ(names_of(table), (Names{"citt\u00E0", "n"}));
    EXPECT_EQ(table.columns[0].labels, (Names{"Mal\u00E1ga \U0001F600", "x"}));
  }
}

TEST(Encoding, Utf16WithoutAMarkIsReadWhenItIsSaidToBe) {
  ReadOptions options;
  options.encoding = TextEncoding::utf16;
  for (const bool big : {false, true}) {
    const std::string bytes = utf16(u"a,b\n1,x\n", big).substr(2);
    EXPECT_EQ(names_of(files::read(bytes, options)), (Names{"a", "b"}));
    expect_failure(bytes, "`encoding` utf-16");
  }
}

TEST(Encoding, CutUtf16IsRefusedWithItsLine) {
  expect_failure(utf16(u"a,b\n1,\xD83D\n", false), "line 2: half a character");
  expect_failure(utf16(u"a,b\n1,\xDE00z\n", false), "line 2: half a character");
  const std::string whole = utf16(u"a,b\n1,x\n", false);
  expect_failure(whole.substr(0, whole.size() - 1), "cut in two");
}

TEST(Encoding, EightBitsAreGuessedConvertedAndTold) {
  const Table table = files::read("citt\xE0,prix\nM\xE1laga,\x80 5\nK\xF6ln,\x80 7\n");
  EXPECT_EQ(names_of(table), (Names{"citt\u00E0", "prix"}));
  EXPECT_EQ(table.columns[0].labels, (Names{"K\u00F6ln", "M\u00E1laga"}));
  EXPECT_TRUE(told(table, "Windows-1252"));
}

TEST(Encoding, WhatTheCallerSaysHolds) {
  ReadOptions options;
  options.label = {"a"};
  options.encoding = TextEncoding::latin1;
  EXPECT_EQ(files::read("a,b\n\xE9\x80,1\n", options).columns[0].labels, (Names{"\u00E9\u0080"}));
  options.encoding = TextEncoding::windows1252;
  EXPECT_EQ(files::read("a,b\n\xE9\x80,1\n", options).columns[0].labels, (Names{"\u00E9\u20AC"}));
  options.encoding = TextEncoding::utf8;
  const Table bytes = files::read("a,b\n\xE9\x80,1\n", options);
  EXPECT_EQ(bytes.columns[0].labels, (Names{"\xE9\x80"}));
  EXPECT_TRUE(bytes.notes.empty());
  EXPECT_EQ(cuvae::encoding_named("latin-1"), TextEncoding::latin1);
  EXPECT_THROW(cuvae::encoding_named("ebcdic"), cuvae::Error);
}

TEST(Encoding, DamagedUtf8KeepsItsBytesAndIsTold) {
  const Table table = files::read("a,b\nM\u00E1laga,1\nK\u00F6ln,2\nx\xFF,2\nK\u00F6ln,2\n");
  EXPECT_EQ(table.columns[0].labels.back(), "x\xFF");
  EXPECT_TRUE(told(table, "1 bytes are no UTF-8"));
}

TEST(Encoding, CharactersThatPiecesCutAreCountedOnce) {
  const std::string text = "\u00E9\u20AC\U0001F600x\xFF\u00E9";
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    cuvae::BeyondAscii all;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      const auto found = cuvae::count_beyond_ascii(text, at, std::min(at + piece, text.size()));
      all.characters += found.characters;
      all.invalid += found.invalid;
    }
    EXPECT_EQ(all.characters, 4U) << piece;
    EXPECT_EQ(all.invalid, 1U) << piece;
  }
}

std::string some_table(std::size_t rows) {
  std::string text = "a,b\n";
  for (std::size_t i = 0; i < rows; ++i) {
    text += std::to_string(i % 97) + ",x" + std::to_string(i % 7) + "\n";
  }
  return text;
}

#ifdef CUVAE_TEST_ZLIB
TEST(Packed, GzipIsReadByItsContent) {
  const std::string text = some_table(200'000);
  const Table plain = files::read(text);
  const Table packed = files::read(files::gzip(text));
  EXPECT_EQ(packed.rows, 200'000U);
  EXPECT_EQ(packed.fingerprint, plain.fingerprint);
  EXPECT_EQ(packed.columns[1].counts, plain.columns[1].counts);
  // Two members, and the zeros that a tape leaves.
  const std::string members =
      files::gzip(text.substr(0, 1000)) + files::gzip(text.substr(1000)) + std::string(100, '\0');
  EXPECT_EQ(files::read(members).fingerprint, plain.fingerprint);
  EXPECT_EQ(names_of(files::read(files::gzip(utf16(u"\u00E9,b\n1,x\n", true)))),
            (Names{"\u00E9", "b"}));
}

TEST(Packed, CutAndDamagedGzipIsRefused) {
  const std::string packed = files::gzip(some_table(1000));
  for (const std::size_t size : {std::size_t{5}, std::size_t{40}, packed.size() - 1}) {
    expect_failure(packed.substr(0, size), "lacks the end of what gzip packed");
  }
  std::string damaged = packed;
  damaged[packed.size() / 2] = static_cast<char>(damaged[packed.size() / 2] ^ 0x55);
  expect_failure(damaged, "what gzip packed");
  expect_failure(packed + "rest", "what gzip packed");
  expect_failure(files::gzip(""), "is empty");
}

TEST(Packed, BombsOfZerosAreRefusedAtOnce) {
  expect_failure(files::gzip(std::string(std::size_t{64} << 20, '\0')), "unpacks to zeros");
}
#endif

#ifdef CUVAE_TEST_ZSTD
TEST(Packed, ZstdIsReadByItsContent) {
  const std::string text = some_table(200'000);
  const std::string packed = files::zstd(text.substr(0, 99)) + files::zstd(text.substr(99));
  EXPECT_EQ(files::read(packed).fingerprint, files::read(text).fingerprint);
  expect_failure(packed.substr(0, packed.size() - 3), "what zstd packed");
  std::string damaged = packed;
  damaged[5] = static_cast<char>(damaged[5] ^ 0x7F);
  expect_failure(damaged, "what zstd packed");
}
#endif

TEST(Packed, OtherFilesAreNamed) {
  expect_failure(std::string("PK\x03\x04\0\0", 6), "is a spreadsheet or a ZIP archive");
  expect_failure("BZh91AY&SY....", "bzip2");
  expect_failure(std::string("\xFD\x37zXZ\0", 6), "xz -dc FILE");
  EXPECT_EQ(names_of(files::read("BZh,PAR1\n1,2\n")), (Names{"BZh", "PAR1"}));
}

TEST(Lines, TextAboveTheTableIsToldWithItsRemedy) {
  const std::string table = "day,shop,sum\n2024-01-01,a,1\n2024-01-02,b,2\n";
  expect_failure("Statement of March\n\nall in EUR\n" + table, "`skip` 3");
  expect_failure("# made by hand\n# 2024\n" + table, "`comment` '#' or `skip` 2");
  expect_failure("say \"hi\n" + table, "`skip` 1");
  ReadOptions options;
  options.delimiter = ',';
  expect_failure("Statement\n" + table, "`skip` 1", options);
  // Neither ragged rows nor texts with commas are text above a table.
  expect_failure("a,b,c\n1,2,3\n4,5\n6,7\n", "line 3: expected 3 cells");
  EXPECT_EQ(files::read("name\nDoe, Jane\nRoe, Jim\n").columns.size(), 1U);
  EXPECT_EQ(files::read("v\n1,5\n2,7\n").columns.size(), 1U);
}

TEST(Lines, SkippedLinesAndCommentsAreLeftOutAndStillCount) {
  ReadOptions options;
  options.skip = 2;
  EXPECT_EQ(names_of(files::read("x \"\n\na,b\n1,2\n", options)), (Names{"a", "b"}));
  expect_failure("x \"\n\na,b\n1,2\n3\n", "line 5: expected 2", options);
  options.skip = 9;
  expect_failure("a,b\n1,2\n", "those that options leave out", options);
  options = {};
  options.comment = "#";
  const std::string text = "#1\n#2 \"\na,b\n1,\"x\n#y\"\n#3\n2,z\n";
  const Table table = files::read(text, options);
  EXPECT_EQ(table.rows, 2U);
  EXPECT_EQ(table.columns[1].labels, (Names{"x\n#y", "z"}));
  expect_failure(text + "#4\n7\n", "line 9: expected 2", options);
  options = {};
  options.skip_last = 2;
  EXPECT_EQ(files::read("a,b\n1,2\n3,4\nTotal,\nSum,\n\n", options).rows, 2U);
}

TEST(Lines, SmallPiecesReadTheSameBehindSkippedLines) {
  std::string text = "one\n\"two\nthree\na,b\n";
  for (int i = 0; i < 500; ++i)
    text += std::to_string(i % 9) + ",\"x\ny" + std::to_string(i % 5) + "\"\n";
  ReadOptions options;
  options.skip = 3;
  const Table whole = files::read(text, options);
  EXPECT_EQ(whole.rows, 500U);
  for (const std::size_t piece : {1U, 64U, 256U}) {
    cuvae::ReadSettings settings;
    settings.piece_bytes = piece;
    settings.threads = 3;
    const Table cut = files::read(text, options, settings);
    ASSERT_EQ(cut.rows, whole.rows);
    EXPECT_EQ(cut.columns[1].labels, whole.columns[1].labels);
    EXPECT_EQ(cut.columns[1].counts, whole.columns[1].counts);
  }
}

TEST(Lines, FirstLineMayNameTheDelimiter) {
  for (const char* line : {"sep=;\n", "SEP=;\r\n", "\"sep=;\"\n", "\xEF\xBB\xBFsep=;\n"}) {
    const Table table = files::read(std::string(line) + "a,1;b\n1;2\n");
    EXPECT_EQ(table.delimiter, ';');
    EXPECT_EQ(names_of(table), (Names{"a,1", "b"}));
  }
  expect_failure("sep=;\na;b\n1;2\n3\n", "line 4: expected 2");
}

TEST(Lines, BlankOnesAreLeftOutAndTold) {
  const std::string text = "\n\na,b\n1,2\n\n\n3,\"x\n\ny\"\n\r\n5,6\n\n";
  for (const std::size_t piece : {std::size_t{1} << 18, std::size_t{4}}) {
    cuvae::ReadSettings settings;
    settings.piece_bytes = piece;
    settings.threads = 2;
    const Table table = files::read(text, {}, settings);
    EXPECT_EQ(table.rows, 3U);
    EXPECT_TRUE(told(table, "5 blank lines are left out, the first at line 1."));
    EXPECT_EQ(table.columns[1].labels[0], "2");
  }
  expect_failure("a,b\n1,2\n\n3,4\n\n5\n", "line 6: expected 2");
  // In a table of one column they are cells.
  EXPECT_EQ(files::read("a\n1\n\n3\n").columns[0].missing, 1U);
}

TEST(Lines, LoneCarriageReturnsEndThem) {
  const Table table = files::read("a,b\r1,\"x\ry\"\r2,z\r");
  EXPECT_EQ(table.rows, 2U);
  EXPECT_EQ(table.columns[1].labels, (Names{"x\ry", "z"}));
  EXPECT_FALSE(table.carriage_returns);
}

TEST(Columns, DelimiterBehindLinesIsNoColumn) {
  const auto style = [](const std::string& text) {
    const Table table = files::read(text);
    EXPECT_EQ(names_of(table), (Names{"a", "b"}));
    EXPECT_TRUE(table.notes.empty());
    return std::pair(table.style.delimiter_behind_header, table.style.delimiter_behind_rows);
  };
  EXPECT_EQ(style("a,b,\n1,2,\n3,4,\n"), std::pair(true, true));
  EXPECT_EQ(style("a,b,\n1,2\n3,4\n"), std::pair(true, false));
  EXPECT_EQ(style("a,b\n1,2,\n3,4,\n"), std::pair(false, true));
  EXPECT_EQ(style("a,b\n1,2\n3,\n"), std::pair(false, false));
}

TEST(Columns, CellsBehindTheLastDelimiterAreSeen) {
  std::string text = "a,b\n";
  for (int i = 0; i < 100; ++i) text += "1,2,\n";
  expect_failure(text + "1,2,3\n", "line 102: expected 2 cells as in the header, found 3");
  text.replace(0, 3, "a,b,");
  const Table table = files::read(text + "1,2,3\n");
  EXPECT_EQ(names_of(table), (Names{"a", "b", "column 3"}));
  EXPECT_EQ(table.columns[2].missing, 100U);
}

TEST(Columns, NamelessAndDoubleNamesAreNumberedAndWrittenAsTheyCame) {
  const Table table = files::read(",amt,amt,column 1,amt\n0,1,2,3,4\n1,1,2,3,4\n");
  EXPECT_EQ(names_of(table), (Names{"column 1.2", "amt", "amt.2", "column 1", "amt.3"}));
  EXPECT_TRUE(told(table, "`rename` 'amt.2=NEW'"));
  EXPECT_TRUE(told(table, "'column 1.2'"));
  EXPECT_EQ(cuvae::header_line(cuvae::make_schema(table)), ",amt,amt,column 1,amt\n");
  ReadOptions options;
  options.rename = {{"amt.2", "tip"}};
  options.label = {"tip"};
  const Table renamed = files::read("amt,amt\n1,2\n", options);
  EXPECT_EQ(names_of(renamed), (Names{"amt", "tip"}));
  EXPECT_EQ(renamed.columns[1].kind, ColumnKind::label);
  EXPECT_EQ(cuvae::header_line(cuvae::make_schema(renamed)), "amt,tip\n");
  options.rename = {{"amt.2", "amt"}};
  EXPECT_EQ(files::failure("amt,amt\n1,2\n", options).kind, ErrorKind::usage);
  expect_failure(",,\n1,2,3\n", "line 1 holds no name");
}

TEST(Columns, TotalsAreTold) {
  const std::string rows = "day,shop,sum\n2024-01-01,a,1\n2024-01-02,b,2\n";
  EXPECT_TRUE(told(files::read(rows + "Total,,3\n"), "`skip_last` 1"));
  EXPECT_TRUE(told(files::read(rows + "\"SUMME:\",,3\n"), "line 4"));
  EXPECT_TRUE(files::read(rows + "2024-01-03,,3\n").notes.empty());
  EXPECT_TRUE(files::read("kind,n\nTotal,1\nTotal,\n").notes.empty());
}

TEST(Columns, NamesInOptionsMayBeQuotedAsInCsv) {
  const std::string text = "\"a, b\",\"c\"\"d\"\n1,2\n3,4\n";
  ReadOptions options;
  options.drop = {"\"a, b\""};
  EXPECT_EQ(names_of(files::read(text, options)), (Names{"c\"d"}));
  options.drop = {"\"c\"\"d\""};
  EXPECT_EQ(names_of(files::read(text, options)), (Names{"a, b"}));
  options.drop = {"c\"d"};
  EXPECT_EQ(names_of(files::read(text, options)), (Names{"a, b"}));
}

TEST(Delimiter, TiesAreDecidedByTheCells) {
  EXPECT_EQ(files::read("Datum;Wert, EUR\n01.03.2024;70,88\n02.03.2024;1,05\n").delimiter, ';');
  EXPECT_EQ(files::read("Wert, EUR;Kurs, USD\n70,88;1,05\n7,10;2,25\n").delimiter, ';');
  EXPECT_EQ(files::read("City, State;Name\nAustin, TX;Bob\nBoston, MA;Eve\n").delimiter, ';');
  EXPECT_EQ(files::read("a;x,b\n1,\"2;3\"\n4,\"5;6\"\n").delimiter, ',');
}

TEST(Style, QuotesAndLineEndsAreSeen) {
  const Table all = files::read("\"a\",\"b\"\r\n\"1\",\"x\"\r\n\"2\",\"\"\r\n");
  EXPECT_TRUE(all.style.quoted_header);
  EXPECT_TRUE(all.columns[0].quoted);
  EXPECT_TRUE(all.columns[1].quoted);
  EXPECT_EQ(cuvae::header_line(cuvae::make_schema(all)), "\"a\",\"b\"\r\n");
  const Table texts = files::read("\"a\",\"b\"\n1,\"x\"\n2,\"y\"\n");
  EXPECT_FALSE(texts.columns[0].quoted);
  EXPECT_TRUE(texts.columns[1].quoted);
  const Table needed = files::read("a,b\n1,\"x,1\"\n2,\"y,2\"\n");
  EXPECT_FALSE(needed.style.quoted_header);
  EXPECT_FALSE(needed.columns[1].quoted);
  const cuvae::Schema schema = cuvae::make_schema(all);
  EXPECT_EQ(cuvae::schema_from_json(cuvae::to_json(schema)), schema);
}

TEST(Like, ColumnsTakeTheKindsOfAnotherTable) {
  const Table real = files::read("k,x,c,n\n1,1.5,$1.00,a\n2,2.5,$2.00,b\n1,2.0,$3.00,7\n");
  ReadOptions options;
  options.like = &real;
  const Table same = files::read("n,c,x,k\n1,$1.00,3,1\n2,$2.00,4,2\n", options);
  EXPECT_EQ(same.columns[0].kind, ColumnKind::label);
  EXPECT_EQ(same.columns[1].kind, ColumnKind::currency);
  EXPECT_EQ(same.columns[2].kind, ColumnKind::continuous);
  EXPECT_EQ(same.columns[3].kind, ColumnKind::ordinal);
  const Table other = files::read("k,x,c,n,z\nu,oops,?,1,2\n1,2.5,$2,2,2\n", options);
  EXPECT_EQ(other.columns[1].kind, ColumnKind::label);
  EXPECT_EQ(other.columns[1].labels, (Names{"2.5", "oops"}));
}

}  // namespace
