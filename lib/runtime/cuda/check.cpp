#include "runtime/cuda/check.hpp"

#include <fmt/format.h>
#include <string>
#include <string_view>

#include <cuvae/error.hpp>

#include "runtime/cuda/devices.hpp"

namespace cuvae::cuda {
namespace {

std::string hint(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation:
      return "lower the batch or the number of rows, or free device memory that others hold";
    case cudaErrorInsufficientDriver:
      return fmt::format("install NVIDIA driver {} or newer, or choose `device` cpu", least_driver);
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
      return "`cuvae devices` lists what is there; `device` cpu needs no GPU";
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion:
      return fmt::format(
          "this build has no code for the card and its driver: install the driver of CUDA {}.{} "
          "or newer, or add the card's compute capability to CUVAE_CUDA_ARCHITECTURES and build "
          "again",
          CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10);
    case cudaErrorDevicesUnavailable:
      return "another process has the GPU for itself; wait for it or choose `device` cpu";
    case cudaErrorIllegalAddress:
    case cudaErrorMisalignedAddress:
    case cudaErrorLaunchFailure:
    case cudaErrorAssert:
      return "a kernel failed and this process can't use the GPU any more; run the same under "
             "compute-sanitizer and report what it says";
    case cudaErrorLaunchTimeout:
      return "a kernel ran longer than the display allows; use a GPU without a screen";
    case cudaErrorStreamCaptureInvalidated:
    case cudaErrorStreamCaptureUnsupported:
      return "create the generator before the capture begins; only its calls may be captured";
    default:
      return "`device` cpu does the same without the GPU";
  }
}

bool about_the_device(cudaError_t status) {
  switch (status) {
    case cudaErrorInsufficientDriver:
    case cudaErrorNoDevice:
    case cudaErrorInvalidDevice:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorDevicesUnavailable:
    case cudaErrorInitializationError:
    case cudaErrorSystemDriverMismatch:
      return true;
    default:
      return false;
  }
}

}  // namespace

void fail(cudaError_t status, const char* file, int line, const char* doing) {
  static_cast<void>(cudaGetLastError());
  const std::string_view path = file;
  const std::size_t folder = path.rfind("/lib/");
  throw Error(
      about_the_device(status) ? ErrorKind::device : ErrorKind::runtime,
      fmt::format("{}:{}: {}: {} ({}); {}",
                  folder == std::string_view::npos ? path : path.substr(folder + 1), line, doing,
                  cudaGetErrorString(status), cudaGetErrorName(status), hint(status)));
}

void fail_out_of_memory(const char* kind, std::size_t bytes, const char* what_for) {
  static_cast<void>(cudaGetLastError());
  std::size_t free_bytes = 0;
  std::size_t total_bytes = 0;
  std::string state;
  if (cudaMemGetInfo(&free_bytes, &total_bytes) == cudaSuccess) {
    state = fmt::format(" (the GPU has {:.1f} MiB free of {:.1f} MiB)",
                        static_cast<double>(free_bytes) / 1048576.0,
                        static_cast<double>(total_bytes) / 1048576.0);
  } else {
    static_cast<void>(cudaGetLastError());
  }
  throw Error(ErrorKind::runtime,
              fmt::format("out of {}: {} bytes asked for {}{}; use fewer rows or columns, end "
                          "other users of the GPU, or choose `device` cpu",
                          kind, bytes, what_for, state));
}

}  // namespace cuvae::cuda
