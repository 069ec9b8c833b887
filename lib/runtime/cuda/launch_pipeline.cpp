#include "runtime/cuda/launch_pipeline.hpp"

namespace cuvae::cuda {

void TrainingStreams::drain() const {
  for (const Stream* stream : {&arriving, &kernels, &leaving}) {
    static_cast<void>(cudaStreamSynchronize(stream->get()));
  }
}

void TrainingStreams::share_allocations() const {
  Event allocated;
  allocated.record(kernels);
  wait_for(arriving, allocated);
  wait_for(leaving, allocated);
}

}  // namespace cuvae::cuda
