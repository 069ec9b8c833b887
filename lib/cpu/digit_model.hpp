// A digit network in memory as the SIMD code wants it.
#pragma once

#include <vector>

#include <cuvae/digit_network.hpp>

#include "cpu/aligned.hpp"
#include "cpu/digit_kernels.hpp"

namespace cuvae {

// Owns what DigitPlan and DigitModel point to.
class DigitModelMemory {
 public:
  DigitModelMemory(const DigitShape& shape, const std::vector<float>& parameters);

  const DigitLayout& layout() const { return layout_; }
  const DigitPlan& plan() const { return plan_; }
  DigitPlan& plan() { return plan_; }
  const DigitModel& model() const { return model_; }
  DigitModel& model() { return model_; }

  // The transposed weights and the mixture that follow from parameters [begin, end). A matrix of
  // weights lies within the range or outside.
  void follow(std::size_t begin, std::size_t end);

  // Cuts the parameters into `pieces` of about equal size that split no matrix of weights:
  // [pieces + 1].
  std::vector<std::size_t> cuts(unsigned pieces) const;

 private:
  void transpose(std::size_t weight, std::uint32_t inputs, std::uint32_t outputs);

  DigitLayout layout_;
  AlignedFloats parameters_;
  AlignedFloats transposed_;
  AlignedFloats moment_1_;
  AlignedFloats moment_2_;
  DigitPlan plan_{};
  DigitModel model_{};
};

}  // namespace cuvae
