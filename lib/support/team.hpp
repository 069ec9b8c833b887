// Threads that work in step: a barrier for steps of microseconds, and a processor for each.
#pragma once

#include <atomic>
#include <chrono>
#include <pthread.h>
#include <sched.h>

namespace cuvae {

using Clock = std::chrono::steady_clock;

// A barrier that spins for some microseconds before it sleeps: a step takes less time than a
// sleeping thread needs to wake.
class SpinBarrier {
 public:
  explicit SpinBarrier(unsigned threads) : threads_(threads), missing_(threads) {}

  // Returns how long the wait took if it was long, else 0.
  Clock::duration wait() {
    const unsigned phase = phase_.load(std::memory_order_relaxed);
    if (missing_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      missing_.store(threads_, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
      phase_.notify_all();
      return {};
    }
    constexpr unsigned most_spins = 4000;
    for (unsigned spins = 0; spins < most_spins; ++spins) {
      if (phase_.load(std::memory_order_acquire) != phase) return {};
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    const Clock::time_point started = Clock::now();
    phase_.wait(phase, std::memory_order_acquire);
    return Clock::now() - started;
  }

 private:
  unsigned threads_;
  alignas(64) std::atomic<unsigned> missing_;
  alignas(64) std::atomic<unsigned> phase_{0};
};

// Keeps the calling thread on one processor while it lives. Freshly started threads may share one
// for milliseconds, which is hundreds of steps.
class Pinned {
 public:
  Pinned(unsigned thread, unsigned threads) {
    if (threads == 1 || sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    // With processors to spare, another program may well be pinned to the first ones: leave the
    // choice to the system.
    if (static_cast<unsigned>(CPU_COUNT(&before_)) != threads) return;
    unsigned left = thread;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (!CPU_ISSET(cpu, &before_) || left-- != 0) continue;
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(cpu, &one);
      pinned_ = sched_setaffinity(0, sizeof one, &one) == 0;
      break;
    }
  }
  ~Pinned() {
    if (pinned_) sched_setaffinity(0, sizeof before_, &before_);
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  cpu_set_t before_{};
  bool pinned_ = false;
};

}  // namespace cuvae
