#include "measure/peaks.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <unistd.h>

#include "measure/peak_kernels.hpp"
#include "runtime/simd/aligned_floats.hpp"
#include "support/output_file.hpp"
#include "support/threads.hpp"

namespace cuvae {

namespace scalar {
extern const measure::PeakKernels peaks;
}
#if defined(__x86_64__)
namespace avx2 {
extern const measure::PeakKernels peaks;
}
namespace avx512 {
extern const measure::PeakKernels peaks;
}
#endif

namespace measure {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned plain_repeats = 7;
// Many short ones: on a machine with other work to do, some fall between that work.
constexpr unsigned multiply_add_repeats = 25;
constexpr double shortest_s_a_thread = 0.002;  // of a repeat: starting the threads must not show
constexpr std::size_t fewest_floats = std::size_t{32} << 20;
constexpr std::size_t most_floats = std::size_t{64} << 20;
constexpr std::size_t file_bytes = std::size_t{96} << 20;
constexpr std::size_t file_block_bytes = 384 * 1024;  // about a chunk of rows

double seconds_of(const std::function<void()>& work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Rates of `amount` in the time that work() takes, the first run left out.
Spread rates(double amount, unsigned repeats, const Monitor& monitor,
             const std::function<void()>& work) {
  work();
  std::vector<double> values;
  for (unsigned repeat = 0; repeat < repeats; ++repeat) {
    monitor.check();
    values.push_back(amount / seconds_of(work));
  }
  return spread_of(std::move(values));
}

// Several times the last-level cache, as far as the system tells its size.
std::size_t buffer_floats() {
  const long cache_bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
  const std::size_t wanted = cache_bytes > 0 ? static_cast<std::size_t>(cache_bytes) : 0;
  return std::clamp(wanted, fewest_floats, most_floats);  // four bytes a float: four times it
}

class Buffers {
 public:
  explicit Buffers(const Monitor& monitor)
      : count_(buffer_floats()), from_(memory(monitor)), to_(memory(monitor)) {}

  // The part of a thread: whole lines.
  struct Part {
    const float* from;
    float* to;
    std::size_t count;
  };
  Part part(unsigned thread, unsigned threads) const {
    constexpr std::size_t line = 256;
    const std::size_t lines = count_ / line;
    const std::size_t begin = lines * thread / threads * line;
    const std::size_t end = lines * (thread + 1) / threads * line;
    return {from_.get() + begin, to_.get() + begin, end - begin};
  }
  double bytes() const { return static_cast<double>(count_ * sizeof(float)); }

 private:
  // Filled, so that its pages are there.
  AlignedFloats memory(const Monitor& monitor) const {
    constexpr std::size_t piece = std::size_t{1} << 20;
    AlignedFloats floats(static_cast<float*>(
        ::operator new[](count_ * sizeof(float), std::align_val_t{cache_line_bytes})));
    for (std::size_t at = 0; at < count_; at += piece) {
      monitor.check();
      std::fill_n(floats.get() + at, std::min(piece, count_ - at), 1.0F);
    }
    return floats;
  }

  std::size_t count_;
  AlignedFloats from_;
  AlignedFloats to_;
};

Spread multiply_add_rate(const PeakKernels& kernels, unsigned threads, const Monitor& monitor) {
  std::uint64_t rounds = 1'000;
  const auto run = [&] {
    run_on_threads(threads, [&](unsigned) {
      alignas(64) float sink[16];
      kernels.multiply_add(rounds, sink);
    });
  };
  while (seconds_of(run) < shortest_s_a_thread * threads) rounds *= 2;
  alignas(64) float sink[16];
  const double flop_a_round = kernels.multiply_add(1, sink);
  return rates(flop_a_round * static_cast<double>(rounds) * threads, multiply_add_repeats, monitor,
               run);
}

Spread file_rate(const std::string& folder, unsigned threads, const Monitor& monitor) {
  const std::string block(file_block_bytes, 'x');
  const std::string path = folder + "/plain-write";
  return rates(static_cast<double>(file_bytes), plain_repeats, monitor, [&] {
    OutputFile file(path, IfExists::replace);
    for_each_index(threads, file_bytes / file_block_bytes, [&](std::size_t index) {
      monitor.check();
      file.write_at(block, index * file_block_bytes);
    });
    file.commit();
    unlink(path.c_str());
  });
}

}  // namespace

const PeakKernels& peak_kernels(SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::avx512) return avx512::peaks;
  if (level == SimdLevel::avx2) return avx2::peaks;
#else
  static_cast<void>(level);
#endif
  return scalar::peaks;
}

std::vector<unsigned> thread_counts(unsigned threads) {
  std::vector<unsigned> counts;
  for (unsigned count = 1; count < threads; count *= 2) counts.push_back(count);
  counts.push_back(threads);
  return counts;
}

std::vector<ThreadPeaks> measure_peaks(SimdLevel level, unsigned threads, const std::string& folder,
                                       const Monitor& monitor,
                                       const std::function<void(unsigned)>& progress) {
  const PeakKernels& kernels = peak_kernels(level);
  const Buffers buffers(monitor);
  std::vector<ThreadPeaks> peaks;
  for (const unsigned count : thread_counts(threads)) {
    progress(count);
    const auto on_parts = [&](auto&& work) {
      run_on_threads(count, [&](unsigned thread) { work(buffers.part(thread, count)); });
    };
    ThreadPeaks peak;
    peak.threads = count;
    peak.flop_per_s = multiply_add_rate(kernels, count, monitor);
    std::vector<float> sums(count);
    peak.read_bytes_per_s = rates(buffers.bytes(), plain_repeats, monitor, [&] {
      run_on_threads(count, [&](unsigned thread) {
        const Buffers::Part part = buffers.part(thread, count);
        sums[thread] = kernels.read(part.from, part.count);
      });
    });
    peak.write_bytes_per_s = rates(buffers.bytes(), plain_repeats, monitor, [&] {
      on_parts([&](const Buffers::Part& part) { kernels.write(part.to, part.count); });
    });
    peak.copy_bytes_per_s = rates(2 * buffers.bytes(), plain_repeats, monitor, [&] {
      on_parts([&](const Buffers::Part& part) { kernels.copy(part.from, part.to, part.count); });
    });
    peak.file_bytes_per_s = file_rate(folder, count, monitor);
    peaks.push_back(peak);
  }
  return peaks;
}

}  // namespace measure
}  // namespace cuvae
