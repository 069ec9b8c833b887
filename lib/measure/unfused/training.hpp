// The training of cuvae::train step by step and unfused: what can be had from libraries alone,
// every intermediate number in device memory. Only there to compare the fused kernels with. It
// draws the same batches and, with the project's noise, the same numbers; sums are in another
// order, so that results agree only about as well as float32 does.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>
#include <memory>
#include <vector>

#include <cuvae/matrix.hpp>
#include <cuvae/train.hpp>

#include "kernels/arithmetic/adam.hpp"
#include "measure/unfused/elementwise.cuh"
#include "measure/unfused/multiplier.hpp"
#include "measure/unfused/noise.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae::unfused {

// Who does what can be done by one library or another.
struct Parts {
  std::shared_ptr<Multiplier> multiplier;
  std::shared_ptr<Noise> noise;
};

class Training {
 public:
  // Brings table and first parameters to the current device. `replay`: full batches are captured
  // once as a CUDA graph and replayed, which costs the host less.
  Training(const Matrix& data, const TrainSettings& options, Parts parts, bool replay);
  ~Training();
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  // Runs the next epoch and waits for it.
  EpochLoss run_epoch();

  // [parameter_count], as cuvae::train gives them.
  std::vector<float> parameters() const;

 private:
  // A layer's matrices; strides are padded().
  struct Place {
    Layer layer;
    std::size_t weights;    // into the parameters
    std::size_t biases;     // into the parameters
    float* inputs;          // [batch_size, inputs]
    float* outputs;         // [batch_size, outputs]; of layers 3 and 7 later their gradient
    float* input_gradient;  // [batch_size, inputs]; null where nobody needs it
    bool relu;
  };

  void plan_parameters();
  void allocate_activations();
  void prepare_products(std::uint32_t rows);
  void enqueue_step(std::uint32_t rows);
  void enqueue_forward(const Place& place, std::uint32_t rows);
  void enqueue_backward(std::size_t layer, std::uint32_t rows);
  void capture_step();
  float* activations(std::uint32_t width);

  PublishedShape shape_;
  TrainSettings options_;
  Parts parts_;
  std::uint32_t rows_;
  std::uint32_t batch_size_;
  std::uint32_t epoch_ = 0;
  AdamSteps adam_steps_;

  cuda::Stream stream_;
  std::vector<Place> places_;
  std::size_t padded_count_ = 0;  // of parameters, each layer's weights and biases aligned
  std::vector<cuda::DeviceArray<float>> buffers_;
  cuda::DeviceArray<float> table_rows_;
  cuda::DeviceArray<Table> table_;
  cuda::DeviceArray<StepState> state_;
  cuda::DeviceArray<float> noise_;  // of an epoch: [rows, latent], and one number more
  cuda::DeviceArray<float> parameters_;
  cuda::DeviceArray<float> gradient_;
  cuda::DeviceArray<float> moment_1_;
  cuda::DeviceArray<float> moment_2_;
  cuda::DeviceArray<float> step_sizes_;            // of an epoch
  cuda::DeviceArray<float> reconstruction_terms_;  // [batch_size, columns], sums over the steps
  cuda::DeviceArray<float> kl_terms_;              // [batch_size, latent]
  float* half_noise_ = nullptr;
  struct DestroyGraph {
    void operator()(cudaGraphExec_t graph) const { static_cast<void>(cudaGraphExecDestroy(graph)); }
  };
  std::unique_ptr<CUgraphExec_st, DestroyGraph> step_;
};

}  // namespace cuvae::unfused
