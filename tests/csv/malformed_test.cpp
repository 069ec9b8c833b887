#include <atomic>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>

#include "files.hpp"

namespace {

using cuvae::ErrorKind;
using cuvae::ReadOptions;

struct Case {
  const char* name;
  std::string text;
  std::string message;  // a part that says where and what
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"empty_file", "", "FILE is empty"},
      {"blank_lines", "\n\r\n\n", "nothing but blank lines"},
      {"header_only", "a,b\n", "line 1: a header, but no rows"},
      {"too_few_cells", "a,b,c\n1,2,3\n4,5\n",
       "line 3: expected 3 cells as in the header, found 2"},
      {"too_many_cells", "a,b\n1,2\n3,4,5\n1,2\n",
       "line 3: expected 2 cells as in the header, found 3"},
      {"short_row_behind_a_blank_line", "a,b\n1,2\n\n3\n",
       "line 4: expected 2 cells as in the header, found 1"},
      {"quote_never_closed", "a,b\n1,2\n3,\"4\n5,6\n",
       "line 3, column 2: the quote that opens here"},
      {"quote_never_closed_at_once", "a,b\n\"1,2\n", "line 2, column 1: the quote that opens here"},
      {"text_behind_quote", "a,b\n\"1\"x,2\n", "line 2, column 1: the quoted cell that opens here"},
      {"blank_behind_quote", "a,b\n1,\"2\" \n",
       "line 2, column 2: the quoted cell that opens here"},
      {"quote_in_text", "a,b\n1,2\n1\"2,3\n", "line 3, column 1: a quote stands inside"},
      {"lines_count_in_quotes", "a,b\n\"1\n\n\",2\n\"x\ny\",3,4\n", "line 5: expected 2 cells"},
      {"nul_byte", std::string("a,b\n1,\0\n", 8), "line 2: holds a NUL byte"},
      {"no_names", ",,\n1,2,3\n", "line 1 holds no name"},
      {"header_quote", "a,\"b\n1,2\n", "line 1, column 2: the quote that opens here"},
      {"header_quote_in_name", "a,b\"c\"\n1,2\n", "line 1, column 2: a quote stands beside"},
      {"infinity", "a,b\n1,2.5\n2,inf\n", "line 3, column 2 'b': 'inf' is no finite number"},
      {"infinite", "a,b\n1,2.5\n2,-inf\n3,1\n", "line 3, column 2 'b': '-inf' is no finite number"},
      {"overflow", "a,b\n1,1e400\n2,3\n", "line 2, column 2 'b': '1e400' is no finite number"},
      {"amount_overflow", "a,b\n1,$5\n2,$1e999\n", "line 3, column 2 'b': '$1e999'"},
      {"number_too_long", "a,b\n1,5\n2," + std::string(400, '9') + "\n",
       "line 3, column 2 'b': '99"},
      {"cell_too_long", "a,b\n1,x\n2," + std::string(std::size_t{3} << 19, 'x') + "\n",
       "line 3, column 2 'b': a cell of 1,572,864 bytes"},
      {"no_value_at_all", "a\n\"\"\n\"\"\n", "column 'a' has no value in any row"},
  };
  return all;
}

class Malformed : public testing::TestWithParam<std::size_t> {};

