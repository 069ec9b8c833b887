/// @file
/// How long-running functions report progress and learn that they should stop.
#pragma once

#include <cstdint>
#include <string_view>

#include <cuvae/error.hpp>
#include <cuvae/settings.hpp>

namespace cuvae {

/// An epoch of training that is over.
struct EpochReport {
  std::uint32_t epoch = 0;   ///< 1 to epochs
  std::uint32_t epochs = 0;  ///< in all
  EpochLoss loss;
};

/// Derive from it to show progress or to cancel. The default does neither.
class Monitor {
 public:
  virtual ~Monitor() = default;

  /// Called now and then (at most some hundred times a second) with what is being done, for
  /// example "read", "train" or "write", and how far it is. Units (rows or bytes) are the stage's
  /// own. `total` is 0 where it is not known. Calls of one operation never overlap, but they may
  /// come from different threads.
  virtual void progress([[maybe_unused]] std::string_view stage,
                        [[maybe_unused]] std::uint64_t done, [[maybe_unused]] std::uint64_t total) {
  }

  /// Called when a stage is done with what came of it, for people ("19,963 rows, 28 tokens"), and
  /// how many units it took.
  virtual void finished([[maybe_unused]] std::string_view stage,
                        [[maybe_unused]] std::string_view summary,
                        [[maybe_unused]] std::uint64_t units) {}

  /// Called after each epoch of training.
  virtual void epoch([[maybe_unused]] const EpochReport& report) {}

  /// Called with what a user may want to know though nothing is wrong: for example that the CPU
  /// does the work because the GPU takes no network of this shape. One line of text.
  virtual void note([[maybe_unused]] std::string_view text) {}

  /// Polled from any thread, several at once; returning true makes the operation throw
  /// Error(interrupted) soon, leaving no partial file under a final name.
  virtual bool cancelled() const { return false; }

  /// Throws Error(interrupted) when cancelled.
  void check() const {
    if (cancelled()) throw Error(ErrorKind::interrupted, "interrupted");
  }
};

/// One that does nothing, for callers who want neither progress nor cancellation. It has no state:
/// any number of operations may share it.
Monitor& silent_monitor();

}  // namespace cuvae
