// Ctrl-C and termination.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

namespace cuvae::cli {

// Takes SIGINT, SIGTERM and SIGHUP away from the process's threads and waits for them on a thread
// of its own: no global state. Only a file that is cut short while it is read has a handler. The
// first one asks the running work to stop; a second one kills at once. Work that does not stop in
// time, for example because it waits for standard input, is ended all the same. Make it before any
// other thread.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  bool requested() const { return requested_.load(std::memory_order_relaxed); }

  // What is to be done before work that does not stop in time is ended, or killed by a second
  // signal: its destructors will not run. `last_act` must not throw, nor wait for that work.
  void before_a_hard_end(std::function<void()> last_act);

 private:
  void wait();
  void act();

  sigset_t signals_{};
  std::atomic<bool> requested_{false};
  std::atomic<bool> leaving_{false};
  std::mutex mutex_;
  std::function<void()> last_act_;
  std::thread thread_;
};

}  // namespace cuvae::cli
