#include <charconv>

#include <cuvae/device.hpp>
#include <cuvae/error.hpp>

#include "evaluate/evaluation_device.hpp"
#include "models/published/backend.hpp"
#include "models/tokens/backend.hpp"

#if defined(CUVAE_HAS_CUDA)
#include "models/published/cuda/backend.hpp"
#include "models/tokens/cuda/backend.hpp"
#endif

namespace cuvae {
namespace {

#if !defined(CUVAE_HAS_CUDA)
std::vector<DeviceInfo> list_cuda_devices() {
  return {};
}

[[noreturn]] void explain_no_cuda() {
  throw Error(
      ErrorKind::device,
      "this cuvae was built without CUDA; use --device cpu, or build the cuda preset with a "
      "CUDA compiler");
}
std::unique_ptr<Backend> make_cuda(int, const PublishedShape*) {
  explain_no_cuda();
}
std::unique_ptr<TokenBackend> make_cuda(int, const TokenShape*) {
  explain_no_cuda();
}
std::unique_ptr<EvaluationDevice> make_cuda(int, unsigned) {
  explain_no_cuda();
}
#else
std::unique_ptr<Backend> make_cuda(int index, const PublishedShape*) {
  return make_cuda_backend(index);
}
std::unique_ptr<TokenBackend> make_cuda(int index, const TokenShape*) {
  return make_cuda_token_backend(index);
}
std::unique_ptr<EvaluationDevice> make_cuda(int index, unsigned threads) {
  return make_cuda_evaluation(index, threads);
}
#endif
std::unique_ptr<Backend> make_cpu(unsigned threads, const PublishedShape*) {
  return make_cpu_backend(threads);
}
std::unique_ptr<TokenBackend> make_cpu(unsigned threads, const TokenShape*) {
  return make_cpu_token_backend(threads);
}

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

// A back end for networks of a shape; null: of any shape.
template <class Shape>
auto make(const DeviceChoice& choice, const Shape* shape) {
  const int gpu = gpu_of(choice);
  if (gpu < 0) return make_cpu(choice.threads, shape);
  auto backend = make_cuda(gpu, shape);
  const bool fixed = choice.kind == DeviceChoice::Kind::cuda || shape == nullptr;
  if (fixed || backend->supports(*shape)) return backend;
  return make_cpu(choice.threads, shape);
}

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
  return make<PublishedShape>(choice, nullptr);
}

std::unique_ptr<Backend> make_backend(const DeviceChoice& choice, const PublishedShape& shape) {
  return make(choice, &shape);
}

std::unique_ptr<TokenBackend> make_token_backend(const DeviceChoice& choice,
                                                 const TokenShape& shape) {
  return make(choice, &shape);
}

std::unique_ptr<EvaluationDevice> make_evaluation(const DeviceChoice& choice) {
  const int gpu = gpu_of(choice);
  return gpu < 0 ? make_cpu_evaluation(choice.threads) : make_cuda(gpu, choice.threads);
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
  return make_backend(choice)->info();
}

DeviceInfo resolve_device(const DeviceChoice& choice, const PublishedShape& shape) {
  return make_backend(choice, shape)->info();
}

DeviceInfo resolve_device(const DeviceChoice& choice, const TokenShape& shape) {
  return make_token_backend(choice, shape)->info();
}

}  // namespace cuvae
