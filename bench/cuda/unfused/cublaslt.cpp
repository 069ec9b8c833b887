#include "unfused/cublaslt.hpp"

#include <fmt/format.h>
#include <map>

#include <cuvae/error.hpp>

#include "cuda/handles.hpp"
#include "cuda/memory.hpp"
#include "unfused/elementwise.cuh"
#include "unfused/multiplier.hpp"

namespace cuvae::unfused {
namespace {

constexpr std::uint32_t alignment = 16;  // of every matrix and of every column in it

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

class CublasLtMultiplier : public Multiplier {
 public:
  explicit CublasLtMultiplier(std::size_t workspace_bytes)
      : workspace_(workspace_bytes, stream_.get(), {}, "cuBLASLt") {
    cublasLtHandle_t handle = nullptr;
    check(cublasLtCreate(&handle), "cublasLtCreate");
    handle_.reset(handle);
    cublasLtMatmulPreference_t preference = nullptr;
    check(cublasLtMatmulPreferenceCreate(&preference), "cublasLtMatmulPreferenceCreate");
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
    Plan plan{Description(product), {}, false};
    if (!choose(plan) && product.epilogue == Epilogue::bias_gradient) {
      plan.description.set_epilogue(Epilogue::none);
      plan.sums_apart = choose(plan);
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
    const float one = 1;
    const float zero = 0;
    check(cublasLtMatmul(handle_.get(), plan.description.operation(), &one, matrices.a,
                         plan.description.a(), matrices.b, plan.description.b(), &zero, matrices.d,
                         plan.description.d(), matrices.d, plan.description.d(), &plan.algorithm,
                         workspace_.get(), workspace_.size(), stream),
          "cublasLtMatmul");
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
  struct Destroy {
    void operator()(cublasLtHandle_t handle) const { static_cast<void>(cublasLtDestroy(handle)); }
    void operator()(cublasLtMatmulPreference_t preference) const {
      static_cast<void>(cublasLtMatmulPreferenceDestroy(preference));
    }
  };

  template <class T>
  void prefer(cublasLtMatmulPreferenceAttributes_t attribute, const T& value) {
    check(cublasLtMatmulPreferenceSetAttribute(preference_.get(), attribute, &value, sizeof value),
          "cublasLtMatmulPreferenceSetAttribute");
  }

  bool choose(Plan& plan) {
    cublasLtMatmulHeuristicResult_t result{};
    int found = 0;
    const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
        handle_.get(), plan.description.operation(), plan.description.a(), plan.description.b(),
        plan.description.d(), plan.description.d(), preference_.get(), 1, &result, &found);
    if (status == CUBLAS_STATUS_NOT_SUPPORTED) return false;
    check(status, "cublasLtMatmulAlgoGetHeuristic");
    if (found == 0 || result.state != CUBLAS_STATUS_SUCCESS) return false;
    plan.algorithm = result.algo;
    plan.chosen = true;
    return true;
  }

  cuda::Stream stream_;
  cuda::DeviceArray<std::byte> workspace_;
  std::unique_ptr<cublasLtContext, Destroy> handle_;
  std::unique_ptr<cublasLtMatmulPreferenceOpaque_t, Destroy> preference_;
  std::map<Product, Plan> plans_;
};

}  // namespace

void check(cublasStatus_t status, const char* doing) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const bool start =
      status == CUBLAS_STATUS_NOT_INITIALIZED || status == CUBLAS_STATUS_ARCH_MISMATCH;
  throw Error(start ? ErrorKind::device : ErrorKind::runtime,
              fmt::format("{}: {} ({}); the unfused baseline needs an NVIDIA GPU and its driver",
                          doing, cublasLtGetStatusString(status), cublasLtGetStatusName(status)));
}

Description::Layout Description::layout(const Operand& operand) {
  cublasLtMatrixLayout_t layout = nullptr;
  check(cublasLtMatrixLayoutCreate(&layout, CUDA_R_32F, operand.rows, operand.columns,
                                   operand.stride),
        "cublasLtMatrixLayoutCreate");
  return Layout(layout);
}

Description::Description(const Product& product) {
  check(product);
  cublasLtMatmulDesc_t operation = nullptr;
  check(cublasLtMatmulDescCreate(&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F),
        "cublasLtMatmulDescCreate");
  operation_.reset(operation);
  const auto transpose = [&](cublasLtMatmulDescAttributes_t attribute, bool transposed) {
    const cublasOperation_t value = transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
    check(cublasLtMatmulDescSetAttribute(operation_.get(), attribute, &value, sizeof value),
          "cublasLtMatmulDescSetAttribute");
  };
  transpose(CUBLASLT_MATMUL_DESC_TRANSA, product.a.transposed);
  transpose(CUBLASLT_MATMUL_DESC_TRANSB, product.b.transposed);
  set_epilogue(product.epilogue);
  a_ = layout(product.a);
  b_ = layout(product.b);
  d_ = layout(product.d);
}

void Description::set_epilogue(Epilogue epilogue) {
  const cublasLtEpilogue_t value = epilogue_of(epilogue);
  check(cublasLtMatmulDescSetAttribute(operation_.get(), CUBLASLT_MATMUL_DESC_EPILOGUE, &value,
                                       sizeof value),
        "cublasLtMatmulDescSetAttribute");
}

void Description::set_bias(const float* bias) {
  check(cublasLtMatmulDescSetAttribute(operation_.get(), CUBLASLT_MATMUL_DESC_BIAS_POINTER, &bias,
                                       sizeof bias),
        "cublasLtMatmulDescSetAttribute");
}

std::unique_ptr<Multiplier> make_cublaslt_multiplier(std::size_t workspace_bytes) {
  return std::make_unique<CublasLtMultiplier>(workspace_bytes);
}

bool has_cublaslt() {
  return true;
}

}  // namespace cuvae::unfused
