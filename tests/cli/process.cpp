#include "process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace cuvae::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const Environment& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const bool changed = std::any_of(changes.begin(), changes.end(),
                                     [&](const auto& change) { return change.first == name; });
    if (!changed) result.push_back(text);
  }
  for (const auto& [name, value] : changes) result.push_back(name + "=" + value);
  return result;
}

}  // namespace

Tool::Tool(const Arguments& arguments, const std::string& input, const Environment& environment,
           bool keep_input_open, const std::string& terminal) {
  write(folder_ / "in", input);
  std::vector<std::string> words{CUVAE_TOOL};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_with(environment);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  int pipe_ends[2] = {-1, -1};
  if (keep_input_open) {
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    input_ = pipe_ends[1];
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[0], 0);
  } else {
    posix_spawn_file_actions_addopen(&actions, 0, (folder_ / "in").c_str(), O_RDONLY, 0);
  }
  posix_spawn_file_actions_addopen(&actions, 1, (folder_ / "out").c_str(), O_WRONLY | O_CREAT,
                                   0600);
  const std::string errors = terminal.empty() ? folder_ / "err" : terminal;
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT | O_NOCTTY,
                                   0600);
  // A test that runs in the background of a shell has SIGINT ignored, and its children too.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&signals, signal);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawn(&process_, CUVAE_TOOL, &actions, &attributes,
                                pointers(words).data(), pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (pipe_ends[0] >= 0) close(pipe_ends[0]);
  if (error != 0) throw std::runtime_error("the tool can't be started: " CUVAE_TOOL);
}

Tool::~Tool() {
  if (!ended()) {
    send(SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (input_ >= 0) close(input_);
}

void Tool::send(int signal) const {
  kill(process_, signal);
}

std::string Tool::errors() const {
  return contents(folder_ / "err");
}

bool Tool::ended() {
  if (!reaped_) reaped_ = waitpid(process_, &status_, WNOHANG) != 0;
  return reaped_;
}

Outcome Tool::wait() {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point latest = Clock::now() + std::chrono::minutes(1);
  while (!ended()) {
    if (Clock::now() > latest) send(SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  Outcome outcome;
  if (WIFEXITED(status_)) outcome.code = WEXITSTATUS(status_);
  if (WIFSIGNALED(status_)) outcome.signal = WTERMSIG(status_);
  outcome.out = contents(folder_ / "out");
  outcome.err = contents(folder_ / "err");
  return outcome;
}

Outcome run_on_terminal(const Arguments& arguments, const Environment& environment) {
  const int screen = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (screen < 0 || grantpt(screen) != 0 || unlockpt(screen) != 0) {
    throw std::runtime_error("no terminal");
  }
  const std::string name = ptsname(screen);
  const int held = open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);  // keeps what was written
  std::string received;
  const auto drain = [&] {
    char buffer[4096];
    for (ssize_t count; (count = read(screen, buffer, sizeof buffer)) > 0;) {
      received.append(buffer, static_cast<std::size_t>(count));
    }
  };
  Tool tool(arguments, "", environment, false, name);
  while (!tool.ended()) {
    drain();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  drain();
  close(held);
  close(screen);
  Outcome outcome = tool.wait();
  outcome.err = received;
  return outcome;
}

Outcome run(const Arguments& arguments, const std::string& input, const Environment& environment) {
  return Tool(arguments, input, environment).wait();
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string last_line(const std::string& text) {
  if (text.empty()) return "";
  const std::size_t end = text.back() == '\n' ? text.size() - 1 : text.size();
  const std::size_t begin = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1));
}

std::string lines(const std::string& text, std::size_t first, std::size_t count) {
  std::size_t begin = 0;
  for (; first > 0; --first) begin = text.find('\n', begin) + 1;
  std::size_t end = begin;
  for (; count > 0; --count) end = text.find('\n', end) + 1;
  return text.substr(begin, end - begin);
}

}  // namespace cuvae::test
