// The fused training kernel for any shape, its widths read from the arguments.
#include "kernels/train_fused.cuh"

namespace cuvae::cuda {

cudaError_t launch_fused_any(const TrainPlan& plan, const FusedArguments& arguments,
                             cudaStream_t stream) {
  switch (plan.lanes_per_pass) {
    case 1:
      return launch_fused<AnyNetwork, 1, 288>(plan, arguments, stream);
    case 2:
      return launch_fused<AnyNetwork, 2, 576>(plan, arguments, stream);
    case 4:
      return launch_fused<AnyNetwork, 4, 384>(plan, arguments, stream);
    default:
      return cudaErrorInvalidValue;
  }
}

}  // namespace cuvae::cuda
