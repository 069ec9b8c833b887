#include "timer.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include <cuvae/error.hpp>

namespace cuvae::timings {
namespace {

constexpr std::size_t samples = 5;
// Of a sample: long beside the clock's resolution of half a microsecond.
constexpr double sample_milliseconds = 40;
constexpr double most_calls = 2000;

}  // namespace

TimeStamp::TimeStamp() {
  cudaEvent_t event = nullptr;
  CUVAE_CUDA(cudaEventCreate(&event));
  event_.reset(event);
}
void TimeStamp::record(cudaStream_t stream) {
  CUVAE_CUDA(cudaEventRecord(event_.get(), stream));
}
void TimeStamp::synchronize() const {
  CUVAE_CUDA(cudaEventSynchronize(event_.get()));
}
double TimeStamp::milliseconds_since(const TimeStamp& earlier) const {
  float milliseconds = 0;
  CUVAE_CUDA(cudaEventElapsedTime(&milliseconds, earlier.event_.get(), event_.get()));
  return static_cast<double>(milliseconds);
}

Timer::Timer(std::FILE* file, const Scale& scale) : file_(file), scale_(scale) {}

void Timer::section(const std::string& title) {
  fmt::print(file_,
             "\n### {}\n\n| what | set-up, ms | first call, ms | a call, ms | the fastest, ms | "
             "M rows/s |\n|---|---|---|---|---|---|\n",
             title);
  std::fflush(file_);
}

void Timer::line(const std::string& what, double setup_milliseconds, double rows,
                 const std::function<void()>& enqueue) {
  TimeStamp begin;
  TimeStamp end;
  const auto timed = [&](std::size_t calls) {
    begin.record(stream());
    for (std::size_t call = 0; call < calls; ++call) enqueue();
    end.record(stream());
    end.synchronize();
    return end.milliseconds_since(begin);
  };
  const double first = timed(1);
  const double second = std::max(timed(1), 1e-3);
  const auto calls = static_cast<std::size_t>(
      scale_.smallest ? 1.0 : std::clamp(sample_milliseconds / second, 1.0, most_calls));
  std::array<double, samples> times{};
  for (double& time : times) time = timed(calls) / static_cast<double>(calls);
  std::sort(times.begin(), times.end());
  write(what, setup_milliseconds, first, times[samples / 2], times[0], rows);
}

void Timer::host_line(const std::string& what, double setup_milliseconds, double rows,
                      const std::function<void()>& work) {
  const auto timed = [&] {
    const StopWatch watch;
    work();
    return watch.milliseconds();
  };
  const double first = timed();
  std::array<double, samples> times{};
  for (double& time : times) time = timed();
  std::sort(times.begin(), times.end());
  write(what, setup_milliseconds, first, times[samples / 2], times[0], rows);
}

void Timer::write(const std::string& what, double setup_milliseconds, double first_milliseconds,
                  double middle_milliseconds, double least_milliseconds, double rows) {
  fmt::print(file_, "| {} | {:.2f} | {:.3f} | {:.4f} | {:.4f} | {} |\n", what, setup_milliseconds,
             first_milliseconds, middle_milliseconds, least_milliseconds,
             rows > 0 ? fmt::format("{:.1f}", rows / middle_milliseconds * 1e-3) : "");
  std::fflush(file_);
}

void Timer::part(const std::string& what, const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    // Another launcher may do what this card can't.
    failed_ = failed_ || error.kind() == ErrorKind::runtime;
    fmt::print(file_, "| {} | | | | | {} |\n", what, error.what());
    std::fflush(file_);
  }
}

}  // namespace cuvae::timings
