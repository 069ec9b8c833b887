#include "measure/unfused/cublaslt.hpp"

#include <array>
#include <dlfcn.h>
#include <fmt/format.h>
#include <map>
#include <optional>

#include <cuvae/error.hpp>

#include "measure/unfused/elementwise.cuh"
#include "measure/unfused/multiplier.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::unfused {
namespace {

constexpr std::uint32_t alignment = 16;  // of every matrix and of every column in it
constexpr int proposals = 8;             // of algorithms for a product
constexpr int trial_runs = 20;           // of each of them

class TimedEvent {
 public:
  TimedEvent() {
    cudaEvent_t event = nullptr;
    CUVAE_CUDA(cudaEventCreate(&event));
    event_.reset(event);
  }
  cudaEvent_t get() const { return event_.get(); }

 private:
  struct Destroy {
    void operator()(cudaEvent_t event) const { static_cast<void>(cudaEventDestroy(event)); }
  };
  std::unique_ptr<CUevent_st, Destroy> event_;
};

cublasLtEpilogue_t epilogue_of(Epilogue epilogue) {
  switch (epilogue) {
    case Epilogue::bias:
      return CUBLASLT_EPILOGUE_BIAS;
    case Epilogue::relu_bias:
      return CUBLASLT_EPILOGUE_RELU_BIAS;
    case Epilogue::bias_gradient:
      return CUBLASLT_EPILOGUE_BGRADA;
    case Epilogue::none:
      break;
  }
  return CUBLASLT_EPILOGUE_DEFAULT;
}

// Where the loader looks, then where this was built.
void* open_library() {
  const std::string name = fmt::format("libcublasLt.so.{}", CUBLAS_VER_MAJOR);
  for (const std::string& path : {name, CUVAE_CUBLASLT_FOLDER "/" + name}) {
    if (void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
  }
  throw Error(ErrorKind::device,
              fmt::format("{} is not there; install cuBLAS of CUDA {} to compare "
                          "with it",
                          name, CUBLAS_VER_MAJOR));
}

template <class Function>
void take(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function != nullptr) return;
  throw Error(ErrorKind::device,
              fmt::format("cuBLASLt has no {}; install that of CUDA {}", name, CUBLAS_VER_MAJOR));
}

class CublasLtMultiplier : public Multiplier {
 public:
  explicit CublasLtMultiplier(std::size_t workspace_bytes)
      : library_(std::make_shared<const CublasLt>()),
        workspace_(workspace_bytes, stream_.get(), {}, "cuBLASLt"),
        handle_(nullptr, library_->destroy),
        preference_(nullptr, library_->preference_destroy) {
    cublasLtHandle_t handle = nullptr;
    library_->check(library_->create(&handle), "cublasLtCreate");
    handle_.reset(handle);
    cublasLtMatmulPreference_t preference = nullptr;
    library_->check(library_->preference_create(&preference), "cublasLtMatmulPreferenceCreate");
    preference_.reset(preference);
    prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace_bytes);
    for (const auto matrix :
         {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
          CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
      prefer(matrix, alignment);
    }
    stream_.synchronize();
  }

  void prepare(const Product& product) override {
    check(product);
    if (plans_.contains(product)) return;
    Plan plan{Description(library_, product), {}};
    if (!choose(plan, product) && product.epilogue == Epilogue::bias_gradient) {
      plan.description.set_epilogue(Epilogue::none);
      plan.sums_apart = choose(plan, product);
    }
    if (!plan.chosen) {
      throw Error(ErrorKind::runtime,
                  fmt::format("cuBLASLt has no way of doing a product of {} by {} over {} on this "
                              "GPU; compare with the plain products instead",
                              product.m, product.n, product.k));
    }
    plans_.emplace(product, std::move(plan));
  }

  void multiply(const Product& product, const Matrices& matrices, cudaStream_t stream) override {
    Plan& plan = plans_.at(product);
    const bool has_epilogue = product.epilogue != Epilogue::none && !plan.sums_apart;
    if (has_epilogue) plan.description.set_bias(matrices.bias);
    library_->check(enqueue(plan.description, plan.algorithm, matrices, stream), "cublasLtMatmul");
    if (!plan.sums_apart) return;
    CUVAE_CUDA(launch_column_sums(matrices.a, product.m, product.k, matrices.bias, stream));
  }

