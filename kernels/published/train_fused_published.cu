// The fused training kernel for the published shape, its widths known to the compiler.
#include "kernels/published/train_fused.cuh"

namespace cuvae::cuda {
namespace {

using Published = FixedNetwork<published_shape.columns, published_shape.hidden[0],
                               published_shape.hidden[1], published_shape.latent>;

template <u32 lanes>
inline constexpr u32 published_threads = block_threads(Published::value, lanes);

template <u32 lanes, bool clustered>
cudaError_t launch(const TrainPlan& plan, const FusedArguments& arguments, cudaStream_t stream) {
  return launch_fused<Published, lanes, clustered, published_threads<lanes>>(plan, arguments,
                                                                             stream);
}

}  // namespace

cudaError_t launch_fused_published(const TrainPlan& plan, const FusedArguments& arguments,
                                   cudaStream_t stream) {
  const bool clustered = plan.cluster_size > 1;
  switch (plan.lanes_per_pass) {
    case 2:
      return clustered ? launch<2, true>(plan, arguments, stream) : cudaErrorInvalidValue;
    case 4:
      return clustered ? launch<4, true>(plan, arguments, stream)
                       : launch<4, false>(plan, arguments, stream);
    case 8:
      return clustered ? cudaErrorInvalidValue : launch<8, false>(plan, arguments, stream);
    default:
      return cudaErrorInvalidValue;
  }
}

cudaError_t cluster_fits(u32 cluster_size, int shared_bytes, bool& fits) {
  constexpr u32 lanes = 2;
  const auto kernel = train_kernel<Published, lanes, true, published_threads<lanes>>;
  TrainPlan plan;
  plan.cluster_size = cluster_size;
  plan.shared_bytes = static_cast<std::size_t>(shared_bytes);
  plan.allowed_shared_bytes = plan.shared_bytes;
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
