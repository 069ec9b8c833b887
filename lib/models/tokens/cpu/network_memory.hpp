// A token network in memory as the SIMD code wants it.
#pragma once

#include <vector>

#include <cuvae/token_network.hpp>

#include "models/tokens/cpu/kernels.hpp"
#include "runtime/simd/aligned_floats.hpp"

namespace cuvae {

// Owns what TokenPlan and NetworkPointers point to.
class NetworkMemory {
 public:
  NetworkMemory(const TokenShape& shape, const std::vector<float>& parameters);

  const TokenLayout& layout() const { return layout_; }
  const TokenPlan& plan() const { return plan_; }
  TokenPlan& plan() { return plan_; }
  const NetworkPointers& model() const { return model_; }
  NetworkPointers& model() { return model_; }

  // The transposed weights and the mixture that follow from parameters [begin, end). A matrix of
  // weights lies within the range or outside.
  void follow(std::size_t begin, std::size_t end);

  // Cuts the parameters into `pieces` of about equal size that split no matrix of weights:
  // [pieces + 1].
  std::vector<std::size_t> cuts(unsigned pieces) const;

 private:
  void transpose(std::size_t weight, std::uint32_t inputs, std::uint32_t outputs);

  TokenLayout layout_;
  AlignedFloats parameters_;
  AlignedFloats transposed_;
  AlignedFloats moment_1_;
  AlignedFloats moment_2_;
  TokenPlan plan_{};
  NetworkPointers model_{};
};

}  // namespace cuvae
