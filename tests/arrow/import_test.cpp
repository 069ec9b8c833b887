// Tables from Arrow streams: the same as from a CSV file of the same cells.
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include <cuvae/cuvae.hpp>

#include "arrays.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::test {
namespace {

class Import : public testing::Test {
 protected:
  Table from_csv(const std::string& text, const ReadOptions& options = {}) {
    const std::string path = folder_ / "table.csv";
    std::ofstream(path, std::ios::binary) << text;
    ReadOptions how = options;
    how.delimiter = ',';
    return read_csv(path, how);
  }

  // The fingerprint is of all bytes: equal ones mean the same text.
  void expect_text(std::vector<HandMade> batches, const std::string& text,
                   const ReadOptions& options = {}) {
    ArrowArrayStream stream = stream_of(std::move(batches));
    const Table table = table_from_arrow(&stream, options);
    EXPECT_EQ(stream.release, nullptr);
    const Table read = from_csv(text, options);
    EXPECT_EQ(table.fingerprint, read.fingerprint) << text;
    EXPECT_EQ(table.bytes, text.size());
    ASSERT_EQ(table.columns.size(), read.columns.size());
    EXPECT_EQ(make_schema(table), make_schema(read));
  }

  std::string message_of(HandMade column, const ReadOptions& options = {}) {
    const std::int64_t rows = column.length;
    ArrowArrayStream stream = stream_of({batch({std::move(column)}, rows)});
    try {
      table_from_arrow(&stream, options);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
};

TEST_F(Import, TakesWholeNumbersOfAllWidths) {
  expect_text(
      {batch(
          {numbers<std::int8_t>("a", "c", {-1, 2}), numbers<std::uint8_t>("b", "C", {1, 255}),
           numbers<std::int16_t>("c", "s", {-300, 2}), numbers<std::uint16_t>("d", "S", {1, 65535}),
           numbers<std::int32_t>("e", "i", {-70000, 2}),
           numbers<std::uint32_t>("f", "I", {1, 4294967295}),
           numbers<std::int64_t>("g", "l", {-5, 2}),
           numbers<std::uint64_t>("h", "L", {1, 18446744073709551615U})},
          2)},
      "a,b,c,d,e,f,g,h\n-1,1,-300,1,-70000,1,-5,1\n"
      "2,255,2,65535,2,4294967295,2,18446744073709551615\n");
}

TEST_F(Import, SpellsFloatsAsDataFramesDo) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect_text(
      {batch({numbers<double>("a", "g", {4, 0.25, nan, -1e-5, 1e22, 0.1}),
              numbers<float>("b", "f", {4, 0.1F, 2, 3, 5, 6}),
              numbers<std::uint16_t>("c", "e", {0x3C00, 0xC000, 0x3555, 0x0001, 0x7E00, 0})},
             6)},
      "a,b,c\n4.0,4.0,1.0\n0.25,0.1,-2.0\n,2.0,0.33325195\n-1e-05,3.0,5.9604645e-08\n"
      "1e+22,5.0,\n0.1,6.0,0.0\n");
}

TEST_F(Import, TakesDecimalsWithAllTheirDigits) {
  const std::vector<std::int64_t> wide{-12345, -1, 5, 0, 100, 0};
  HandMade column{"a", "d:9,2", 3, {bytes_of(wide)}};
  expect_text({batch({column, numbers<std::int32_t>("b", "d:9,3,32", {-5, 0, 1234}),
                      numbers<std::int64_t>("c", "d:9,-2,64", {-5, 0, 12})},
                     3)},
              "a,b,c\n-123.45,-0.005,-500\n0.05,0.000,0\n1.00,1.234,1200\n");
}

TEST_F(Import, TakesTextsInEveryLayoutAndQuotesThem) {
  const std::vector<std::string> cells{"plain", "a,b", "say \"hi\"", "", "two\nlines"};
  // The one that is longer than 12 bytes lies in a buffer of its own.
  struct View {
    std::int32_t size;
    char text[12];
  };
  const auto view = [](const std::string& text) {
    View made{static_cast<std::int32_t>(text.size()), {}};
    std::copy(text.begin(), text.end(), made.text);
    return made;
  };
  View outside{14, {}};
  const std::int32_t place[2] = {0, 3};
  std::memcpy(outside.text, "four", 4);
  std::memcpy(outside.text + 4, place, sizeof place);
  HandMade views{
      "c",
      "vu",
      5,
      {bytes_of(std::vector<View>{view("plain"), outside, view(""), view("x"), view("y")}),
       bytes_of(std::string("...fourteen bytes...")), bytes_of(std::vector<std::int64_t>{20})}};
  expect_text({batch({texts<std::int32_t>("a", cells, {true, true, true, true, false}),
                      texts<std::int64_t>("b", cells), views},
                     5)},
              "a,b,c\nplain,plain,plain\n\"a,b\",\"a,b\",fourteen bytes\n"
              "\"say \"\"hi\"\"\",\"say \"\"hi\"\"\",\n,,x\n,\"two\nlines\",y\n");
}

TEST_F(Import, TakesDictionariesOfAnyIndexAndValue) {
  HandMade words = numbers<std::int8_t>("a", "c", {1, 0, 1, 0}, {true, true, false, true});
  words.dictionary = std::make_shared<HandMade>(texts<std::int32_t>("", {"no", "yes, sir"}));
  HandMade years = numbers<std::uint32_t>("b", "I", {0, 1, 2, 0});
  years.dictionary = std::make_shared<HandMade>(
      numbers<std::int64_t>("", "l", {1999, 2024, 0}, {true, true, false}));
  expect_text({batch({words, years}, 4)}, "a,b\n\"yes, sir\",1999\nno,2024\n,\nno,1999\n");
}

TEST_F(Import, SpellsDaysAndTimes) {
  const std::int64_t day = 86'400;
  expect_text({batch({numbers<std::int32_t>("a", "tdD", {0, 19'782, -1}),
                      numbers<std::int64_t>("b", "tdm", {0, 19'782 * day * 1000, -day * 1000}),
                      numbers<std::int32_t>("c", "tts", {0, 3600, 86'399}),
                      numbers<std::int64_t>("d", "ttn", {0, 1'500'000'000, 60'000'000'000}),
                      numbers<std::int64_t>("e", "tss:", {0, 19'782 * day, -day}),
                      numbers<std::int64_t>("f", "tsm:", {0, -1, 1000}),
                      numbers<std::int64_t>("g", "tsu:Europe/Berlin", {0, 250, 1'000'000})},
                     3)},
              "a,b,c,d,e,f,g\n"
              "1970-01-01,1970-01-01,00:00:00,00:00:00.000,1970-01-01,1970-01-01 00:00:00.000,"
              "1970-01-01 00:00:00.000000Z\n"
              "2024-02-29,2024-02-29,01:00:00,00:00:01.500,2024-02-29,1969-12-31 23:59:59.999,"
              "1970-01-01 00:00:00.000250Z\n"
              "1969-12-31,1969-12-31,23:59:59,00:01:00.000,1969-12-31,1970-01-01 00:00:01.000,"
              "1970-01-01 00:00:01.000000Z\n");
}

TEST_F(Import, JoinsBatchesAndFollowsOffsets) {
  HandMade flags{"flag", "b", 4, {Bytes{std::byte{0b0110}}}};
  HandMade empty{"empty", "n", 4, {}};
  const HandMade numbered = numbers<std::int64_t>("n", "l", {10, 11, 12, 13});
  ReadOptions keep;
  keep.keep_empty_columns = true;
  expect_text({batch({numbered, flags, empty}, 4), batch({numbered, flags, empty}, 2, 1)},
              "n,flag,empty\n10,false,\n11,true,\n12,true,\n13,false,\n11,true,\n12,true,\n", keep);
}

TEST_F(Import, KeepsBlankRowsOfASingleColumn) {
  expect_text({batch({numbers<std::int64_t>("n", "l", {1, 0, 3}, {true, false, true})}, 3)},
              "n\n1\n\"\"\n3\n");
}

TEST_F(Import, TrainsToTheSameModelAsTheFile) {
  std::vector<std::string> towns;
  std::vector<std::int64_t> years;
  std::vector<double> amounts;
  std::string csv = "town,year,amount\n";
  for (int row = 0; row < 400; ++row) {
    towns.push_back(row % 3 == 0 ? "Ulm" : "Bonn, on the Rhine");
    years.push_back(1990 + row % 17);
    amounts.push_back(static_cast<double>(row * 7919 % 1000) / 4);
    csv += fmt::format("{},{},{}\n", row % 3 == 0 ? "Ulm" : "\"Bonn, on the Rhine\"", years.back(),
                       amounts.back() == static_cast<int>(amounts.back())
                           ? fmt::format("{}.0", static_cast<int>(amounts.back()))
                           : fmt::format("{}", amounts.back()));
  }
  ArrowArrayStream stream =
      stream_of({batch({texts<std::int32_t>("town", towns), numbers("year", "l", years),
                        numbers("amount", "g", amounts)},
                       400)});
  TrainOptions how;
  how.epochs = 2;
  const DeviceChoice cpu{DeviceChoice::Kind::cpu, 0, 1};
  const auto bytes = [&](const Table& table, const std::string& name) {
    const std::string path = folder_ / name;
    save_model(train_model(table, how, cpu), path);
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string ours = bytes(table_from_arrow(&stream), "a.safetensors");
  EXPECT_EQ(ours, bytes(from_csv(csv), "b.safetensors"));
}

TEST_F(Import, RefusesNestedTypesByName) {
  HandMade lists{"tags", "+l", 1, {bytes_of(std::vector<std::int32_t>{0, 0})}};
  lists.children = {numbers<std::int64_t>("item", "l", {})};
  EXPECT_EQ(message_of(lists),
            "column 'tags' holds lists, which are not taken; spread it over "
            "columns of numbers or texts, or leave it out with `drop`");
  EXPECT_NE(message_of(numbers<std::int64_t>("wait", "tDs", {1})).find("durations"),
            std::string::npos);
  EXPECT_NE(message_of(numbers<std::int64_t>("odd", "+?", {1})).find("'+?'"), std::string::npos);
}

TEST_F(Import, LeavesOutWhatIsDroppedWhateverItsType) {
  HandMade lists{"tags", "+l", 2, {bytes_of(std::vector<std::int32_t>{0, 0, 0})}};
  lists.children = {numbers<std::int64_t>("item", "l", {})};
  ArrowArrayStream stream = stream_of({batch({lists, numbers<std::int64_t>("n", "l", {1, 2})}, 2)});
  ReadOptions options;
  options.drop = {"tags"};
  const Table table = table_from_arrow(&stream, options);
  ASSERT_EQ(table.columns.size(), 1U);
  EXPECT_EQ(table.columns[0].name, "n");
}

TEST_F(Import, SaysWhatTheProducerSays) {
  ArrowArrayStream stream = stream_of({batch({numbers<std::int64_t>("n", "l", {1})}, 1)}, true);
  try {
    table_from_arrow(&stream);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::runtime);
    EXPECT_NE(std::string(error.what()).find("the disk is on fire"), std::string::npos);
  }
  EXPECT_EQ(stream.release, nullptr);
  EXPECT_THROW(table_from_arrow(&stream), Error);
}

TEST_F(Import, RefusesWhatNoCellCanHold) {
  EXPECT_NE(message_of(texts<std::int32_t>("t", {std::string("a\0b", 3)})).find("NUL byte"),
            std::string::npos);
  EXPECT_NE(message_of(numbers<std::int32_t>("d", "tdD", {2'000'000'000})).find("years 0 to 9999"),
            std::string::npos);
  EXPECT_NE(message_of(numbers<double>("x", "g", {1.5, HUGE_VAL})).find("line 3"),
            std::string::npos);
}

}  // namespace
}  // namespace cuvae::test
