/// @file
/// How long-running functions report progress and learn that they should stop.
#pragma once

#include <cstdint>
#include <string_view>

#include <cuvae/error.hpp>

namespace cuvae {

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

  /// Polled from any thread, several at once; returning true makes the operation throw
  /// Error(interrupted) soon, leaving no partial file under a final name.
  virtual bool cancelled() const { return false; }

  /// Throws Error(interrupted) when cancelled.
  void check() const {
    if (cancelled()) throw Error(ErrorKind::interrupted, "interrupted");
  }
};

}  // namespace cuvae
