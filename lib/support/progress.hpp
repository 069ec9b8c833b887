// Telling a monitor how far one stage is, not too often.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <cuvae/monitor.hpp>

namespace cuvae {

// Calls must not overlap.
class Progress {
 public:
  Progress(Monitor& monitor, std::string_view stage, std::uint64_t total)
      : monitor_(monitor), stage_(stage), total_(total) {}

  void report(std::uint64_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::milliseconds(20)) return;
    last_ = now;
    monitor_.progress(stage_, done, total_);
  }

  void finish() { monitor_.progress(stage_, total_, total_); }

 private:
  Monitor& monitor_;
  std::string_view stage_;
  std::uint64_t total_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace cuvae
