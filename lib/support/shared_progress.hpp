// Progress of work that several threads do in steps.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include <cuvae/monitor.hpp>

namespace cuvae {

class SharedProgress {
 public:
  SharedProgress(Monitor& monitor, std::uint64_t total) : monitor_(monitor), total_(total) {}

  // One more step is done; from any thread. Throws Error(interrupted) when cancelled.
  void advance() {
    monitor_.check();
    const std::lock_guard lock(mutex_);
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (done_ < total_ && now - reported_ < std::chrono::milliseconds(10)) return;
    reported_ = now;
    monitor_.progress("evaluate", done_, total_);
  }

  void check() const { monitor_.check(); }

 private:
  Monitor& monitor_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point reported_{};
};

}  // namespace cuvae