 private:
  struct Plan {
    Description description;
    cublasLtMatmulAlgo_t algorithm;
    bool chosen = false;
    bool sums_apart = false;  // the bias gradient by a kernel of its own
  };
  template <class T>
  void prefer(cublasLtMatmulPreferenceAttributes_t attribute, const T& value) {
    library_->check(library_->preference_set(preference_.get(), attribute, &value, sizeof value),
                    "cublasLtMatmulPreferenceSetAttribute");
  }

  // The fastest of what the library proposes, by the device's clock.
  bool choose(Plan& plan, const Product& product) {
    std::array<cublasLtMatmulHeuristicResult_t, proposals> results{};
    int found = 0;
    const cublasStatus_t status =
        library_->heuristic(handle_.get(), plan.description.operation(), plan.description.a(),
                            plan.description.b(), plan.description.d(), plan.description.d(),
                            preference_.get(), proposals, results.data(), &found);
    if (status == CUBLAS_STATUS_NOT_SUPPORTED) return false;
    library_->check(status, "cublasLtMatmulAlgoGetHeuristic");
    const Trial trial(product, plan.description, stream_);
    float best = 0;
    for (int i = 0; i < found; ++i) {
      const auto& result = results[static_cast<std::size_t>(i)];
      if (result.state != CUBLAS_STATUS_SUCCESS) continue;
      const std::optional<float> time = measure(plan.description, result.algo, trial);
      if (!time || (plan.chosen && *time >= best)) continue;
      best = *time;
      plan.algorithm = result.algo;
      plan.chosen = true;
    }
    return plan.chosen;
  }

  // Matrices to try a product on, all zeros: its time doesn't depend on them.
  struct Trial {
    Trial(const Product& product, Description& description, const cuda::Stream& stream)
        : a(zeros(product.a.columns, product.a.stride, stream)),
          b(zeros(product.b.columns, product.b.stride, stream)),
          d(zeros(product.d.columns, product.d.stride, stream)),
          bias(zeros(1, product.m, stream)) {
      if (description.epilogue() != Epilogue::none) description.set_bias(bias.get());
    }
    static cuda::DeviceArray<float> zeros(std::size_t columns, std::size_t stride,
                                          const cuda::Stream& stream) {
      cuda::DeviceArray<float> array(columns * stride, stream.get(), {}, "cuBLASLt");
      CUVAE_CUDA(cudaMemsetAsync(array.get(), 0, array.size() * sizeof(float), stream.get()));
      return array;
    }
    cuda::DeviceArray<float> a;
    cuda::DeviceArray<float> b;
    cuda::DeviceArray<float> d;
    cuda::DeviceArray<float> bias;
  };

  // Milliseconds of some runs behind one that warms up; nothing where the algorithm refuses.
  std::optional<float> measure(const Description& description,
                               const cublasLtMatmulAlgo_t& algorithm, const Trial& trial) {
    const auto run = [&] {
      return enqueue(description, algorithm, {trial.a.get(), trial.b.get(), trial.d.get(), nullptr},
                     stream_.get());
    };
    if (run() != CUBLAS_STATUS_SUCCESS) return std::nullopt;
    const TimedEvent begin;
    const TimedEvent end;
    CUVAE_CUDA(cudaEventRecord(begin.get(), stream_.get()));
    for (int i = 0; i < trial_runs; ++i) library_->check(run(), "cublasLtMatmul");
    CUVAE_CUDA(cudaEventRecord(end.get(), stream_.get()));
    stream_.synchronize();
    float milliseconds = 0;
    CUVAE_CUDA(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()));
    return milliseconds;
  }

  cublasStatus_t enqueue(const Description& description, const cublasLtMatmulAlgo_t& algorithm,
                         const Matrices& matrices, cudaStream_t stream) {
    const float one = 1;
    const float zero = 0;
    return library_->multiply(handle_.get(), description.operation(), &one, matrices.a,
                              description.a(), matrices.b, description.b(), &zero, matrices.d,
                              description.d(), matrices.d, description.d(), &algorithm,
                              workspace_.get(), workspace_.size(), stream);
  }

