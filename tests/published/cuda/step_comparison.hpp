// Training on the device and the same in plain loops, for comparison bit by bit.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>
#include <vector>

#include <cuvae/matrix.hpp>
#include <cuvae/train.hpp>

#include "kernels/published/reference.hpp"
#include "kernels/published/train.cuh"

namespace cuvae::cuda {

// What to train: a table of made-up numbers in [0, 1].
struct Problem {
  PublishedShape shape;
  std::uint32_t rows = 0;
  std::uint32_t batch_size = 32;
  std::uint32_t epochs = 1;
  Loss loss = Loss::bce_kl;
  float kl_weight = 1.0F;
  std::uint64_t seed = 5;

  std::vector<float> table() const;  // [rows, stride]
  std::uint32_t stride() const { return (shape.columns + 15) / 16 * 16; }
};

// What training leaves behind.
struct Trained {
  plain::State state;
  std::vector<float> losses;  // [epochs, steps, 2]
};

Trained train_plainly(const Problem& problem);

// How to run it on the device.
struct Run {
  LauncherChoice choice;
  std::uint32_t steps_per_launch = 0;  // 0: a whole epoch
  bool replay = false;                 // graph: capture a step once and replay it
  bool captured = false;               // capture each launch of steps in a graph and launch that
  DeviceLimits limits{};               // 0 bytes of shared memory: ask the device
};

Trained train_on_device(const Problem& problem, const Run& run);

// Fails the test where a bit differs.
void expect_equal(const Trained& expected, const Trained& actual);

}  // namespace cuvae::cuda
