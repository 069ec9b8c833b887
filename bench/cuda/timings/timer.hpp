// Times of work on the GPU by the GPU's own clock, as lines of a table that are written as they
// come.
#pragma once

#include <chrono>
#include <cstdio>
#include <cuda_runtime_api.h>
#include <functional>
#include <memory>
#include <string>

#include "runtime/cuda/handles.hpp"

namespace cuvae::timings {

// How much work: as much as a real job, or the least there is, where times mean nothing.
struct Scale {
  bool smallest = false;
  std::uint32_t rows(std::uint32_t full, std::uint32_t least) const {
    return smallest ? least : full;
  }
};

// Host work that comes before, by the host's clock.
class StopWatch {
 public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin_ = Clock::now();
};

// An event with a time stamp.
class TimeStamp {
 public:
  TimeStamp();
  void record(cudaStream_t stream);
  void synchronize() const;
  double milliseconds_since(const TimeStamp& earlier) const;

 private:
  struct Destroy {
    void operator()(cudaEvent_t event) const { static_cast<void>(cudaEventDestroy(event)); }
  };
  std::unique_ptr<CUevent_st, Destroy> event_;
};

class Timer {
 public:
  // `file` is not owned.
  Timer(std::FILE* file, const Scale& scale);

  const Scale& scale() const { return scale_; }
  cudaStream_t stream() const { return stream_.get(); }
  const cuda::Stream& owned_stream() const { return stream_; }

  void section(const std::string& title);

  // One line: `enqueue` puts work for `rows` rows into stream(). It is run once, then often enough
  // for the clock, five times over.
  void line(const std::string& what, double setup_milliseconds, double rows,
            const std::function<void()>& enqueue);

  // The same for work that the caller waits for himself, by the host's clock.
  void host_line(const std::string& what, double setup_milliseconds, double rows,
                 const std::function<void()>& work);

  // A part of the timings: what it throws becomes a line, as where a card can't do something.
  void part(const std::string& what, const std::function<void()>& body);

  bool failed() const { return failed_; }

 private:
  void write(const std::string& what, double setup_milliseconds, double first_milliseconds,
             double middle_milliseconds, double least_milliseconds, double rows);

  std::FILE* file_;
  Scale scale_;
  cuda::Stream stream_;
  bool failed_ = false;
};

void time_columns(Timer& timer);
void time_published(Timer& timer);
// table: a CSV file whose tokenizer the recipes take.
void time_tokens(Timer& timer, const std::string& table);

}  // namespace cuvae::timings
