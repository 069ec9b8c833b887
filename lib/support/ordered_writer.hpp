// Pieces of one output made by several threads, written in order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>

#include <cuvae/monitor.hpp>

#include "support/output_file.hpp"

namespace cuvae {

// Each piece learns its place as soon as those before it are known; a seekable file is then written
// by several threads at once. Pieces must be started in the order of their numbers, as
// for_each_index() does, or threads would wait for each other.
class OrderedWriter {
 public:
  // With a monitor, cancelling also ends waiting for a slow reader of a pipe.
  explicit OrderedWriter(OutputFile& file, const Monitor* monitor = nullptr)
      : file_(file), monitor_(monitor) {}

  // Writes piece `index` (from 0) and calls placed(bytes so far), one call at a time. False when
  // another piece has failed: nothing was written and the caller should return.
  template <class F>
  bool write(std::uint64_t index, std::string_view bytes, F&& placed) {
    try {
      std::uint64_t offset = 0;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return failed_ || next_ == index; });
        if (failed_) return false;
        if (!file_.seekable()) file_.write(bytes, monitor_);
        offset = bytes_;
        bytes_ += bytes.size();
        ++next_;
        placed(bytes_);
      }
      changed_.notify_all();
      if (file_.seekable()) file_.write_at(bytes, offset);
      return true;
    } catch (...) {
      fail();
      throw;
    }
  }

  // Releases all threads that wait; to be called by one that gives up before its write().
  void fail() {
    {
      const std::lock_guard lock(mutex_);
      failed_ = true;
    }
    changed_.notify_all();
  }

  // Of all pieces placed so far.
  std::uint64_t bytes() const { return bytes_; }

 private:
  OutputFile& file_;
  const Monitor* monitor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  std::uint64_t bytes_ = 0;
  bool failed_ = false;
};

}  // namespace cuvae
