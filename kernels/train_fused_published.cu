// The fused training kernel for the published shape, its widths known to the compiler.
#include "kernels/train_fused.cuh"

namespace cuvae::cuda {
namespace {

using Published = FixedNetwork<published_shape.columns, published_shape.hidden[0],
                               published_shape.hidden[1], published_shape.latent>;

template <u32 lanes>
inline constexpr u32 published_threads = block_threads(Published::value, lanes);

template <u32 lanes>
cudaError_t launch(const TrainPlan& plan, const FusedArguments& arguments, cudaStream_t stream) {
  return launch_fused<Published, lanes, published_threads<lanes>>(plan, arguments, stream);
}

}  // namespace

cudaError_t launch_fused_published(const TrainPlan& plan, const FusedArguments& arguments,
                                   cudaStream_t stream) {
  switch (plan.lanes_per_pass) {
    case 2:
      return launch<2>(plan, arguments, stream);
    case 4:
      return launch<4>(plan, arguments, stream);
    case 8:
      return launch<8>(plan, arguments, stream);
    default:
      return cudaErrorInvalidValue;
  }
}

cudaError_t cluster_fits(u32 cluster_size, int shared_bytes, bool& fits) {
  constexpr u32 lanes = 2;
  const auto kernel = train_kernel<Published, lanes, published_threads<lanes>>;
  TrainPlan plan;
  plan.cluster_size = cluster_size;
  plan.shared_bytes = static_cast<std::size_t>(shared_bytes);
  cudaError_t status = allow_fused(kernel, plan);
  if (status != cudaSuccess) return status;
  const FusedLaunch launch(plan, published_threads<lanes>, nullptr);
  int clusters = 0;
  status = cudaOccupancyMaxActiveClusters(&clusters, kernel, &launch.configuration);
  fits = status == cudaSuccess && clusters > 0;
  // A cluster that is too large for the device is an answer, not an error.
  if (status == cudaErrorInvalidClusterSize || status == cudaErrorInvalidConfiguration) {
    static_cast<void>(cudaGetLastError());
    return cudaSuccess;
  }
  return status;
}

}  // namespace cuvae::cuda
