#include <charconv>

#include <cuvae/device.hpp>
#include <cuvae/error.hpp>

#include "backend.hpp"

#if defined(CUVAE_HAS_CUDA)
#include "cuda/cuda_backend.hpp"
#endif

namespace cuvae {
namespace {

#if !defined(CUVAE_HAS_CUDA)
std::vector<DeviceInfo> list_cuda_devices() {
  return {};
}

std::unique_ptr<Backend> make_cuda_backend_or_explain(int) {
  throw Error(
      ErrorKind::device,
      "this cuvae was built without CUDA; use --device cpu, or build the cuda preset with a "
      "CUDA compiler");
}
#else
std::unique_ptr<Backend> make_cuda_backend_or_explain(int index) {
  return make_cuda_backend(index);
}
#endif

}  // namespace

DeviceChoice parse_device(const std::string& text) {
  DeviceChoice choice;
  if (text == "auto") return choice;
  if (text == "cpu") {
    choice.kind = DeviceChoice::Kind::cpu;
    return choice;
  }
  choice.kind = DeviceChoice::Kind::cuda;
  if (text == "cuda") return choice;
  constexpr std::string_view prefix = "cuda:";
  if (text.rfind(prefix, 0) == 0 && text.size() > prefix.size()) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + prefix.size(), end, choice.index);
    if (error == std::errc() && stop == end && choice.index >= 0) return choice;
  }
  throw Error(ErrorKind::usage,
              "unknown device '" + text + "'; use auto, cpu, cuda or cuda:N (N from 0)");
}

std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> devices{make_cpu_backend(0)->info()};
  for (DeviceInfo& device : list_cuda_devices()) devices.push_back(std::move(device));
  return devices;
}

std::unique_ptr<Backend> make_backend(const DeviceChoice& choice) {
  if (choice.kind == DeviceChoice::Kind::cuda) return make_cuda_backend_or_explain(choice.index);
  if (choice.kind == DeviceChoice::Kind::automatic) {
    for (const DeviceInfo& device : list_cuda_devices()) {
      if (device.usable) {
        return make_cuda_backend_or_explain(parse_device(device.id).index);
      }
    }
  }
  return make_cpu_backend(choice.threads);
}

std::unique_ptr<Backend> make_backend(const DeviceChoice& choice, const NetworkShape& shape) {
  std::unique_ptr<Backend> backend = make_backend(choice);
  if (choice.kind == DeviceChoice::Kind::automatic && !backend->supports(shape)) {
    return make_cpu_backend(choice.threads);
  }
  return backend;
}

std::future<void> warm_up([[maybe_unused]] const DeviceChoice& choice) {
#if defined(CUVAE_HAS_CUDA)
  if (choice.kind != DeviceChoice::Kind::cpu) return warm_up_cuda(choice.index);
#endif
  return {};
}

DeviceInfo resolve_device(const DeviceChoice& choice) {
  return make_backend(choice)->info();
}

DeviceInfo resolve_device(const DeviceChoice& choice, const NetworkShape& shape) {
  return make_backend(choice, shape)->info();
}

}  // namespace cuvae
