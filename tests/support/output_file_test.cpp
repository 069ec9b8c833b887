#include "support/output_file.hpp"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <cuvae/error.hpp>

#include "generate/temporary_folder.hpp"

namespace cuvae::test {
namespace {

template <class F>
std::string message_of(ErrorKind kind, F&& f) {
  try {
    f();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Cancelled : public Monitor {
 public:
  bool cancelled() const override { return true; }
};

TEST(OutputFile, AppearsAtCommitOnly) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  OutputFile file(path, false);
  file.write("abc");
  file.write_at("B", 1);
  EXPECT_FALSE(std::filesystem::exists(path));
  file.commit();
  EXPECT_EQ(content(path), "aBc");
  EXPECT_EQ(folder.files(), 1U);
}

TEST(OutputFile, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  { OutputFile(folder / "out.csv", false).write("abc"); }
  EXPECT_EQ(folder.files(), 0U);
}

TEST(OutputFile, KeepsAnExistingFileUnlessForced) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  write_file(path, "first", false);
  const std::string message =
      message_of(ErrorKind::usage, [&] { write_file(path, "second", false); });
  EXPECT_TRUE(holds(message, path) && holds(message, "--force")) << message;
  EXPECT_EQ(content(path), "first");
  write_file(path, "second", true);
  EXPECT_EQ(content(path), "second");
  EXPECT_EQ(folder.files(), 1U);
}

TEST(OutputFile, KeepsTheOldContentUntilCommit) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  write_file(path, "first", false);
  { OutputFile(path, true).write("half"); }
  EXPECT_EQ(content(path), "first");
}

TEST(OutputFile, DoesNotReplaceAFileThatAppearedMeanwhile) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  OutputFile file(path, false);
  file.write("late");
  write_file(path, "early", false);
  message_of(ErrorKind::usage, [&] { file.commit(); });
  EXPECT_EQ(content(path), "early");
}

TEST(OutputFile, ReplacesTheFileBehindALinkNotTheLink) {
  const TemporaryFolder folder;
  write_file(folder / "file", "old", false);
  std::filesystem::create_symlink("file", folder / "link");
  write_file(folder / "link", "new", true);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(content(folder / "file"), "new");
}

TEST(OutputFile, KeepsThePermissionsOfAFileThatItReplaces) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  write_file(path, "private", false);
  chmod(path.c_str(), 0600);
  write_file(path, "still", true);
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(OutputFile, TakesNamesAsLongAsNamesCanBe) {
  const TemporaryFolder folder;
  const std::string path = folder / std::string(255, 'x');
  write_file(path, "text", false);
  EXPECT_EQ(content(path), "text");
}

TEST(OutputFile, NamesWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_TRUE(holds(
      message_of(ErrorKind::runtime, [&] { write_file(folder / "no/such/folder.csv", "", false); }),
      "create the folder first"));
  EXPECT_TRUE(holds(message_of(ErrorKind::usage, [&] { write_file(folder / "", "", true); }),
                    "is a folder"));
  EXPECT_TRUE(holds(message_of(ErrorKind::usage, [&] { write_file("", "", true); }), "no name"));
  write_file(folder / "file", "", false);
  EXPECT_TRUE(holds(
      message_of(ErrorKind::runtime, [&] { write_file(folder / "file/below.csv", "", false); }),
      "can't be created"));
}

TEST(OutputFile, SaysThatADiskIsFull) {
  const std::string message =
      message_of(ErrorKind::runtime, [] { write_file("/dev/full", "text", false); });
  EXPECT_TRUE(holds(message, "/dev/full") && holds(message, "free some space")) << message;
}

TEST(OutputFile, SaysThatAFolderMayNotBeWritten) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "closed");
  chmod((folder / "closed").c_str(), 0500);
  // Root may write everywhere: be somebody else for a moment.
  constexpr uid_t nobody = 65534;
  const uid_t self = geteuid();
  if (self == 0 && seteuid(nobody) != 0) FAIL() << "can't stop being root";
  const std::string message =
      message_of(ErrorKind::runtime, [&] { write_file(folder / "closed/out.csv", "", false); });
  if (self == 0 && seteuid(self) != 0) FAIL() << "can't be root again";
  EXPECT_TRUE(holds(message, "may write to")) << message;
}

TEST(OutputFile, WritesDevicesInPlace) {
  OutputFile file("/dev/null", false);
  EXPECT_FALSE(file.seekable());
  file.write("text");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(OutputFile, FeedsAPipeToItsEnd) {
  const TemporaryFolder folder;
  const std::string path = folder / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string received;
  std::thread reader([&] { received = content(path); });
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + '\n';
  {
    const Monitor monitor;
    OutputFile file(path, false);
    file.write(text, &monitor);
    file.commit();
  }
  reader.join();
  EXPECT_EQ(received, text);
}

TEST(OutputFile, AClosedPipeIsAnErrorNotASignal) {
  signal(SIGPIPE, SIG_IGN);
  const TemporaryFolder folder;
  const std::string path = folder / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  OutputFile file(path, false);
  close(reader);
  const Monitor monitor;
  const std::string message = message_of(ErrorKind::runtime, [&] { file.write("text", &monitor); });
  EXPECT_TRUE(holds(message, "has ended")) << message;
}

TEST(OutputFile, APipeThatNobodyReadsCanBeCancelled) {
  class Later : public Monitor {
   public:
    bool cancelled() const override { return ++asked_ > 5; }

   private:
    mutable std::atomic<int> asked_{0};
  };
  const TemporaryFolder folder;
  const std::string path = folder / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  OutputFile file(path, false);
  const Later monitor;
  message_of(ErrorKind::interrupted,
             [&] { file.write(std::string(std::size_t{1} << 22, 'x'), &monitor); });
  close(reader);
}

}  // namespace
}  // namespace cuvae::test
