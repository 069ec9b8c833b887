#include "support/output_file.hpp"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <cuvae/error.hpp>

#include "file_content.hpp"
#include "support/temporary_folder.hpp"

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
  OutputFile file(path, IfExists::fail);
  file.write("abc");
  file.write_at("B", 1);
  EXPECT_FALSE(std::filesystem::exists(path));
  file.commit();
  EXPECT_EQ(content(path), "aBc");
  EXPECT_EQ(folder.names().size(), 1U);
}

TEST(OutputFile, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  { OutputFile(folder / "out.csv", IfExists::fail).write("abc"); }
  EXPECT_TRUE(folder.names().empty());
}

TEST(OutputFile, KeepsAnExistingFileUnlessForced) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  write_file(path, "first", IfExists::fail);
  const std::string message =
      message_of(ErrorKind::usage, [&] { write_file(path, "second", IfExists::fail); });
  EXPECT_TRUE(holds(message, path) && holds(message, "`force`")) << message;
  EXPECT_EQ(content(path), "first");
  write_file(path, "second", IfExists::replace);
  EXPECT_EQ(content(path), "second");
  EXPECT_EQ(folder.names().size(), 1U);
}

TEST(OutputFile, KeepsTheOldContentUntilCommit) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  write_file(path, "first", IfExists::fail);
  { OutputFile(path, IfExists::replace).write("half"); }
  EXPECT_EQ(content(path), "first");
}

TEST(OutputFile, DoesNotReplaceAFileThatAppearedMeanwhile) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  OutputFile file(path, IfExists::fail);
  file.write("late");
  write_file(path, "early", IfExists::fail);
  message_of(ErrorKind::usage, [&] { file.commit(); });
  EXPECT_EQ(content(path), "early");
}

TEST(OutputFile, ReplacesTheFileBehindALinkNotTheLink) {
  const TemporaryFolder folder;
  write_file(folder / "file", "old", IfExists::fail);
  std::filesystem::create_symlink("file", folder / "link");
  write_file(folder / "link", "new", IfExists::replace);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(content(folder / "file"), "new");
}

TEST(OutputFile, KeepsThePermissionsOfAFileThatItReplaces) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  write_file(path, "private", IfExists::fail);
  chmod(path.c_str(), 0600);
  write_file(path, "still", IfExists::replace);
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(OutputFile, HasNoNameBeforeCommit) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  OutputFile file(path, IfExists::fail);
  if (file.name_to_read().rfind("/proc/", 0) != 0) GTEST_SKIP() << "no files without a name here";
  file.write("abc");
  EXPECT_EQ(folder.names().size(), 0U);
  EXPECT_EQ(content(file.name_to_read()), "abc");
  file.commit();
  EXPECT_EQ(content(path), "abc");
  EXPECT_EQ(file.name_to_read(), "");
}

// Where the file system has no files without a name.
TEST(OutputFile, ATemporaryNameDoesAsWell) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  const auto named = OutputFile::Naming::temporary;
  {
    OutputFile file(path, IfExists::fail, named);
    file.write("abandoned");
    EXPECT_EQ(folder.names().size(), 1U);
    EXPECT_EQ(content(file.name_to_read()), "abandoned");
  }
  EXPECT_EQ(folder.names().size(), 0U);
  for (const IfExists if_exists : {IfExists::fail, IfExists::replace}) {
    OutputFile file(path, if_exists, named);
    file.write(if_exists == IfExists::replace ? "second" : "first");
    file.commit();
    EXPECT_EQ(content(path), if_exists == IfExists::replace ? "second" : "first");
    EXPECT_EQ(folder.names().size(), 1U);
  }
  OutputFile late(folder / "late.csv", IfExists::fail, named);
  write_file(folder / "late.csv", "early", IfExists::fail);
  message_of(ErrorKind::usage, [&] { late.commit(); });
  EXPECT_EQ(content(folder / "late.csv"), "early");
}

