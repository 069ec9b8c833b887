// What the machine can do at most, measured.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <cuvae/monitor.hpp>

#include "measure/spread.hpp"
#include "runtime/simd/simd_level.hpp"

namespace cuvae::measure {

// Rates of all threads together.
struct ThreadPeaks {
  unsigned threads = 1;
  Spread flop_per_s;        // float32 multiply-adds on registers, two operations each
  Spread read_bytes_per_s;  // memory, past the caches
  Spread write_bytes_per_s;
  Spread copy_bytes_per_s;  // read and written bytes together
  Spread
      file_bytes_per_s;  // a new file, written as the product writes CSV; not flushed to the disk
};

// 1, 2, 4 ... and `threads` itself.
std::vector<unsigned> thread_counts(unsigned threads);

// Files are made in `folder` and removed. `progress` is called before each thread count.
std::vector<ThreadPeaks> measure_peaks(SimdLevel level, unsigned threads, const std::string& folder,
                                       const Monitor& monitor,
                                       const std::function<void(unsigned)>& progress);

}  // namespace cuvae::measure
