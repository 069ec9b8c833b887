// Bad input, outputs in the way, full disks: exit code, message, and nothing left behind.
#include <gtest/gtest.h>
#include <unistd.h>

#include "process.hpp"

namespace cuvae::test {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct BadTable {
  std::string text;
  std::string message;  // part of the last line
  Arguments options{};
};

TEST(BadInput, IsNamedAndLeavesNothing) {
  const std::vector<BadTable> cases{
      {"", "t.csv"},
      {"a,b\n", "t.csv"},
      {"a,b\n1,2\n", "row"},
      {"a,b\n1,2\n3\n4,5\n", "line 3"},
      {"a,b\n1,2\n3,4\n5,\"6\n", "quot"},
      {"a,b\n,\n,\n", "t.csv"},
      {"a,b\n1.5,2\ninf,3\n", "line 3", {"--continuous", "a"}},
      {"a,b\n1.5,2\n1e400,3\n", "line 3", {"--continuous", "a"}},
      {"a,b\n1.5,2\nx,3\n", "line 3", {"--continuous", "a"}},
  };
  for (const BadTable& bad : cases) {
    for (const char* verb : {"train", "run"}) {
      Folder folder;
      write(folder / "t.csv", bad.text);
      Arguments arguments{verb, folder / "t.csv", "-o", folder / "out"};
      arguments.insert(arguments.end(), bad.options.begin(), bad.options.end());
      const Outcome outcome = run(arguments);
      const std::string line = last_line(outcome.err);
      EXPECT_EQ(outcome.code, 3) << bad.text << line;
      EXPECT_EQ(line.rfind("cuvae: error: ", 0), 0U) << bad.text << line;
      EXPECT_TRUE(contains(line, bad.message)) << bad.text << line;
      EXPECT_EQ(folder.names(), std::vector<std::string>{"t.csv"}) << bad.text;
      EXPECT_EQ(outcome.out, "");
    }
  }
}

TEST(BadInput, MissingFilesAndFolders) {
  Folder folder;
  for (const std::string& input : {folder / "nowhere.csv", folder / "."}) {
    const Outcome outcome = run({"train", input, "-o", folder / "m"});
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_TRUE(contains(last_line(outcome.err), input)) << outcome.err;
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(BadInput, UnknownColumnInAnOptionIsWrongUsage) {
  Folder folder;
  write(folder / "t.csv", "a,b\n1,2\n3,4\n");
  const Outcome outcome = run({"train", folder / "t.csv", "-o", folder / "m", "--drop", "c"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_TRUE(contains(last_line(outcome.err), "c")) << outcome.err;
}

TEST(BadInput, AColumnWithoutValuesStaysEmptyWithAWarning) {
  Folder folder;
  write(folder / "t.csv", "a,void,b\n1,,2\n3,,4\n5,,6\n");
  const Outcome outcome = run({"run", folder / "t.csv", "-o", folder / "r", "-n", "5"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "cuvae: warning: column 'void'")) << outcome.err;
  EXPECT_EQ(lines(contents(folder / "r/synthetic.csv"), 0, 1), "a,void,b\n");
  EXPECT_EQ(run({"evaluate", folder / "t.csv", folder / "r/synthetic.csv"}).code, 0);
}

TEST(BadInput, BrokenModels) {
  Folder folder;
  write(folder / "t.csv", "a,b\n1,2\n3,4\n5,6\n");
  ASSERT_EQ(run({"train", folder / "t.csv", "-o", folder / "m", "--epochs", "1"}).code, 0);
  const std::string good = contents(folder / "m");
  for (const std::string& bad :
       {std::string(), good.substr(0, 7), good.substr(0, 100), good.substr(0, good.size() - 1),
        good + "x", std::string(1000, '\xff')}) {
    write(folder / "bad.safetensors", bad);
    for (const Arguments& arguments :
         {Arguments{"inspect", folder / "bad.safetensors"},
          Arguments{"generate", folder / "bad.safetensors", "-n", "5", "-o", folder / "s.csv"}}) {
      const Outcome outcome = run(arguments);
      EXPECT_EQ(outcome.code, 3) << bad.size() << " bytes: " << outcome.err;
      EXPECT_TRUE(contains(last_line(outcome.err), "bad.safetensors")) << outcome.err;
    }
  }
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"bad.safetensors", "m", "t.csv"}));
}

TEST(BadInput, TablesOfOtherColumnsCantBeCompared) {
  Folder folder;
  write(folder / "a.csv", "a,b\nx,2\ny,4\n");
  write(folder / "b.csv", "c,b\nx,2\ny,4\n");
  const Outcome outcome = run({"evaluate", folder / "a.csv", folder / "b.csv"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_TRUE(contains(last_line(outcome.err), "a")) << outcome.err;
}

// At the step where it happens, not after the last epoch.
TEST(Training, ALossThatIsNotFiniteStopsIt) {
  Folder folder;
  ASSERT_EQ(run({"simulate", "-n", "500", "-o", folder / "t.csv", "--seed", "1"}).code, 0);
  for (const char* recipe : {"seed", "fast", "best"}) {
    for (const char* threads : {"1", "2"}) {
      const Outcome outcome =
          run({"train", folder / "t.csv", "-o", folder / "m", "--recipe", recipe, "--epochs",
               "1000000", "--learning-rate", "1e30", "--threads", threads});
      EXPECT_EQ(outcome.code, 1) << recipe << outcome.err;
      const std::string line = last_line(outcome.err);
      EXPECT_TRUE(contains(line, "error: epoch ")) << recipe << line;
      EXPECT_TRUE(contains(line, ", step ")) << recipe << line;
      EXPECT_TRUE(contains(line, "--learning-rate below 1e+30")) << recipe << line;
    }
  }
  EXPECT_EQ(folder.names(), std::vector<std::string>{"t.csv"});
}

TEST(Training, ALossThatExplodesIsTold) {
  Folder folder;
  ASSERT_EQ(run({"simulate", "-n", "500", "-o", folder / "t.csv", "--seed", "1"}).code, 0);
  const Outcome outcome = run({"train", folder / "t.csv", "-o", folder / "m", "--epochs", "20",
                               "--learning-rate", "10", "--seed", "1"});
  EXPECT_TRUE(contains(outcome.err, "warning: the loss grew from")) << outcome.err;
  const Outcome calm = run({"train", folder / "t.csv", "-o", folder / "n", "--epochs", "5"});
  EXPECT_EQ(calm.code, 0);
  EXPECT_FALSE(contains(calm.err, "warning")) << calm.err;
}

TEST(Training, BatchesAreCheckedBeforeAnyWork) {
  Folder folder;
  const Outcome outcome =
      run({"train", folder / "none.csv", "-o", folder / "m", "--batch-size", "1048577"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_TRUE(contains(last_line(outcome.err), "--batch-size")) << outcome.err;
}

TEST(Formulas, AreEscapedOnRequestAndCounted) {
  Folder folder;
  std::string text = "=n,kind,amount\n";
  for (int i = 0; i < 40; ++i) text += i % 2 == 0 ? "=1+1,-x,-5\n" : "b,@y,-7\n";
  write(folder / "t.csv", text);
  for (const bool escape : {false, true}) {
    Arguments arguments{"run", folder / "t.csv", "-o", folder / "r", "-n",
                        "20",  "--epochs",       "1",  "--force",    "--quiet"};
    if (escape) arguments.push_back("--escape-formulas");
    const Outcome outcome = run(arguments);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "");
    const std::string rows = contents(folder / "r/synthetic.csv");
    EXPECT_EQ(contains(rows, "'=n,"), escape) << rows;
    EXPECT_EQ(contains(rows, "'-x"), escape) << rows;
    EXPECT_EQ(contains(rows, "'@y"), escape) << rows;
    EXPECT_FALSE(contains(rows, "'-5") || contains(rows, "'-7") || contains(rows, "'b")) << rows;
    const std::string report = contents(folder / "r/report.html");
    EXPECT_TRUE(contains(report, "Cells that a spreadsheet would run")) << report;
    EXPECT_EQ(contains(report, ", escaped"), escape) << report;
  }
}

TEST(Outputs, ExistingOnesNeedForce) {
  Folder folder;
  write(folder / "t.csv", "a,b\n1,2\n3,4\n5,6\n");
  write(folder / "m", "precious");
  const Outcome refused = run({"train", folder / "t.csv", "-o", folder / "m"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(contains(last_line(refused.err), "--force"));
  EXPECT_FALSE(contains(refused.err, "seed"));  // found before any work
  EXPECT_EQ(contents(folder / "m"), "precious");
  EXPECT_EQ(run({"train", folder / "t.csv", "-o", folder / "m", "--force"}).code, 0);
  EXPECT_NE(contents(folder / "m"), "precious");
}

TEST(Outputs, RunRefusesWhenAnyOfItsFilesIsThere) {
  for (const char* name : {"model.safetensors", "synthetic.csv", "report.html", "metrics.json"}) {
    Folder folder;
    write(folder / "t.csv", "a,b\n1,2\n3,4\n5,6\n");
    write(folder / name, "precious");
    const Outcome refused = run({"run", folder / "t.csv", "-o", folder / ".", "-n", "5"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_TRUE(contains(last_line(refused.err), name)) << refused.err;
    EXPECT_EQ(contents(folder / name), "precious");
    EXPECT_EQ(folder.names().size(), 2U);
    EXPECT_EQ(run({"run", folder / "t.csv", "-o", folder / ".", "-n", "5", "-f"}).code, 0);
    EXPECT_EQ(folder.names().size(), 5U);
  }
}

TEST(Outputs, AnInputIsNeverOverwritten) {
  Folder folder;
  write(folder / "t.csv", "a,b\n1,2\n3,4\n5,6\n");
  const Outcome outcome = run({"train", folder / "t.csv", "-o", folder / "t.csv", "--force"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_TRUE(contains(last_line(outcome.err), "also an input"));
  EXPECT_EQ(contents(folder / "t.csv"), "a,b\n1,2\n3,4\n5,6\n");
}

TEST(Outputs, FoldersMustBeThere) {
  Folder folder;
  const Outcome outcome = run({"simulate", "-n", "5", "-o", folder / "no/where.csv"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(last_line(outcome.err), "create it first")) << outcome.err;
  EXPECT_EQ(run({"simulate", "-n", "5", "-o", folder / "."}).code, 2);
}

TEST(Outputs, LinksAreFollowedOrRefusedBeforeAnyWork) {
  Folder folder;
  write(folder / "t.csv", "a,b\n1,2\n3,4\n5,6\n");
  std::filesystem::create_symlink("nowhere", folder / "m");
  const Outcome refused = run({"train", folder / "t.csv", "-o", folder / "m", "--force"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(contains(last_line(refused.err), "leads nowhere")) << refused.err;
  EXPECT_FALSE(contains(refused.err, "read"));
  write(folder / "nowhere", "old");
  EXPECT_EQ(run({"train", folder / "t.csv", "-o", folder / "m", "--force"}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "m"));
  EXPECT_NE(contents(folder / "nowhere"), "old");
}

TEST(Outputs, ANameThatNoFileCanHaveIsRefusedBeforeAnyWork) {
  Folder folder;
  write(folder / "t.csv", "a,b\n1,2\n3,4\n5,6\n");
  const Outcome refused = run({"train", folder / "t.csv", "-o", folder / std::string(300, 'x')});
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(contains(last_line(refused.err), "choose another name")) << refused.err;
  EXPECT_FALSE(contains(refused.err, "read"));
}

TEST(Outputs, AFileBeyondTheLimitOfSizesIsAnErrorNotASignal) {
  Folder folder;
  const std::string tool = CUVAE_TOOL;
  write(folder / "script", "ulimit -f 64; '" + tool + "' simulate -n 100k -o '" +
                               (folder / "s.csv") + "' -q 2> '" + (folder / "err") +
                               "'; echo $? > '" + (folder / "code") + "'");
  ASSERT_EQ(std::system(("bash '" + (folder / "script") + "'").c_str()), 0);
  EXPECT_EQ(contents(folder / "code"), "1\n");
  EXPECT_TRUE(contains(contents(folder / "err"), "ulimit -f")) << contents(folder / "err");
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"code", "err", "script"}));
}

TEST(Outputs, AFullDiskIsNamed) {
  const Outcome outcome = run({"simulate", "-n", "100000", "-o", "/dev/full"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(last_line(outcome.err), "/dev/full")) << outcome.err;
  EXPECT_TRUE(contains(last_line(outcome.err), "space")) << outcome.err;
}

TEST(Outputs, UnwritableFoldersAreNamed) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const Outcome outcome = run({"simulate", "-n", "5", "-o", "/proc/rows.csv"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(contains(last_line(outcome.err), "/proc")) << outcome.err;
}

TEST(Outputs, AClosedPipeEndsQuietly) {
  Folder folder;
  const std::string tool = CUVAE_TOOL;
  write(folder / "script", "'" + tool + "' simulate -n 5M -o - -q 2> '" + (folder / "err") +
                               "' | head -c 5 > /dev/null; echo ${PIPESTATUS[0]} > '" +
                               (folder / "code") + "'");
  ASSERT_EQ(std::system(("bash '" + (folder / "script") + "'").c_str()), 0);
  EXPECT_EQ(contents(folder / "code"), "141\n");
  EXPECT_EQ(contents(folder / "err"), "");
}

}  // namespace
}  // namespace cuvae::test