TEST(OutputFile, IsAsPrivateAsTheFileThatItReplacesFromTheStart) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  write_file(path, "private", IfExists::fail);
  chmod(path.c_str(), 0600);
  for (const auto naming : {OutputFile::Naming::late, OutputFile::Naming::temporary}) {
    OutputFile file(path, IfExists::replace, naming);
    struct stat status {};
    ASSERT_EQ(stat(file.name_to_read().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
  }
}

TEST(OutputFile, RefusesALinkThatLeadsNowhere) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("nowhere", folder / "link");
  for (const IfExists if_exists : {IfExists::fail, IfExists::replace}) {
    const std::string message =
        message_of(ErrorKind::usage, [&] { write_file(folder / "link", "text", if_exists); });
    EXPECT_TRUE(holds(message, "leads nowhere")) << message;
  }
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
}

TEST(OutputFile, AFileBeyondTheLimitIsAnErrorNotASignal) {
  const TemporaryFolder folder;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 4096;
  signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = message_of(ErrorKind::runtime, [&] {
    write_file(folder / "out.csv", std::string(10'000, 'x'), IfExists::fail);
  });
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(holds(message, "ulimit -f")) << message;
  EXPECT_EQ(folder.names().size(), 0U);
}

TEST(OutputFiles, AppearTogether) {
  for (const auto naming : {OutputFile::Naming::late, OutputFile::Naming::temporary}) {
    const TemporaryFolder folder;
    write_file(folder / "b", "old", IfExists::fail);
    OutputFile a(folder / "a", IfExists::replace, naming);
    OutputFile b(folder / "b", IfExists::replace, naming);
    OutputFile c("/dev/null", IfExists::replace, naming);
    a.write("new a");
    b.write("new b");
    EXPECT_EQ(content(folder / "b"), "old");
    commit_together({&a, &b, &c});
    EXPECT_EQ(content(folder / "a"), "new a");
    EXPECT_EQ(content(folder / "b"), "new b");
    EXPECT_EQ(folder.names().size(), 2U);
  }
}

TEST(OutputFiles, AppearNotAtAllWhereOneCannot) {
  const TemporaryFolder folder;
  {
    OutputFile a(folder / "a", IfExists::fail);
    OutputFile b(folder / "b", IfExists::fail);
    write_file(folder / "b", "early", IfExists::fail);
    message_of(ErrorKind::usage, [&] { commit_together({&a, &b}); });
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "a"));
  EXPECT_EQ(content(folder / "b"), "early");
  EXPECT_EQ(folder.names().size(), 1U);
}

TEST(OutputFile, TakesNamesAsLongAsNamesCanBe) {
  const TemporaryFolder folder;
  const std::string path = folder / std::string(255, 'x');
  write_file(path, "text", IfExists::fail);
  EXPECT_EQ(content(path), "text");
}

TEST(OutputFile, NamesWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_TRUE(
      holds(message_of(ErrorKind::runtime,
                       [&] { write_file(folder / "no/such/folder.csv", "", IfExists::fail); }),
            "create the folder first"));
  EXPECT_TRUE(
      holds(message_of(ErrorKind::usage, [&] { write_file(folder / "", "", IfExists::replace); }),
            "is a folder"));
  EXPECT_TRUE(holds(message_of(ErrorKind::usage, [&] { write_file("", "", IfExists::replace); }),
                    "no name"));
  write_file(folder / "file", "", IfExists::fail);
  EXPECT_TRUE(holds(message_of(ErrorKind::runtime,
                               [&] { write_file(folder / "file/below.csv", "", IfExists::fail); }),
                    "can't be created"));
}

TEST(OutputFile, SaysThatADiskIsFull) {
  const std::string message =
      message_of(ErrorKind::runtime, [] { write_file("/dev/full", "text", IfExists::fail); });
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
  const std::string message = message_of(
      ErrorKind::runtime, [&] { write_file(folder / "closed/out.csv", "", IfExists::fail); });
  if (self == 0 && seteuid(self) != 0) FAIL() << "can't be root again";
  EXPECT_TRUE(holds(message, "may write to")) << message;
}

TEST(OutputFile, WritesDevicesInPlace) {
  OutputFile file("/dev/null", IfExists::fail);
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
    OutputFile file(path, IfExists::fail);
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
  OutputFile file(path, IfExists::fail);
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
  OutputFile file(path, IfExists::fail);
  const Later monitor;
  message_of(ErrorKind::interrupted,
             [&] { file.write(std::string(std::size_t{1} << 22, 'x'), &monitor); });
  close(reader);
}

}  // namespace
}  // namespace cuvae::test
