#include <cuvae/error.hpp>

#include "measure/unfused/noise.hpp"

#if defined(CUVAE_HAS_CURAND)

#include <curand.h>
#include <dlfcn.h>
#include <fmt/format.h>

namespace cuvae::unfused {
namespace {

// Loaded when it is asked for, so that programs start without it.
class Curand {
  struct Close {
    void operator()(void* library) const { dlclose(library); }
  };
  std::unique_ptr<void, Close> library_;

 public:
  Curand() : library_(open()) {
    take("curandCreateGenerator", create);
    take("curandDestroyGenerator", destroy);
    take("curandSetPseudoRandomGeneratorSeed", set_seed);
    take("curandSetStream", set_stream);
    take("curandGenerateNormal", normal);
  }

  static void check(curandStatus_t status, const char* doing) {
    if (status == CURAND_STATUS_SUCCESS) return;
    const bool start =
        status == CURAND_STATUS_INITIALIZATION_FAILED || status == CURAND_STATUS_ARCH_MISMATCH;
    throw Error(
        start ? ErrorKind::device : ErrorKind::runtime,
        fmt::format("{}: status {}; the unfused baseline needs an NVIDIA GPU and its driver", doing,
                    static_cast<int>(status)));
  }

  decltype(&curandCreateGenerator) create = nullptr;
  decltype(&curandDestroyGenerator) destroy = nullptr;
  decltype(&curandSetPseudoRandomGeneratorSeed) set_seed = nullptr;
  decltype(&curandSetStream) set_stream = nullptr;
  decltype(&curandGenerateNormal) normal = nullptr;

 private:
  static void* open() {
    const std::string name = fmt::format("libcurand.so.{}", CURAND_VER_MAJOR);
    for (const std::string& path : {name, CUVAE_CURAND_FOLDER "/" + name}) {
      if (void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
    }
    throw Error(ErrorKind::device,
                fmt::format("{} is not there; install cuRAND to compare with it", name));
  }
  template <class Function>
  void take(const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library_.get(), name));
    if (function == nullptr) {
      throw Error(ErrorKind::device, fmt::format("cuRAND has no {}; install a newer one", name));
    }
  }
};

class CurandNoise : public Noise {
 public:
  explicit CurandNoise(std::uint64_t seed) : generator_(nullptr, library_.destroy) {
    curandGenerator_t generator = nullptr;
    Curand::check(library_.create(&generator, CURAND_RNG_PSEUDO_PHILOX4_32_10),
                  "curandCreateGenerator");
    generator_.reset(generator);
    Curand::check(library_.set_seed(generator, seed), "curandSetPseudoRandomGeneratorSeed");
  }

  void fill(const Table*, std::uint32_t rows, std::uint32_t latent, float* numbers,
            cudaStream_t stream) override {
    const std::size_t count = std::size_t{rows} * latent;
    Curand::check(library_.set_stream(generator_.get(), stream), "curandSetStream");
    // It makes pairs.
    Curand::check(library_.normal(generator_.get(), numbers, count + count % 2, 0, 1),
                  "curandGenerateNormal");
  }

 private:
  Curand library_;
  std::unique_ptr<curandGenerator_st, decltype(&curandDestroyGenerator)> generator_;
};

}  // namespace

std::shared_ptr<Noise> make_curand_noise(std::uint64_t seed) {
  return std::make_shared<CurandNoise>(seed);
}

}  // namespace cuvae::unfused

#else

namespace cuvae::unfused {

std::shared_ptr<Noise> make_curand_noise(std::uint64_t) {
  throw Error(ErrorKind::device, "this build has no cuRAND; install it and configure again");
}

}  // namespace cuvae::unfused

#endif
