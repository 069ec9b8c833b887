// The GPU that a thread works on.
#pragma once

namespace cuvae::cuda {

// Whether this process has a context on a GPU: what CUDA creates at first use, some hundred
// megabytes of its memory. Asking creates none.
bool has_context(int device);

// Makes a GPU the calling thread's own for a scope. At the end the thread gets back the GPU that it
// had, but only if there is a context on it. CUDA can't make a GPU current without one, and a
// thread that never used its GPU (a new thread is on GPU 0) must not take memory there, nor fail
// where that GPU belongs to another process alone: it stays on the scope's GPU.
class DeviceScope {
 public:
  explicit DeviceScope(int device);
  ~DeviceScope();
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  int before_ = 0;
  bool changed_ = false;
};

}  // namespace cuvae::cuda
