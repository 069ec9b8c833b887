// Pieces of one result, made by several threads at once and put into place one after the other.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>

#include <cuvae/monitor.hpp>

#include "support/output_file.hpp"
#include "support/threads.hpp"

namespace cuvae {

// Lets threads pass one at a time, in the order of their pieces' numbers. Pieces must be started in
// that order, as for_each_piece() does, or threads would wait for each other.
class PieceOrder {
 public:
  // Calls f() when f of all pieces before `piece` (from 0) has returned. Where f returns false,
  // no later piece passes. False, without a call, after that and after fail().
  template <class F>
  bool pass(std::uint64_t piece, F&& f) {
    try {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_ || next_ == piece; });
        if (ended_) return false;
        ended_ = !f();
        ++next_;
      }
      changed_.notify_all();
      return true;
    } catch (...) {
      fail();
      throw;
    }
  }

  // Releases all threads that wait; to be called by one that gives up before its pass().
  void fail() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  bool ended_ = false;
};

// Makes pieces 0 ... pieces - 1 on as many threads as are of use. make_worker(thread) is called
// once on each; then for every piece of a worker, and in this order:
//   worker.make(piece)      at any time
//   worker.place(piece)     in the order of the pieces, one at a time; false: no more are wanted
//   worker.complete(piece)  at any time
// Throws what one of them throws, Error(interrupted) when the monitor was cancelled.
template <class F>
void for_each_piece(unsigned threads, std::uint64_t pieces, const Monitor& monitor,
                    F&& make_worker) {
  PieceOrder order;
  std::atomic<std::uint64_t> next{0};
  const auto useful = static_cast<unsigned>(std::clamp<std::uint64_t>(pieces, 1, threads));
  run_on_threads(useful, [&](unsigned thread) {
    try {
      auto&& worker = make_worker(thread);
      bool more = true;
      for (std::uint64_t piece; more && (piece = next.fetch_add(1)) < pieces;) {
        monitor.check();
        worker.make(piece);
        if (!order.pass(piece, [&] { return more = worker.place(piece); })) return;
        worker.complete(piece);
      }
    } catch (...) {
      order.fail();
      throw;
    }
  });
}

// An output file that gets its pieces from several threads. A seekable file is written by all of
// them at once: a piece learns its place as soon as those before it are known.
class PieceFile {
 public:
  // With a monitor, cancelling also ends waiting for a slow reader of a pipe.
  explicit PieceFile(OutputFile& file, const Monitor* monitor = nullptr)
      : file_(file), monitor_(monitor) {}

  // In the order of the pieces, one call at a time: the place of a text, for write().
  std::uint64_t place(std::string_view text) {
    if (!file_.seekable()) file_.write(text, monitor_);
    const std::uint64_t at = bytes_;
    bytes_ += text.size();
    return at;
  }

  // After place(), from any thread.
  void write(std::string_view text, std::uint64_t at) {
    if (file_.seekable()) file_.write_at(text, at);
  }

  // Of all pieces placed so far.
  std::uint64_t bytes() const { return bytes_; }

 private:
  OutputFile& file_;
  const Monitor* monitor_;
  std::uint64_t bytes_ = 0;
};

}  // namespace cuvae
