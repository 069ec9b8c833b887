// Running one function on several threads, with exceptions carried over.
#pragma once

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace cuvae {

// `asked` threads, or all hardware threads for 0; at least one.
inline unsigned thread_count(unsigned asked) {
  if (asked != 0) return asked;
  const unsigned hardware = std::thread::hardware_concurrency();
  return hardware == 0 ? 1 : hardware;
}

// Calls f(0) ... f(threads - 1), each on a thread of its own, f(0) on the caller's. Returns when
// all have; the first exception is thrown again here. A function that waits for others must watch
// for their failure itself.
template <class F>
void run_on_threads(unsigned threads, F&& f) {
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto guarded = [&](unsigned thread) {
    try {
      f(thread);
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> pool;
    pool.reserve(threads);
    for (unsigned thread = 1; thread < threads; ++thread) pool.emplace_back(guarded, thread);
    guarded(0);
  }
  if (failure) std::rethrow_exception(failure);
}

// Calls f(index) for every index below `count`, indices handed out one by one. After a failure no
// further index is handed out.
template <class F>
void for_each_index(unsigned threads, std::size_t count, F&& f) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  const auto wanted = static_cast<unsigned>(count < threads ? count : threads);
  run_on_threads(wanted == 0 ? 1 : wanted, [&](unsigned) {
    for (std::size_t index;
         !failed.load(std::memory_order_relaxed) && (index = next.fetch_add(1)) < count;) {
      try {
        f(index);
      } catch (...) {
        failed = true;
        throw;
      }
    }
  });
}

}  // namespace cuvae