TEST_P(Malformed, IsRefusedWithPlaceAndReason) {
  const Case& wrong = cases()[GetParam()];
  for (const std::size_t piece : {std::size_t{1} << 18, std::size_t{8}}) {
    cuvae::ReadSettings settings;
    settings.piece_bytes = piece;
    settings.threads = piece == 8 ? 3 : 1;
    const files::Failure failure = files::failure(wrong.text, {}, settings);
    EXPECT_EQ(failure.kind, ErrorKind::data);
    EXPECT_NE(failure.message.find(wrong.message), std::string::npos) << failure.message;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Malformed, testing::Range(std::size_t{0}, cases().size()),
                         [](const auto& which) { return cases()[which.param].name; });

TEST(Refused, ColumnThatOptionsNameIsNotThere) {
  ReadOptions options;
  options.drop = {"Zp"};
  const files::Failure failure = files::failure("City,Zip\na,1\n", options);
  EXPECT_EQ(failure.kind, ErrorKind::usage);
  EXPECT_NE(failure.message.find("did you mean 'Zip'?"), std::string::npos) << failure.message;
}

TEST(Refused, LabelAndContinuousAtOnce) {
  ReadOptions options;
  options.label = {"a"};
  options.continuous = {"a"};
  EXPECT_EQ(files::failure("a\n1\n", options).kind, ErrorKind::usage);
}

TEST(Refused, ContinuousCellThatIsNoNumber) {
  ReadOptions options;
  options.continuous = {"b"};
  std::string text = "a,b\n";
  for (int i = 0; i < 5000; ++i) text += "1,2\n";
  text += "1,x y\n";
  for (int i = 0; i < 5000; ++i) text += "1,z\n";
  cuvae::ReadSettings settings;
  settings.piece_bytes = 256;
  settings.threads = 3;
  const files::Failure failure = files::failure(text, options, settings);
  EXPECT_EQ(failure.kind, ErrorKind::data);
  EXPECT_NE(failure.message.find("line 5002, column 2 'b': 'x y' is not a finite number"),
            std::string::npos)
      << failure.message;
}

TEST(Refused, NoColumnLeft) {
  ReadOptions options;
  options.drop = {"a", "b"};
  const files::Failure failure = files::failure("a,b\n1,2\n", options);
  EXPECT_EQ(failure.kind, ErrorKind::data);
  EXPECT_NE(failure.message.find("no column is left"), std::string::npos);
}

TEST(Refused, FewerRowsThanNeeded) {
  ReadOptions options;
  options.minimum_rows = 2;
  const files::Failure failure = files::failure("a,b\n1,2\n", options);
  EXPECT_EQ(failure.kind, ErrorKind::data);
  EXPECT_NE(failure.message.find("has 1 row of data, at least 2"), std::string::npos);
}

TEST(Refused, FirstProblemOfTheFileIsReported) {
  std::string text = "a,b\n";
  for (int i = 0; i < 3000; ++i) text += i == 1000 || i == 2000 ? "1\n" : "1,2\n";
  text += "\"never closed\n";
  for (int run = 0; run < 5; ++run) {
    cuvae::ReadSettings settings;
    settings.piece_bytes = 64;
    settings.threads = 4;
    const files::Failure failure = files::failure(text, {}, settings);
    EXPECT_NE(failure.message.find("line 1002: expected 2 cells"), std::string::npos)
        << failure.message;
  }
}

ErrorKind kind_of_reading(const std::string& path) {
  cuvae::Monitor monitor;
  try {
    cuvae::read_csv(path, {}, monitor);
  } catch (const cuvae::Error& error) {
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    return error.kind();
  }
  return {};
}

TEST(Refused, FilesThatCannotBeRead) {
  EXPECT_EQ(kind_of_reading("/no/such/file.csv"), ErrorKind::data);
  EXPECT_EQ(kind_of_reading(testing::TempDir()), ErrorKind::data);
}

class Stopping : public cuvae::Monitor {
 public:
  bool cancelled() const override { return ++polls_ > 2; }

 private:
  mutable std::atomic<int> polls_{0};
};

TEST(Read, PipeWithoutWriterCanBeInterrupted) {
  const std::string path = testing::TempDir() + "cuvae-silent-" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  Stopping monitor;
  try {
    cuvae::read_csv(path, {}, monitor);
    ADD_FAILURE() << "was not interrupted";
  } catch (const cuvae::Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
  unlink(path.c_str());
}

TEST(Read, PipesAreReadToTheirEnd) {
  const std::string path = testing::TempDir() + "cuvae-pipe-" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string text = "a,b\n";
  for (int i = 0; i < 1500000; ++i) text += "1,2\n";
  {
    std::jthread writer([&] { std::ofstream(path, std::ios::binary) << text; });
    cuvae::Monitor monitor;
    const cuvae::Table table = cuvae::read_csv(path, {}, monitor);
    EXPECT_EQ(table.rows, 1500000U);
    EXPECT_EQ(table.bytes, text.size());
    EXPECT_EQ(table.fingerprint, files::read(text).fingerprint);
  }
  unlink(path.c_str());
}

}  // namespace
