#include "runtime/cuda/devices.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include <cuvae/cuda.hpp>
#include <cuvae/error.hpp>

#include "runtime/cuda/capability.hpp"
#include "runtime/cuda/handles.hpp"

namespace cuvae {
namespace {

using cuda::has_code_for;
using cuda::least_driver;

constexpr const char* without_gpu = "`device` cpu does the same without a GPU";

// Why there is no device at all; nothing where there is one.
std::optional<std::string> missing_reason(int& count) {
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status == cudaSuccess && count > 0) return std::nullopt;
  static_cast<void>(cudaGetLastError());
  if (status == cudaErrorInsufficientDriver) {
    int driver = 0;
    int runtime = 0;
    static_cast<void>(cudaDriverGetVersion(&driver));
    static_cast<void>(cudaRuntimeGetVersion(&runtime));
    if (driver == 0) {
      return fmt::format("no NVIDIA driver is installed or loaded; driver {} or newer is needed",
                         least_driver);
    }
    return fmt::format(
        "the NVIDIA driver runs CUDA {}.{}, this build needs {}.{}: install driver {} or newer",
        driver / 1000, driver % 1000 / 10, runtime / 1000, runtime % 1000 / 10, least_driver);
  }
  if (status == cudaSuccess || status == cudaErrorNoDevice) {
    return "the NVIDIA driver shows no GPU (CUDA_VISIBLE_DEVICES may hide one)";
  }
  return fmt::format("the NVIDIA driver fails: {} ({})", cudaGetErrorString(status),
                     cudaGetErrorName(status));
}

// The lists are those of the build, such as 75,80,90.
std::string problem_of(const cudaDeviceProp& properties) {
  const std::initializer_list<int> machine_code{CUVAE_MACHINE_CODE};
  const std::initializer_list<int> ptx{CUVAE_PTX};
  const int capability = properties.major * 10 + properties.minor;
  if (has_code_for(capability, machine_code, ptx)) return {};
  const int oldest = std::min(std::ranges::min(machine_code.size() > 0 ? machine_code : ptx),
                              std::ranges::min(ptx.size() > 0 ? ptx : machine_code));
  if (capability < oldest) {
    return fmt::format(
        "its compute capability {}.{} is older than {}.{}, the oldest that this build has code for",
        properties.major, properties.minor, oldest / 10, oldest % 10);
  }
  return fmt::format(
      "this build has no code for its compute capability {}.{}: add {} to "
      "CUVAE_CUDA_ARCHITECTURES and build again",
      properties.major, properties.minor, capability);
}

DeviceInfo describe(int index) {
  DeviceInfo info;
  info.id = fmt::format("cuda:{}", index);
  cudaDeviceProp properties{};
  if (const cudaError_t status = cudaGetDeviceProperties(&properties, index);
      status != cudaSuccess) {
    static_cast<void>(cudaGetLastError());
    info.usable = false;
    info.problem = fmt::format("the driver does not describe it: {}", cudaGetErrorString(status));
    return info;
  }
  info.name = properties.name;
  info.details = fmt::format("compute {}.{}, {} SMs, {:.1f} GiB, {}", properties.major,
                             properties.minor, properties.multiProcessorCount,
                             static_cast<double>(properties.totalGlobalMem) / 1073741824.0,
                             properties.major >= 9 ? "clusters" : "no clusters");
  info.problem = problem_of(properties);
  info.usable = info.problem.empty();
  return info;
}

}  // namespace

std::vector<DeviceInfo> list_cuda_devices() {
  int count = 0;
  if (const std::optional<std::string> reason = missing_reason(count)) {
    DeviceInfo info;
    info.id = "cuda";
    info.usable = false;
    info.problem = *reason;
    return {info};
  }
  std::vector<DeviceInfo> devices;
  for (int index = 0; index < count; ++index) devices.push_back(describe(index));
  return devices;
}

std::future<void> warm_up_cuda(int device) {
  return std::async(std::launch::async, [device] {
    // cudaFree(nullptr) creates the context where setting the device does not.
    if (cudaSetDevice(device) != cudaSuccess || cudaFree(nullptr) != cudaSuccess) {
      static_cast<void>(cudaGetLastError());
    }
  });
}

namespace cuda {

DeviceInfo usable_device(int index) {
  const std::vector<DeviceInfo> devices = list_cuda_devices();
  if (devices.size() == 1 && devices[0].id == "cuda") {
    throw Error(ErrorKind::device,
                fmt::format("no GPU to use: {}; {}", devices[0].problem, without_gpu));
  }
  if (index < 0 || static_cast<std::size_t>(index) >= devices.size()) {
    throw Error(
        ErrorKind::device,
        fmt::format("there is no cuda:{}; this machine has cuda:0{}; {}", index,
                    devices.size() == 1 ? "" : fmt::format(" to cuda:{}", devices.size() - 1),
                    without_gpu));
  }
  const DeviceInfo& device = devices[static_cast<std::size_t>(index)];
  if (!device.usable) {
    throw Error(ErrorKind::device, fmt::format("{} ({}) can't be used: {}; {}", device.id,
                                               device.name, device.problem, without_gpu));
  }
  return device;
}

}  // namespace cuda
}  // namespace cuvae
