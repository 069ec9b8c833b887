#include "progress.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "text.hpp"

namespace cuvae::cli {
namespace {

constexpr std::chrono::milliseconds repaint_interval{100};
constexpr std::chrono::seconds line_interval{5};
constexpr std::size_t widest_bar = 40;
constexpr std::size_t narrowest_bar = 8;
constexpr double shortest_rated_s = 0.3;  // a rate from less jumps about

enum class Unit { rows, bytes, steps };

Unit unit_of(std::string_view stage) {
  if (stage == "read" || stage == "write") return Unit::bytes;
  if (stage == "evaluate" || stage == "bench") return Unit::steps;
  return Unit::rows;
}

std::string amount_text(Unit unit, std::uint64_t done, std::uint64_t total) {
  switch (unit) {
    case Unit::bytes:
      return total == 0 ? bytes_text(static_cast<double>(done))
                        : bytes_text(static_cast<double>(done)) + " of " +
                              bytes_text(static_cast<double>(total));
    case Unit::rows:
      return total == 0 ? with_separators(done) + " rows"
                        : with_separators(done) + " of " + with_separators(total) + " rows";
    case Unit::steps:
      break;
  }
  return {};
}

std::string rate_text(Unit unit, double per_second) {
  switch (unit) {
    case Unit::bytes:
      return bytes_text(per_second) + "/s";
    case Unit::rows:
      return with_prefix(per_second) + " rows/s";
    case Unit::steps:
      break;
  }
  return {};
}

std::string remaining_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
  return fmt::format("ETA {}:{:02}", whole / 60, whole % 60);
}

std::string bar_text(double share, std::size_t width) {
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  if (!Console::unicode())
    return '[' + std::string(filled, '#') + std::string(width - filled, '.') + ']';
  std::string bar;
  for (std::size_t place = 0; place < width; ++place) bar += place < filled ? "█" : "░";
  return bar;
}

}  // namespace

Progress::~Progress() {
  clear();
}

void Progress::begin(std::string_view stage) {
  const std::lock_guard lock(mutex_);
  clear();
  begun_stage_ = stage_ = stage;
  detail_.clear();
  begun_ = counted_ = painted_ = Clock::now();
  done_ = total_ = 0;
  if (console_.interactive()) paint(begun_);
}

void Progress::finish(std::string_view summary, std::uint64_t done) {
  const std::lock_guard lock(mutex_);
  clear();
  const double taken_s = std::chrono::duration<double>(Clock::now() - begun_).count();
  std::string line = fmt::format("{:<9} {}  in {}", begun_stage_, summary, duration_text(taken_s));
  if (done != 0) {
    line += ", " + rate_text(unit_of(begun_stage_), static_cast<double>(done) / taken_s);
  }
  console_.note(line);
  const auto same = std::find_if(timings_.begin(), timings_.end(),
                                 [&](const auto& timing) { return timing.first == begun_stage_; });
  if (same == timings_.end()) {
    timings_.emplace_back(begun_stage_, taken_s);
  } else {
    same->second += taken_s;
  }
}

void Progress::line(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const bool repaint = bar_shown_;
  clear();
  console_.note(text);
  if (repaint) paint(Clock::now());
}

void Progress::detail(std::string_view text) {
  const std::lock_guard lock(mutex_);
  detail_ = text;
}

void Progress::progress(std::string_view stage, std::uint64_t done, std::uint64_t total) {
  if (console_.quiet()) return;
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (stage != stage_) {
    stage_ = stage;
    counted_ = now;
  }
  done_ = done;
  total_ = total;
  const bool terminal = console_.interactive();
  if (now - painted_ < (terminal ? Clock::duration(repaint_interval) : line_interval)) return;
  paint(now);
}

std::string Progress::figures(double elapsed_s) const {
  const Unit unit = unit_of(stage_);
  std::string text;
  const auto add = [&](const std::string& part) {
    if (part.empty()) return;
    if (!text.empty()) text += "  ";
    text += part;
  };
  if (total_ != 0) add(fmt::format("{:3}%", std::min(done_, total_) * 100 / total_));
  if (done_ != 0 || total_ != 0) add(amount_text(unit, done_, total_));
  if (elapsed_s > shortest_rated_s && done_ != 0) {
    const double per_second = static_cast<double>(done_) / elapsed_s;
    add(rate_text(unit, per_second));
    if (total_ > done_) add(remaining_text(static_cast<double>(total_ - done_) / per_second));
  }
  add(detail_);
  return text;
}

void Progress::paint(Clock::time_point now) {
  if (console_.quiet()) return;
  painted_ = now;
  const std::string text = figures(std::chrono::duration<double>(now - counted_).count());
  if (!console_.interactive()) {
    Console::raw(fmt::format("{:<9} {}\n", stage_, text));
    return;
  }
  const std::size_t width = Console::width();
  const std::string left = fmt::format("{:<9} ", stage_);
  const std::size_t taken = left.size() + display_width(text) + 4;
  std::string line = left;
  if (total_ != 0 && taken + narrowest_bar < width) {
    const double share = static_cast<double>(std::min(done_, total_)) / static_cast<double>(total_);
    line += bar_text(share, std::min(width - taken, widest_bar)) + ' ';
  }
  line += text.empty() ? "..." : text;
  // One write a frame: carriage return, the line, clear what the last one left behind.
  Console::raw('\r' + shortened(line, width > 1 ? width - 1 : 1) + "\x1b[K");
  bar_shown_ = true;
}

void Progress::clear() {
  if (!bar_shown_) return;
  Console::raw("\r\x1b[K");
  bar_shown_ = false;
}

}  // namespace cuvae::cli
