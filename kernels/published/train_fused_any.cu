// The fused training kernel for any shape, its widths read from the arguments.
#include "kernels/published/train_fused.cuh"

namespace cuvae::cuda {
namespace {

template <u32 lanes, u32 max_threads>
cudaError_t launch(const TrainPlan& plan, const FusedArguments& arguments, cudaStream_t stream) {
  return plan.cluster_size > 1
             ? launch_fused<AnyNetwork, lanes, true, max_threads>(plan, arguments, stream)
             : launch_fused<AnyNetwork, lanes, false, max_threads>(plan, arguments, stream);
}

}  // namespace

cudaError_t launch_fused_any(const TrainPlan& plan, const FusedArguments& arguments,
                             cudaStream_t stream) {
  switch (plan.lanes_per_pass) {
    case 1:
      return launch<1, 288>(plan, arguments, stream);  // that many with wide layers
    case 2:
      return launch<2, 192>(plan, arguments, stream);
    case 4:
      return launch<4, 384>(plan, arguments, stream);
    default:
      return cudaErrorInvalidValue;
  }
}

}  // namespace cuvae::cuda