  std::shared_ptr<const CublasLt> library_;
  cuda::Stream stream_;
  cuda::DeviceArray<std::byte> workspace_;
  std::unique_ptr<cublasLtContext, decltype(&cublasLtDestroy)> handle_;
  std::unique_ptr<cublasLtMatmulPreferenceOpaque_t, decltype(&cublasLtMatmulPreferenceDestroy)>
      preference_;
  std::map<Product, Plan> plans_;
};

}  // namespace

void CublasLt::Close::operator()(void* library) const {
  dlclose(library);
}

CublasLt::CublasLt() : library_(open_library()) {
  take(library_.get(), "cublasLtCreate", create);
  take(library_.get(), "cublasLtDestroy", destroy);
  take(library_.get(), "cublasLtGetStatusName", status_name);
  take(library_.get(), "cublasLtGetStatusString", status_text);
  take(library_.get(), "cublasLtMatmul", multiply);
  take(library_.get(), "cublasLtMatmulAlgoGetHeuristic", heuristic);
  take(library_.get(), "cublasLtMatmulDescCreate", description_create);
  take(library_.get(), "cublasLtMatmulDescDestroy", description_destroy);
  take(library_.get(), "cublasLtMatmulDescSetAttribute", description_set);
  take(library_.get(), "cublasLtMatmulDescGetAttribute", description_get);
  take(library_.get(), "cublasLtMatmulPreferenceCreate", preference_create);
  take(library_.get(), "cublasLtMatmulPreferenceDestroy", preference_destroy);
  take(library_.get(), "cublasLtMatmulPreferenceSetAttribute", preference_set);
  take(library_.get(), "cublasLtMatrixLayoutCreate", layout_create);
  take(library_.get(), "cublasLtMatrixLayoutDestroy", layout_destroy);
  take(library_.get(), "cublasLtMatrixLayoutGetAttribute", layout_get);
}

void CublasLt::check(cublasStatus_t status, const char* doing) const {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const bool start =
      status == CUBLAS_STATUS_NOT_INITIALIZED || status == CUBLAS_STATUS_ARCH_MISMATCH;
  throw Error(start ? ErrorKind::device : ErrorKind::runtime,
              fmt::format("{}: {} ({}); the unfused baseline needs an NVIDIA GPU and its driver",
                          doing, status_text(status), status_name(status)));
}

Description::Description(std::shared_ptr<const CublasLt> library, const Product& product)
    : library_(std::move(library)),
      operation_(nullptr, library_->description_destroy),
      a_(layout(product.a)),
      b_(layout(product.b)),
      d_(layout(product.d)) {
  check(product);
  cublasLtMatmulDesc_t operation = nullptr;
  library_->check(library_->description_create(&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F),
                  "cublasLtMatmulDescCreate");
  operation_.reset(operation);
  set(CUBLASLT_MATMUL_DESC_TRANSA, product.a.transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
  set(CUBLASLT_MATMUL_DESC_TRANSB, product.b.transposed ? CUBLAS_OP_T : CUBLAS_OP_N);
  set_epilogue(product.epilogue);
}

Description::Layout Description::layout(const Operand& operand) const {
  cublasLtMatrixLayout_t layout = nullptr;
  library_->check(
      library_->layout_create(&layout, CUDA_R_32F, operand.rows, operand.columns, operand.stride),
      "cublasLtMatrixLayoutCreate");
  return {layout, library_->layout_destroy};
}

template <class T>
void Description::set(cublasLtMatmulDescAttributes_t attribute, const T& value) {
  library_->check(library_->description_set(operation_.get(), attribute, &value, sizeof value),
                  "cublasLtMatmulDescSetAttribute");
}

void Description::set_epilogue(Epilogue epilogue) {
  set(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue_of(epilogue));
  epilogue_ = epilogue;
}

void Description::set_bias(const float* bias) {
  set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias);
}

std::shared_ptr<Multiplier> make_cublaslt_multiplier(std::size_t workspace_bytes) {
  return std::make_shared<CublasLtMultiplier>(workspace_bytes);
}

bool has_cublaslt() {
  return true;
}

}  // namespace cuvae::unfused
