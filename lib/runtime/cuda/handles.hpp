// Owners of CUDA streams and events.
#pragma once

#include <memory>

#include "runtime/cuda/check.hpp"
#include "runtime/cuda/device_scope.hpp"

namespace cuvae::cuda {

// A stream that does not wait for the legacy default stream.
class Stream {
 public:
  Stream() {
    cudaStream_t stream = nullptr;
    CUVAE_CUDA(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    stream_.reset(stream);
  }
  cudaStream_t get() const { return stream_.get(); }
  void synchronize() const { CUVAE_CUDA(cudaStreamSynchronize(get())); }

 private:
  struct Destroy {
    void operator()(cudaStream_t stream) const { static_cast<void>(cudaStreamDestroy(stream)); }
  };
  std::unique_ptr<CUstream_st, Destroy> stream_;
};

// An event for ordering, without a time stamp. A thread that waits for it sleeps.
class Event {
 public:
  Event() {
    cudaEvent_t event = nullptr;
    CUVAE_CUDA(cudaEventCreateWithFlags(&event, cudaEventDisableTiming | cudaEventBlockingSync));
    event_.reset(event);
  }
  cudaEvent_t get() const { return event_.get(); }
  void record(const Stream& stream) { CUVAE_CUDA(cudaEventRecord(get(), stream.get())); }
  void synchronize() const { CUVAE_CUDA(cudaEventSynchronize(get())); }

 private:
  struct Destroy {
    void operator()(cudaEvent_t event) const { static_cast<void>(cudaEventDestroy(event)); }
  };
  std::unique_ptr<CUevent_st, Destroy> event_;
};

// Waits for a stream at the end of a scope, on every path out of it: for host memory of the scope
// that copies may still be reading.
class DrainAtEnd {
 public:
  explicit DrainAtEnd(const Stream& stream) : stream_(stream) {}
  ~DrainAtEnd() { static_cast<void>(cudaStreamSynchronize(stream_.get())); }
  DrainAtEnd(const DrainAtEnd&) = delete;
  DrainAtEnd& operator=(const DrainAtEnd&) = delete;

 private:
  const Stream& stream_;
};

inline void wait_for(const Stream& stream, const Event& event) {
  CUVAE_CUDA(cudaStreamWaitEvent(stream.get(), event.get(), 0));
}

}  // namespace cuvae::cuda
