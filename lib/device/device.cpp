#include <charconv>

#include <cuvae/device.hpp>
#include <cuvae/error.hpp>

#include "evaluate/evaluation_device.hpp"
#include "models/published/backend.hpp"
#include "models/tokens/backend.hpp"
#include "runtime/simd/cpu_device.hpp"

#if defined(CUVAE_HAS_CUDA)
#include <cuvae/cuda.hpp>

#include "runtime/cuda/devices.hpp"
#endif

namespace cuvae {
namespace {

#if !defined(CUVAE_HAS_CUDA)
std::vector<DeviceInfo> list_cuda_devices() {
  return {};
}

[[noreturn]] void explain_no_cuda() {
  throw Error(ErrorKind::device,
              "this cuvae was built without CUDA; choose the CPU (`device` cpu), or build the cuda "
              "preset with a CUDA compiler");
}
DeviceInfo cuda_info(int) {
  explain_no_cuda();
}
#else
DeviceInfo cuda_info(int index) {
  return cuda::usable_device(index);
}
#endif

// Where a kind of network is made on each device.
template <class Kind>
struct Makers;

template <>
struct Makers<PublishedKind> {
  static auto cpu(unsigned threads) { return make_cpu_published_backend(threads); }
#if defined(CUVAE_HAS_CUDA)
  static auto cuda(int index) {
    return make_cuda_published_backend(index);
  }
#endif
};

template <>
struct Makers<TokenKind> {
  static auto cpu(unsigned threads) { return make_cpu_token_backend(threads); }
#if defined(CUVAE_HAS_CUDA)
  static auto cuda(int index) {
    return make_cuda_token_backend(index);
  }
#endif
};

// The GPU that a choice comes to, or -1 for the CPU.
int gpu_of(const DeviceChoice& choice) {
  if (choice.kind == DeviceChoice::Kind::cuda) return choice.index;
  if (choice.kind == DeviceChoice::Kind::automatic) {
    for (const DeviceInfo& device : list_cuda_devices()) {
      if (device.usable) return parse_device(device.id).index;
    }
  }
  return -1;
}

// The one place where a choice becomes a device, and where an automatic one falls back.
template <class Kind, class Can>
std::unique_ptr<Backend<Kind>> choose(const DeviceChoice& choice, [[maybe_unused]] Can&& can) {
  const int gpu = gpu_of(choice);
  if (gpu < 0) return Makers<Kind>::cpu(choice.threads);
#if defined(CUVAE_HAS_CUDA)
  std::unique_ptr<Backend<Kind>> backend = Makers<Kind>::cuda(gpu);
  if (choice.kind == DeviceChoice::Kind::cuda || can(*backend)) return backend;
  return Makers<Kind>::cpu(choice.threads);
#else
  explain_no_cuda();
#endif
}

}  // namespace

template <class Kind>
std::unique_ptr<Backend<Kind>> backend_to_train(const DeviceChoice& choice,
                                                const typename Kind::Shape& shape) {
  return choose<Kind>(choice, [&](const Backend<Kind>& backend) { return backend.trains(shape); });
}

template <class Kind>
std::unique_ptr<Backend<Kind>> backend_to_generate(const DeviceChoice& choice,
                                                   const typename Kind::Shape& shape,
                                                   const typename Kind::Output& output) {
  return choose<Kind>(
      choice, [&](const Backend<Kind>& backend) { return backend.generates(shape, output); });
}

template std::unique_ptr<PublishedBackend> backend_to_train<PublishedKind>(const DeviceChoice&,
                                                                           const PublishedShape&);
template std::unique_ptr<TokenBackend> backend_to_train<TokenKind>(const DeviceChoice&,
                                                                   const TokenShape&);
template std::unique_ptr<PublishedBackend> backend_to_generate<PublishedKind>(const DeviceChoice&,
                                                                              const PublishedShape&,
                                                                              const ScaledOutput&);
template std::unique_ptr<TokenBackend> backend_to_generate<TokenKind>(const DeviceChoice&,
                                                                      const TokenShape&,
                                                                      const TokenOutput&);

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
  std::vector<DeviceInfo> devices{cpu_device(0)};
  for (DeviceInfo& device : list_cuda_devices()) devices.push_back(std::move(device));
  return devices;
}

std::unique_ptr<EvaluationDevice> make_evaluation(const DeviceChoice& choice) {
  const int gpu = gpu_of(choice);
  if (gpu < 0) return make_cpu_evaluation(choice.threads);
#if defined(CUVAE_HAS_CUDA)
  return make_cuda_evaluation(gpu, choice.threads);
#else
  explain_no_cuda();
#endif
}

std::future<void> warm_up([[maybe_unused]] const DeviceChoice& choice) {
#if defined(CUVAE_HAS_CUDA)
  if (choice.kind == DeviceChoice::Kind::cuda) return warm_up_cuda(choice.index);
  if (choice.kind == DeviceChoice::Kind::automatic) {
    return std::async(std::launch::async, [choice] {
      const int gpu = gpu_of(choice);  // which need not be the first
      if (gpu >= 0) warm_up_cuda(gpu).wait();
    });
  }
#endif
  return {};
}

DeviceInfo resolve_device(const DeviceChoice& choice) {
  const int gpu = gpu_of(choice);
  return gpu < 0 ? cpu_device(choice.threads) : cuda_info(gpu);
}

}  // namespace cuvae
