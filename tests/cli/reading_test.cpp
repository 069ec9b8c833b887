// Files as people have them: read, learned from, and written back as they came.
#include <gtest/gtest.h>

#include "process.hpp"

namespace cuvae::test {
namespace {

std::string written_like(const Folder& folder, const std::string& text,
                         const Arguments& options = {}) {
  const std::string data = folder / "data.csv";
  write(data, text);
  Arguments train{"train", data, "-o", folder / "m", "--force", "--epochs", "1", "--seed", "1"};
  train.insert(train.end(), options.begin(), options.end());
  const Outcome trained = run(train);
  EXPECT_EQ(trained.code, 0) << trained.err;
  const Outcome made =
      run({"generate", folder / "m", "-n", "50", "-o", "-", "--seed", "1", "--quiet"});
  EXPECT_EQ(made.code, 0) << made.err;
  return made.out;
}

std::string table(const std::string& header, const std::string& end, bool quoted = false) {
  const std::string quote = quoted ? "\"" : "";
  std::string text = header;
  for (int i = 0; i < 200; ++i) {
    text += quote + std::to_string(i % 7) + quote + "," + quote + "x" + std::to_string(i % 3) +
            quote + "," + quote + std::to_string(i % 50) + "." + std::to_string(i % 10) + "5" +
            quote + end;
  }
  return text;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(Reading, LineEndsAreWrittenBack) {
  const Folder folder;
  const std::string made = written_like(folder, table("a,b,c\r\n", "\r\n"));
  EXPECT_EQ(lines(made, 0, 1), "a,b,c\r\n");
  EXPECT_EQ(count_of(made, "\r\n"), 51U);
  EXPECT_EQ(count_of(made, "\n"), 51U);
}

TEST(Reading, QuotesAreWrittenBack) {
  const Folder folder;
  const std::string made = written_like(folder, table("\"a\",\"b\",\"c\"\n", "\n", true));
  EXPECT_EQ(lines(made, 0, 1), "\"a\",\"b\",\"c\"\n");
  EXPECT_EQ(count_of(made, "\""), 51U * 6);
  EXPECT_EQ(count_of(made, "\",\""), 51U * 2);
}

TEST(Reading, DelimitersAtTheEndAndMissingNamesAreWrittenBack) {
  const Folder folder;
  const std::string made = written_like(folder, table(",b,c,\n", ",\n"));
  EXPECT_EQ(lines(made, 0, 1), ",b,c,\n");
  EXPECT_EQ(count_of(made, ",\n"), 51U);
  EXPECT_EQ(count_of(made, ","), 51U * 3);
}

TEST(Reading, EmptyColumnsAreKept) {
  const Folder folder;
  const std::string made = written_like(folder, table("a,b,c,d\n", ",\n"));
  EXPECT_EQ(lines(made, 0, 1), "a,b,c,d\n");
  EXPECT_EQ(count_of(made, ",\n"), 50U);
}

TEST(Reading, OptionsSayHowAFileIsRead) {
  const Folder folder;
  const std::string data = folder / "data.csv";
  write(data, "Statement\n\n#note\n\"Price, net\";caf\xE9\n1,5;x\n2,5;y\nTotal;\n");
  const Outcome refused = run({"inspect", data});
  EXPECT_EQ(refused.code, 3);
  EXPECT_NE(refused.err.find("--skip 3"), std::string::npos) << refused.err;
  const Outcome outcome =
      run({"inspect", data, "--skip", "2", "--comment", "#", "--skip-last", "1", "--encoding",
           "latin-1", "--rename", "\"Price, net\"=net", "--label", "net", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("caf\u00E9"), std::string::npos);
  EXPECT_NE(outcome.out.find("\"name\": \"net\""), std::string::npos) << outcome.out;
  EXPECT_EQ(run({"inspect", data, "--encoding", "ebcdic"}).code, 2);
  EXPECT_EQ(run({"inspect", data, "--rename", "net"}).code, 2);
}

TEST(Reading, EvaluateComparesValuesInAnyOrder) {
  const Folder folder;
  std::string real = "k,g,x\n";
  std::string other = "x,k,g\n";
  for (int i = 0; i < 300; ++i) {
    const std::string k = std::to_string(i % 4);
    const std::string x = std::to_string(1000 + i) + ".5";
    const std::string g = i % 2 == 0 ? "a" : "b";
    real += k + "," + g + "," + (i % 50 == 0 ? "" : x) + "\n";
    other += (i % 50 == 0 ? "NaN" : "\"" + x.substr(0, 1) + "," + x.substr(1) + "0\"") + "," + k +
             ".0," + g + "\n";
  }
  write(folder / "real.csv", real);
  write(folder / "other.csv", other);
  const Outcome same = run({"evaluate", folder / "real.csv", folder / "real.csv", "--json"});
  const Outcome outcome = run({"evaluate", folder / "real.csv", folder / "other.csv", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto scores = [](const Outcome& of) {
    const std::size_t at = of.out.find("\"scores\"");
    return of.out.substr(at, of.out.find('}', at) - at);
  };
  EXPECT_EQ(scores(outcome), scores(same));
}

}  // namespace
}  // namespace cuvae::test
