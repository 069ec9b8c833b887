// Running the tool as a process of its own.
#pragma once

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "support/temporary_folder.hpp"

namespace cuvae::test {

using Folder = TemporaryFolder;

using Arguments = std::vector<std::string>;
using Environment = std::vector<std::pair<std::string, std::string>>;

struct Outcome {
  int code = -1;   // exit code, or -1 where a signal ended it
  int signal = 0;  // that signal
  std::string out;
  std::string err;
};

// A tool that is running. Its outputs go to files, so that it never waits for this process.
class Tool {
 public:
  // `input` is its standard input; with keep_input_open the tool finds no end there. Standard error
  // goes to `terminal` where one is named.
  Tool(const Arguments& arguments, const std::string& input = "",
       const Environment& environment = {}, bool keep_input_open = false,
       const std::string& terminal = "");
  ~Tool();
  Tool(const Tool&) = delete;
  Tool& operator=(const Tool&) = delete;

  void send(int signal) const;
  // Whether it has ended; wait() says how.
  bool ended();
  // Waits until it ends; kills it after a minute, which shows as signal SIGKILL.
  Outcome wait();
  // What it wrote to standard error so far.
  std::string errors() const;

 private:
  TemporaryFolder folder_;
  pid_t process_ = -1;
  bool reaped_ = false;
  int status_ = 0;
  int input_ = -1;
};

// Runs it to its end.
Outcome run(const Arguments& arguments, const std::string& input = "",
            const Environment& environment = {});

// Runs it with standard error on a terminal; `err` is what that terminal received.
Outcome run_on_terminal(const Arguments& arguments, const Environment& environment = {});

std::string contents(const std::string& path);
void write(const std::string& path, const std::string& text);

// The last line of a text.
std::string last_line(const std::string& text);

// `count` lines from line `first` on, counted from 0.
std::string lines(const std::string& text, std::size_t first, std::size_t count);

}  // namespace cuvae::test
