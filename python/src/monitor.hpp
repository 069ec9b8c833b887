// Long work for Python: without its lock, with progress, callbacks and Ctrl-C.
#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <mutex>
#include <nanobind/nanobind.h>
#include <optional>
#include <utility>

#include <cuvae/monitor.hpp>

namespace cuvae::python {

// Hands what it hears to a Python object with the methods progress(stage, done, total),
// finished(stage), epoch(epoch, epochs, reconstruction, kl) and note(text), or to nobody for None.
// epoch() cancels by False, and whatever is raised cancels and comes out of the call.
class PythonMonitor final : public Monitor {
 public:
  // With Python's lock.
  explicit PythonMonitor(nanobind::object listener) : listener_(std::move(listener)) {}

  // On any thread, without Python's lock.
  void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override;
  void finished(std::string_view stage, std::string_view summary, std::uint64_t units) override;
  void epoch(const EpochReport& report) override;
  void note(std::string_view text) override;
  bool cancelled() const override { return cancelled_; }

  // On Python's main thread: whether Ctrl-C or another signal wants an end.
  void look_for_signals();

  // What was raised meanwhile is raised now.
  void raise_again();

 private:
  template <class F>
  void tell(F&& f);
  void keep(std::exception_ptr raised);

  nanobind::object listener_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::exception_ptr raised_;
};

// f() on another thread, while this one waits for it and for signals, without Python's lock.
template <class F>
auto run(PythonMonitor& monitor, F&& f) {
  constexpr std::chrono::milliseconds between_looks(50);
  using Result = decltype(f());
  std::optional<Result> result;
  std::exception_ptr failure;
  {
    const nanobind::gil_scoped_release unlocked;
    std::future<Result> work = std::async(std::launch::async, std::forward<F>(f));
    while (work.wait_for(between_looks) != std::future_status::ready) monitor.look_for_signals();
    try {
      result.emplace(work.get());
    } catch (...) {
      failure = std::current_exception();
    }
  }
  // An end that Python asked for is what it raised, not the library's word for it.
  monitor.raise_again();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace cuvae::python
