// A product as cuBLASLt's descriptions: host objects, for which no GPU is needed.
#pragma once

#include <cublasLt.h>
#include <memory>

#include "unfused/product.hpp"

namespace cuvae::unfused {

// Throws Error where the status is not success: device where cuBLASLt can't start, else runtime.
void check(cublasStatus_t status, const char* doing);

class Description {
 public:
  explicit Description(const Product& product);

  cublasLtMatmulDesc_t operation() const { return operation_.get(); }
  cublasLtMatrixLayout_t a() const { return a_.get(); }
  cublasLtMatrixLayout_t b() const { return b_.get(); }
  cublasLtMatrixLayout_t d() const { return d_.get(); }

  void set_epilogue(Epilogue epilogue);
  // What the epilogue reads or writes.
  void set_bias(const float* bias);

 private:
  struct Destroy {
    void operator()(cublasLtMatmulDesc_t operation) const {
      static_cast<void>(cublasLtMatmulDescDestroy(operation));
    }
    void operator()(cublasLtMatrixLayout_t layout) const {
      static_cast<void>(cublasLtMatrixLayoutDestroy(layout));
    }
  };
  using Layout = std::unique_ptr<cublasLtMatrixLayoutOpaque_t, Destroy>;
  static Layout layout(const Operand& operand);

  std::unique_ptr<cublasLtMatmulDescOpaque_t, Destroy> operation_;
  Layout a_;
  Layout b_;
  Layout d_;
};

}  // namespace cuvae::unfused
