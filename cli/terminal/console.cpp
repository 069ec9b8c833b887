#include "console.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cuvae/error.hpp>

#include "text.hpp"

namespace cuvae::cli {
namespace {

bool environment_has(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term == nullptr || *term == '\0' || std::strcmp(term, "dumb") == 0;
}

bool color_on(int descriptor, bool no_color) {
  return !no_color && !environment_has("NO_COLOR") && !dumb_terminal() && isatty(descriptor) == 1;
}

// Returns 0 or errno.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

Console::Console(bool quiet, bool no_color)
    : quiet_(quiet),
      interactive_(isatty(STDERR_FILENO) == 1 && !dumb_terminal()),
      color_(color_on(STDOUT_FILENO, no_color)) {}

unsigned Console::width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

bool Console::unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!environment_has(name)) continue;
    const std::string_view value = std::getenv(name);
    return value.find("UTF-8") != std::string_view::npos ||
           value.find("utf8") != std::string_view::npos;
  }
  return false;
}

void Console::note(std::string_view line) const {
  if (!quiet_) raw(std::string(line) + '\n');
}

void Console::warning(std::string_view line) const {
  if (!quiet_) raw("cuvae: warning: " + std::string(line) + '\n');
}

// A message that can't be shown is no reason to stop the work.
void Console::raw(std::string_view text) {
  write_all(STDERR_FILENO, text);
}

void Console::result(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == EPIPE) throw ClosedPipe{};
  if (error != 0) {
    throw Error(ErrorKind::runtime,
                std::string("standard output can't be written: ") + std::strerror(error));
  }
}

std::string Console::bold(std::string_view text) const {
  if (!color_) return std::string(text);
  return "\x1b[1m" + std::string(text) + "\x1b[0m";
}

bool standard_output_closed() {
  pollfd waiting{STDOUT_FILENO, POLLOUT, 0};
  return poll(&waiting, 1, 0) == 1 && (waiting.revents & POLLERR) != 0;
}

void print_error(std::string_view message, bool no_color) {
  const bool color = color_on(STDERR_FILENO, no_color);
  Console::raw(std::string("cuvae: ") + (color ? "\x1b[1;31merror:\x1b[0m " : "error: ") +
               printable(message, true) + '\n');
}

}  // namespace cuvae::cli
