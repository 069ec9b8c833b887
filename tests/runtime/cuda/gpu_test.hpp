// What the GPU tests share. They run on a GPU, or on a replacement of the CUDA runtime
// (scripts/gpu/check.sh); without either they skip, or fail where CUVAE_REQUIRE_GPU is set.
#pragma once

#include <cstdlib>
#include <gtest/gtest.h>

#include <cuvae/cuda.hpp>

namespace cuvae {

class GpuTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const DeviceInfo device = list_cuda_devices().front();
    if (device.usable) return;
    if (std::getenv("CUVAE_REQUIRE_GPU") != nullptr) {
      FAIL() << "CUVAE_REQUIRE_GPU is set, but: " << device.problem;
    }
    GTEST_SKIP() << device.problem;
  }
};

}  // namespace cuvae
