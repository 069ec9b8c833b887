// Progress and colours on a terminal.
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "process.hpp"

namespace cuvae::test {
namespace {

const Environment xterm{{"TERM", "xterm"}, {"NO_COLOR", ""}};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A bare chroot may have no pseudo-terminals.
class Terminal : public testing::Test {
 protected:
  void SetUp() override {
    const int screen = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (screen < 0) GTEST_SKIP() << "this system gives no pseudo-terminal; mount /dev/pts";
    close(screen);
  }
};

TEST_F(Terminal, ErrorsAreColouredUnlessRefused) {
  EXPECT_TRUE(contains(run_on_terminal({"trian"}, xterm).err, "\x1b[1;31merror:"));
  for (const Environment& plain : {Environment{{"TERM", "xterm"}, {"NO_COLOR", "1"}},
                                   Environment{{"TERM", "dumb"}}, Environment{{"TERM", ""}}}) {
    const Outcome outcome = run_on_terminal({"trian"}, plain);
    EXPECT_TRUE(contains(outcome.err, "did you mean train?"));
    EXPECT_FALSE(contains(outcome.err, "\x1b")) << outcome.err;
  }
  EXPECT_FALSE(contains(run_on_terminal({"train", "--no-color", "--x"}, xterm).err, "\x1b"));
}

TEST_F(Terminal, TheBarIsReplacedByItsSummary) {
  Folder folder;
  const Outcome outcome =
      run_on_terminal({"simulate", "-n", "200k", "-o", folder / "s.csv", "--seed", "1"}, xterm);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "\rsimulate  ..."));  // at once, before the first row
  const std::string last_frame = outcome.err.substr(outcome.err.rfind("\x1b[K") + 3);
  EXPECT_EQ(last_frame.rfind("simulate  ", 0), 0U) << last_frame;
  EXPECT_TRUE(contains(last_frame, "s.csv: 200,000 rows")) << last_frame;
  EXPECT_EQ(last_frame.back(), '\n');
  EXPECT_FALSE(contains(outcome.err, "\x1b[?25l"));  // the cursor is never hidden
}

TEST_F(Terminal, ADumbOneGetsPlainLinesAndQuietNone) {
  Folder folder;
  const Arguments simulate{"simulate", "-n", "1000", "-o", folder / "s.csv", "--force"};
  EXPECT_FALSE(contains(run_on_terminal(simulate, {{"TERM", "dumb"}}).err, "\x1b"));
  Arguments quiet = simulate;
  quiet.push_back("--quiet");
  EXPECT_EQ(run_on_terminal(quiet, xterm).err, "");
}

TEST_F(Terminal, EpochsStandAboveTheBar) {
  Folder folder;
  std::string table = "a,b\n";
  for (int row = 0; row < 50; ++row) table += std::to_string(row) + ",x\n";
  write(folder / "t.csv", table);
  const Outcome outcome =
      run_on_terminal({"train", folder / "t.csv", "-o", folder / "m", "--epochs", "100"}, xterm);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "epoch       1 of 100  loss "));
  EXPECT_TRUE(contains(outcome.err, "epoch     100 of 100  loss "));
  EXPECT_FALSE(contains(outcome.err, "epoch       2 of 100"));  // about thirty lines, not a hundred
}

}  // namespace
}  // namespace cuvae::test
