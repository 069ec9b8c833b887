// The progress display: a bar on a terminal, a plain line now and then elsewhere.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cuvae/monitor.hpp>

#include "console.hpp"
#include "interrupts.hpp"

namespace cuvae::cli {

class Progress final : public Monitor {
 public:
  Progress(const Console& console, const Interrupts& interrupts)
      : console_(console), interrupts_(interrupts) {}
  ~Progress() override;

  // Starts a stage; it shows at once on a terminal.
  void begin(std::string_view stage);
  // Puts one line in place of the bar: stage, summary, time taken, and the rate where `done` says
  // how many rows or bytes it was.
  void finish(std::string_view summary, std::uint64_t done = 0);
  // A line above the bar.
  void line(std::string_view text);
  // Text behind the bar from now on, for example the latest loss.
  void detail(std::string_view text);
  // Seconds that each finished stage took; those of one name together.
  const std::vector<std::pair<std::string, double>>& timings() const { return timings_; }

  void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override;
  bool cancelled() const override { return interrupts_.requested(); }

 private:
  using Clock = std::chrono::steady_clock;

  void paint(Clock::time_point now);
  void clear();
  std::string figures(double elapsed_s) const;

  const Console& console_;
  const Interrupts& interrupts_;
  std::mutex mutex_;
  std::vector<std::pair<std::string, double>> timings_;
  std::string begun_stage_;  // as the verb calls it
  std::string stage_;        // as the library calls it
  std::string detail_;
  Clock::time_point begun_{};
  Clock::time_point counted_{};  // when stage_ began: rates are taken from here
  Clock::time_point painted_{};
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  bool bar_shown_ = false;
};

}  // namespace cuvae::cli
