// Ctrl-C during each verb.
#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <thread>

#include "process.hpp"

namespace cuvae::test {
namespace {

using namespace std::chrono_literals;

// Waits for a text on standard error: the tool listens to signals before it writes anything.
bool wait_for(const Tool& tool, const std::string& text) {
  for (int tries = 0; tries < 3000; ++tries) {
    if (tool.errors().find(text) != std::string::npos) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

Outcome interrupt(Tool& tool, const std::string& after, int signal = SIGINT) {
  EXPECT_TRUE(wait_for(tool, after)) << tool.errors();
  std::this_thread::sleep_for(50ms);
  tool.send(signal);
  return tool.wait();
}

void expect_interrupted(const Outcome& outcome) {
  EXPECT_EQ(outcome.code, 130) << outcome.err;
  EXPECT_NE(last_line(outcome.err).find("cuvae: interrupted"), std::string::npos) << outcome.err;
}

class Interrupt : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = std::make_unique<Folder>();
    data = *folder / "cards.csv";
    model = *folder / "cards.safetensors";
    ASSERT_EQ(run({"simulate", "-n", "2000", "-o", data, "--seed", "1"}).code, 0);
    ASSERT_EQ(run({"train", data, "-o", model, "--epochs", "1"}).code, 0);
  }
  static void TearDownTestSuite() { folder.reset(); }

  static inline std::unique_ptr<Folder> folder;
  static inline std::string data;
  static inline std::string model;
};

TEST_F(Interrupt, Simulate) {
  Folder out;
  Tool tool({"simulate", "-n", "100G", "-o", out / "s.csv"});
  const Outcome outcome = interrupt(tool, "seed");
  expect_interrupted(outcome);
  EXPECT_NE(outcome.err.find("s.csv was not written"), std::string::npos) << outcome.err;
  EXPECT_TRUE(out.names().empty());
}

TEST_F(Interrupt, Train) {
  Folder out;
  Tool tool({"train", data, "-o", out / "m", "--epochs", "1000000"});
  expect_interrupted(interrupt(tool, "epoch"));
  EXPECT_TRUE(out.names().empty());
}

TEST_F(Interrupt, GenerateLeavesAnExistingFileAlone) {
  Folder out;
  write(out / "s.csv", "precious");
  Tool tool({"generate", model, "-n", "100G", "-o", out / "s.csv", "--force"});
  const Outcome outcome = interrupt(tool, "seed");
  expect_interrupted(outcome);
  EXPECT_NE(outcome.err.find("s.csv is untouched"), std::string::npos) << outcome.err;
  EXPECT_EQ(out.names(), std::vector<std::string>{"s.csv"});
  EXPECT_EQ(contents(out / "s.csv"), "precious");
}

TEST_F(Interrupt, TerminationIsTheSame) {
  Folder out;
  Tool tool({"generate", model, "-n", "100G", "-o", out / "s.csv"});
  expect_interrupted(interrupt(tool, "seed", SIGTERM));
  EXPECT_TRUE(out.names().empty());
}

TEST_F(Interrupt, RunInTrainingLeavesNoFolder) {
  Folder out;
  Tool tool({"run", data, "-o", out / "r", "--epochs", "1000000"});
  expect_interrupted(interrupt(tool, "epoch"));
  EXPECT_TRUE(out.names().empty());
}

TEST_F(Interrupt, RunInGenerationLeavesNoFolder) {
  Folder out;
  Tool tool({"run", data, "-o", out / "r", "-n", "100G", "--epochs", "1"});
  const Outcome outcome = interrupt(tool, "\ntrain");
  expect_interrupted(outcome);
  EXPECT_TRUE(out.names().empty());
  EXPECT_NE(outcome.err.find("synthetic.csv was not written"), std::string::npos) << outcome.err;
}

// The files of a run appear together: a new model never stands beside old rows.
TEST_F(Interrupt, RunAgainLeavesAllFilesAlone) {
  Folder out;
  ASSERT_EQ(run({"run", data, "-o", out / "r", "-n", "50", "--epochs", "1", "--seed", "1"}).code,
            0);
  const std::vector<std::string> names{"model.safetensors", "synthetic.csv", "report.html",
                                       "metrics.json"};
  std::vector<std::string> before;
  for (const std::string& name : names) before.push_back(contents(out / ("r/" + name)));
  for (const int signal : {SIGINT, SIGKILL}) {
    Tool tool({"run", data, "-o", out / "r", "-n", "100G", "--epochs", "1", "--force"});
    interrupt(tool, "\ntrain", signal);
    for (std::size_t i = 0; i < names.size(); ++i) {
      EXPECT_EQ(contents(out / ("r/" + names[i])), before[i]) << names[i] << ", signal " << signal;
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(out / "r"), {}), 4) << signal;
  }
}

TEST_F(Interrupt, ASecondRunInTheSameFolderIsToldWhoIsThere) {
  Folder out;
  Tool tool({"run", data, "-o", out / "r", "--epochs", "1000000"});
  EXPECT_TRUE(wait_for(tool, "epoch"));
  for (const char* force : {"--force", "--quiet"}) {
    const Outcome second = run({"run", data, "-o", out / "r", "--epochs", "1", force});
    EXPECT_EQ(second.code, 1) << second.err;
    EXPECT_NE(last_line(second.err).find("another run is writing to this folder"),
              std::string::npos)
        << second.err;
  }
  tool.send(SIGINT);
  expect_interrupted(tool.wait());
  EXPECT_TRUE(out.names().empty());
}

TEST_F(Interrupt, WaitingForStandardInput) {
  Folder out;
  Tool train({"train", "-", "-o", out / "m"}, "", {}, true);
  expect_interrupted(interrupt(train, "seed"));
  Tool evaluate({"evaluate", data, "-"}, "", {}, true);
  expect_interrupted(interrupt(evaluate, "read"));
  EXPECT_TRUE(out.names().empty());
}

// Whenever that happens, the tool says so, or had read all of it before.
TEST_F(Interrupt, AFileCutShortWhileItIsReadIsAnError) {
  Folder out;
  const std::string whole = contents(data);
  const std::string header = whole.substr(0, whole.find('\n') + 1);
  const std::string rows = whole.substr(header.size());
  std::string text = header;
  for (int i = 0; i < 100; ++i) text += rows;
  for (int delay = 0; delay < 60; delay += 3) {
    write(out / "t.csv", text);
    Tool tool({"inspect", out / "t.csv", "--threads", "1"});
    std::this_thread::sleep_for(std::chrono::milliseconds(delay));
    std::filesystem::resize_file(out / "t.csv", 3 * header.size());
    const Outcome outcome = tool.wait();
    EXPECT_EQ(outcome.signal, 0) << "after " << delay << " ms";
    EXPECT_TRUE(outcome.code == 0 || outcome.code == 1 || outcome.code == 3) << outcome.code;
    EXPECT_TRUE(outcome.code == 0 || !outcome.err.empty());
  }
}

TEST_F(Interrupt, ASecondOneKillsAtOnce) {
  Tool tool({"train", "-", "-o", *folder / "never"}, "", {}, true);
  EXPECT_TRUE(wait_for(tool, "seed"));
  tool.send(SIGINT);
  std::this_thread::sleep_for(300ms);
  tool.send(SIGINT);
  const Outcome outcome = tool.wait();
  // A machine that is slow enough lets the first one finish.
  EXPECT_TRUE(outcome.signal == SIGINT || outcome.code == 130) << outcome.code;
  EXPECT_FALSE(std::filesystem::exists(*folder / "never"));
}

}  // namespace
}  // namespace cuvae::test
