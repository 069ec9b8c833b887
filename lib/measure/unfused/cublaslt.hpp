// cuBLASLt, loaded when it is first asked for, so that programs start without it, and a product as
// its descriptions: host objects, for which no GPU is needed.
#pragma once

#include <cublasLt.h>
#include <memory>

#include "measure/unfused/product.hpp"

namespace cuvae::unfused {

// The library's functions.
class CublasLt {
 private:
  struct Close {
    void operator()(void* library) const;
  };
  std::unique_ptr<void, Close> library_;  // outlives what is taken from it

 public:
  // Throws Error(device) where the library is not there.
  CublasLt();

  // Throws Error where the status is not success: device where cuBLASLt can't start, else runtime.
  void check(cublasStatus_t status, const char* doing) const;

  decltype(&cublasLtCreate) create;
  decltype(&cublasLtDestroy) destroy;
  decltype(&cublasLtGetStatusName) status_name;
  decltype(&cublasLtGetStatusString) status_text;
  decltype(&cublasLtMatmul) multiply;
  decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic;
  decltype(&cublasLtMatmulDescCreate) description_create;
  decltype(&cublasLtMatmulDescDestroy) description_destroy;
  decltype(&cublasLtMatmulDescSetAttribute) description_set;
  decltype(&cublasLtMatmulDescGetAttribute) description_get;
  decltype(&cublasLtMatmulPreferenceCreate) preference_create;
  decltype(&cublasLtMatmulPreferenceDestroy) preference_destroy;
  decltype(&cublasLtMatmulPreferenceSetAttribute) preference_set;
  decltype(&cublasLtMatrixLayoutCreate) layout_create;
  decltype(&cublasLtMatrixLayoutDestroy) layout_destroy;
  decltype(&cublasLtMatrixLayoutGetAttribute) layout_get;
};

class Description {
 public:
  Description(std::shared_ptr<const CublasLt> library, const Product& product);

  cublasLtMatmulDesc_t operation() const { return operation_.get(); }
  cublasLtMatrixLayout_t a() const { return a_.get(); }
  cublasLtMatrixLayout_t b() const { return b_.get(); }
  cublasLtMatrixLayout_t d() const { return d_.get(); }

  Epilogue epilogue() const { return epilogue_; }
  void set_epilogue(Epilogue epilogue);
  // What the epilogue reads or writes.
  void set_bias(const float* bias);

 private:
  using Operation =
      std::unique_ptr<cublasLtMatmulDescOpaque_t, decltype(&cublasLtMatmulDescDestroy)>;
  using Layout =
      std::unique_ptr<cublasLtMatrixLayoutOpaque_t, decltype(&cublasLtMatrixLayoutDestroy)>;
  Layout layout(const Operand& operand) const;
  template <class T>
  void set(cublasLtMatmulDescAttributes_t attribute, const T& value);

  std::shared_ptr<const CublasLt> library_;
  Epilogue epilogue_ = Epilogue::none;
  Operation operation_;
  Layout a_;
  Layout b_;
  Layout d_;
};

}  // namespace cuvae::unfused
