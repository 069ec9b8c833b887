#include "interrupts.hpp"

#include <chrono>
#include <ctime>
#include <pthread.h>
#include <unistd.h>

#include "console.hpp"

namespace cuvae::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds grace{800};  // to stop in: all is over within a second
constexpr std::chrono::milliseconds echo{150};   // wrappers pass one Ctrl-C on twice

// A shell that starts a job in the background ignores SIGINT for it; that stays so.
bool ignored(int number) {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

[[noreturn]] void die_of(int number) {
  std::signal(number, SIG_DFL);
  sigset_t one{};
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  raise(number);
  _exit(128 + number);
}

// A mapped file lost pages while they were read. Nothing can be written behind that point, and
// outputs have their names only once they are whole.
void end_without_the_file(int number, siginfo_t* information, void*) {
  if (information->si_code <= 0) die_of(number);  // sent by a process
  Console::raw(
      "cuvae: a file in use became shorter or unreadable; try again when nothing writes to it\n");
  _exit(1);
}

}  // namespace

Interrupts::Interrupts() {
  std::signal(SIGPIPE, SIG_IGN);
  struct sigaction lost {};
  lost.sa_sigaction = end_without_the_file;
  lost.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &lost, nullptr);
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGUSR1);  // the destructor's call
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!ignored(number)) sigaddset(&signals_, number);
  }
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] { wait(); });
}

Interrupts::~Interrupts() {
  leaving_ = true;
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

void Interrupts::before_a_hard_end(std::function<void()> last_act) {
  const std::lock_guard lock(mutex_);
  last_act_ = std::move(last_act);
}

void Interrupts::act() {
  const std::lock_guard lock(mutex_);
  if (last_act_) last_act_();
}

void Interrupts::wait() {
  int number = 0;
  do {
    if (sigwait(&signals_, &number) != 0) return;
    if (leaving_) return;
  } while (number == SIGUSR1);
  requested_ = true;
  const Clock::time_point first = Clock::now();
  for (;;) {
    const auto left = std::chrono::nanoseconds(first + grace - Clock::now());
    if (left.count() <= 0) break;
    const timespec timeout{0, static_cast<long>(left.count())};
    const int second = sigtimedwait(&signals_, nullptr, &timeout);
    if (leaving_) return;
    if (second > 0 && second != SIGUSR1 && Clock::now() - first > echo) {
      act();
      die_of(second);
    }
  }
  act();
  if (isatty(STDERR_FILENO) == 1) Console::raw("\n");
  Console::raw("cuvae: interrupted; unfinished outputs were not written\n");
  _exit(130);
}

}  // namespace cuvae::cli
