// Rows of the endless table. A thread owns a row from its Philox counters to its codes; nothing is
// exchanged between rows.
//
// Published shape: activations live in registers, and the 457 decoder parameters are kernel
// parameters, that is, constant-bank operands of the multiply-adds. Codes go straight to their
// columns: a warp writes 32 neighbouring cells. Floats cross the warp's tile in shared memory, so
// that the warp writes whole rows.
//
// Other shapes: parameters and activations live in shared memory. A thread makes 8 outputs of a
// layer at a time, reading 8 weights as two broadcasts for each input. Blocks stay for as many rows
// as there are, because bringing the parameters costs as much as some rows.
#include <algorithm>
#include <array>
#include <cstddef>

#include "kernels/arithmetic/elementary.hpp"
#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/arithmetic/round_code.hpp"
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/published/generate.cuh"
#include "kernels/testing/planted_defect.hpp"

namespace cuvae::cuda {
namespace {

using Ops = ScalarOps;

constexpr std::uint32_t warp_size = 32;
constexpr std::uint32_t decoder_layers = 4;

__device__ void four_normals(std::uint64_t seed, std::uint64_t row, std::uint32_t block,
                             float (&normal)[4]) {
  const PhiloxCounter words =
      philox4x32_10(noise_counter(row, 0, Purpose::latent_noise, block), seed);
  box_muller<Ops>(words.word[0], words.word[1], normal[0], normal[1]);
  box_muller<Ops>(words.word[2], words.word[3], normal[2], normal[3]);
}

__device__ void store_code(const CodeColumn& column, std::uint32_t row, float x) {
  if (column.width == 0) {
    static_cast<float*>(column.cells)[row] = x;
    return;
  }
  const std::uint32_t code = round_code(x, column.span);
  if (column.width == 1) {
    static_cast<std::uint8_t*>(column.cells)[row] = static_cast<std::uint8_t>(code);
  } else if (column.width == 2) {
    static_cast<std::uint16_t*>(column.cells)[row] = static_cast<std::uint16_t>(code);
  } else {
    static_cast<std::uint32_t*>(column.cells)[row] = code;
  }
}

__device__ bool stored(std::uint32_t row, std::uint32_t count) {
  if constexpr (planted_defect == PlantedDefect::off_by_one_store) return row <= count;
  return row < count;
}

// ---- The published shape ------------------------------------------------------------------------

constexpr PublishedShape published{};
constexpr std::uint32_t widths[decoder_layers + 1] = {published.latent, 2 * published.latent,
                                                      published.hidden[1], published.hidden[0],
                                                      published.columns};
__host__ __device__ constexpr std::uint32_t layer_size(std::uint32_t layer) {
  return (widths[layer] + 1) * widths[layer + 1];
}
constexpr std::uint32_t published_parameters =
    layer_size(0) + layer_size(1) + layer_size(2) + layer_size(3);
static_assert(published_parameters == 457);
static_assert(published.latent == 4, "one Philox block makes the latents of a row");
constexpr std::uint32_t published_threads = 256;

struct PublishedParameters {
  float value[published_parameters];
};

template <std::uint32_t inputs, std::uint32_t outputs, std::uint32_t offset>
__device__ void dense(const PublishedParameters& parameters, const float (&input)[inputs],
                      float (&output)[outputs]) {
#pragma unroll
  for (std::uint32_t j = 0; j < outputs; ++j) {
    output[j] = parameters.value[offset + inputs * outputs + j];
  }
#pragma unroll
  for (std::uint32_t i = 0; i < inputs; ++i) {
#pragma unroll
    for (std::uint32_t j = 0; j < outputs; ++j) {
      output[j] = Ops::fma(parameters.value[offset + i * outputs + j], input[i], output[j]);
    }
  }
}

template <std::uint32_t width>
__device__ void relu(float (&values)[width]) {
#pragma unroll
  for (std::uint32_t j = 0; j < width; ++j) values[j] = Ops::max(values[j], 0.0F);
}

__device__ void published_logits(const PublishedParameters& parameters, std::uint64_t seed,
                                 std::uint64_t row, float (&logits)[widths[4]]) {
  constexpr std::uint32_t offset_1 = layer_size(0);
  constexpr std::uint32_t offset_2 = offset_1 + layer_size(1);
  constexpr std::uint32_t offset_3 = offset_2 + layer_size(2);
  float latent[widths[0]];
  float hidden_0[widths[1]];
  float hidden_1[widths[2]];
  float hidden_2[widths[3]];
  four_normals(seed, row, 0, latent);
  dense<widths[0], widths[1], 0>(parameters, latent, hidden_0);
  dense<widths[1], widths[2], offset_1>(parameters, hidden_0, hidden_1);
  relu(hidden_1);
  dense<widths[2], widths[3], offset_2>(parameters, hidden_1, hidden_2);
  relu(hidden_2);
  dense<widths[3], widths[4], offset_3>(parameters, hidden_2, logits);
}

struct PublishedCodes {
  RowRange range;
  CodeColumn column[published.columns];
  PublishedParameters parameters;
};

__global__ void __launch_bounds__(published_threads)
    generate_codes_published(const __grid_constant__ PublishedCodes task) {
  const std::uint32_t row = blockIdx.x * published_threads + threadIdx.x;
  if (!stored(row, task.range.count)) return;
  float logits[published.columns];
  published_logits(task.parameters, task.range.seed, task.range.first + row, logits);
#pragma unroll
  for (std::uint32_t j = 0; j < published.columns; ++j) {
    store_code(task.column[j], row, sigmoid<Ops>(logits[j]).value);
  }
}

struct PublishedFloats {
  RowRange range;
  float* out;
  std::uint32_t stride;
  PublishedParameters parameters;
};

// A warp's rows in shared memory, one behind the other: an odd number of columns keeps the lanes,
// which write a column at a time, in different banks.
static_assert(published.columns % 2 == 1);

__global__ void __launch_bounds__(published_threads)
    generate_floats_published(const __grid_constant__ PublishedFloats task) {
  __shared__ float tiles[published_threads / warp_size][published.columns * warp_size];
  float* tile = tiles[threadIdx.x / warp_size];
  const std::uint32_t lane = threadIdx.x % warp_size;
  const std::uint32_t first = blockIdx.x * published_threads + threadIdx.x - lane;
  float logits[published.columns];
  published_logits(task.parameters, task.range.seed, task.range.first + first + lane, logits);
#pragma unroll
  for (std::uint32_t j = 0; j < published.columns; ++j) {
    tile[lane * published.columns + j] = sigmoid<Ops>(logits[j]).value;
  }
  __syncwarp();
#pragma unroll
  for (std::uint32_t step = 0; step < published.columns; ++step) {
    const std::uint32_t i = step * warp_size + lane;
    const std::uint32_t row = first + i / published.columns;
    if (stored(row, task.range.count)) {
      task.out[std::size_t{row} * task.stride + i % published.columns] = tile[i];
    }
  }
}

// ---- Any other shape ----------------------------------------------------------------------------

constexpr std::uint32_t tile_outputs = 8;
constexpr std::uint32_t general_threads = 64;
// Activations of unit u of the block's rows start at u * activation_pitch. One float more than rows
// keeps the threads in different banks when they go along a row, too.
constexpr std::uint32_t activation_pitch = general_threads + 1;

__host__ __device__ constexpr std::uint32_t padded(std::uint32_t outputs) {
  return (outputs + tile_outputs - 1) / tile_outputs * tile_outputs;
}

struct GeneralShape {
  std::uint32_t width[decoder_layers + 1];
  std::uint32_t parameter_count;  // padded; a multiple of 8
  std::uint32_t max_width;        // padded, of any layer's inputs or outputs
};

GeneralShape general_shape(const PublishedShape& shape) {
  GeneralShape general{
      {shape.latent, 2 * shape.latent, shape.hidden[1], shape.hidden[0], shape.columns}, 0, 0};
  general.max_width = (shape.latent + 3) / 4 * 4;
  for (std::uint32_t l = 0; l < decoder_layers; ++l) {
    general.parameter_count += (general.width[l] + 1) * padded(general.width[l + 1]);
    general.max_width = std::max(general.max_width, padded(general.width[l + 1]));
  }
  return general;
}

std::size_t general_shared_bytes(const GeneralShape& shape) {
  return sizeof(float) *
         (shape.parameter_count + std::size_t{2} * shape.max_width * activation_pitch);
}

struct GeneralTask {
  RowRange range;
  GeneralShape shape;
  const float* parameters;
  float* out;  // floats form
  std::uint32_t stride;
  CodeColumn column[max_columns];  // codes form
};

__device__ void bring_parameters(const GeneralTask& task, float* parameters) {
  const std::uint32_t quads = task.shape.parameter_count / 4;
  constexpr bool forget_last = planted_defect == PlantedDefect::unset_shared_value;
  for (std::uint32_t q = threadIdx.x; q < (forget_last ? quads - 1 : quads); q += general_threads) {
    reinterpret_cast<float4*>(parameters)[q] =
        __ldg(reinterpret_cast<const float4*>(task.parameters) + q);
  }
  if constexpr (planted_defect != PlantedDefect::removed_barrier) __syncthreads();
}

// 8 outputs of a layer for the thread's row: bias + sum over inputs, one fma chain each.
__device__ void dense_tile(const float* layer, std::uint32_t pitch, std::uint32_t inputs,
                           const float* input, float (&sum)[tile_outputs]) {
  const auto load = [](const float* from, float(&to)[tile_outputs]) {
    const float4 low = *reinterpret_cast<const float4*>(from);
    const float4 high = *reinterpret_cast<const float4*>(from + 4);
    to[0] = low.x, to[1] = low.y, to[2] = low.z, to[3] = low.w;
    to[4] = high.x, to[5] = high.y, to[6] = high.z, to[7] = high.w;
  };
  load(layer, sum);
  for (std::uint32_t i = 0; i < inputs; ++i) {
    float weight[tile_outputs];
    load(layer + (i + 1) * pitch, weight);
    const float x = input[i * activation_pitch];
#pragma unroll
    for (std::uint32_t k = 0; k < tile_outputs; ++k) sum[k] = Ops::fma(weight[k], x, sum[k]);
  }
}

// Writes a warp's rows, which lie in shared memory as activations, one behind the other.
__device__ void write_rows(const GeneralTask& task, const float* values, std::uint32_t first) {
  const std::uint32_t columns = task.shape.width[decoder_layers];
  __syncwarp();
  for (std::uint32_t i = threadIdx.x % warp_size; i < warp_size * columns; i += warp_size) {
    const std::uint32_t r = i / columns;
    const std::uint32_t j = i % columns;
    if (stored(first + r, task.range.count)) {
      task.out[std::size_t{first + r} * task.stride + j] = values[j * activation_pitch + r];
    }
  }
  __syncwarp();
}

template <bool codes>
__global__ void __launch_bounds__(general_threads)
    generate_general(const __grid_constant__ GeneralTask task) {
  extern __shared__ float4 shared[];
  float* const parameters = reinterpret_cast<float*>(shared);
  float* const activations = parameters + task.shape.parameter_count;
  bring_parameters(task, parameters);
  const std::uint32_t lane = threadIdx.x % warp_size;
  for (std::uint32_t base = blockIdx.x * general_threads; base < task.range.count;
       base += gridDim.x * general_threads) {
    const std::uint32_t row = base + threadIdx.x;
    float* input = activations + threadIdx.x;
    float* output = input + task.shape.max_width * activation_pitch;
    for (std::uint32_t block = 0; 4 * block < task.shape.width[0]; ++block) {
      float normal[4];
      four_normals(task.range.seed, task.range.first + row, block, normal);
#pragma unroll
      for (std::uint32_t k = 0; k < 4; ++k) input[(4 * block + k) * activation_pitch] = normal[k];
    }
    const float* layer = parameters;
    for (std::uint32_t l = 0; l < decoder_layers; ++l) {
      const std::uint32_t inputs = task.shape.width[l];
      const std::uint32_t outputs = task.shape.width[l + 1];
      const std::uint32_t pitch = padded(outputs);
      for (std::uint32_t tile = 0; tile < outputs; tile += tile_outputs) {
        float value[tile_outputs];
        dense_tile(layer + tile, pitch, inputs, input, value);
#pragma unroll
        for (std::uint32_t k = 0; k < tile_outputs; ++k) {
          if (l == 1 || l == 2) value[k] = Ops::max(value[k], 0.0F);
          if (l == decoder_layers - 1) value[k] = sigmoid<Ops>(value[k]).value;
          if (codes && l == decoder_layers - 1) {
            if (tile + k < outputs && stored(row, task.range.count)) {
              store_code(task.column[tile + k], row, value[k]);
            }
          } else {
            output[(tile + k) * activation_pitch] = value[k];
          }
        }
      }
      layer += (inputs + 1) * pitch;
      float* const swapped = input;
      input = output;
      output = swapped;
    }
    if constexpr (!codes) write_rows(task, input - lane, row - lane);
  }
}

std::uint32_t blocks_for(std::uint32_t rows, std::uint32_t threads) {
  return static_cast<std::uint32_t>((std::uint64_t{rows} + threads - 1) / threads);
}

PublishedParameters published_parameters_of(const Decoder& decoder) {
  PublishedParameters parameters;
  std::copy_n(decoder.parameters, published_parameters, parameters.value);
  return parameters;
}

cudaError_t launch_general(const Decoder& decoder, int resident_blocks, GeneralTask task,
                           bool codes, cudaStream_t stream) {
  task.shape = general_shape(decoder.shape);
  task.parameters = decoder.parameters;
  const std::uint32_t blocks = std::min(blocks_for(task.range.count, general_threads),
                                        static_cast<std::uint32_t>(resident_blocks));
  const std::size_t bytes = general_shared_bytes(task.shape);
  if (codes) {
    generate_general<true><<<blocks, general_threads, bytes, stream>>>(task);
  } else {
    generate_general<false><<<blocks, general_threads, bytes, stream>>>(task);
  }
  return cudaGetLastError();
}

}  // namespace

bool is_published(const PublishedShape& shape) {
  return shape == published;
}

std::vector<float> pack_decoder(const PublishedShape& shape, std::span<const float> parameters) {
  const std::array<Layer, layer_count> layers = layers_of(shape);
  std::vector<float> packed;
  if (is_published(shape)) {
    const std::span<const float> decoder = parameters.subspan(layers[4].offset);
    packed.assign(decoder.begin(), decoder.end());
    return packed;
  }
  for (std::size_t l = 4; l < layer_count; ++l) {
    const std::span<const float> weights = parameters.subspan(layers[l].offset);
    const std::uint32_t outputs = layers[l].outputs;
    const auto append_row = [&](std::size_t from) {
      const auto begin = weights.begin() + static_cast<std::ptrdiff_t>(from);
      packed.insert(packed.end(), begin, begin + static_cast<std::ptrdiff_t>(outputs));
      packed.resize(packed.size() + padded(outputs) - outputs, 0.0F);
    };
    append_row(layers[l].weights());
    for (std::uint32_t i = 0; i < layers[l].inputs; ++i) append_row(std::size_t{i} * outputs);
  }
  return packed;
}

cudaError_t prepare_generation(const PublishedShape& shape, int device, int* resident_blocks) {
  *resident_blocks = 1;
  if (is_published(shape)) return cudaSuccess;
  const std::size_t bytes = general_shared_bytes(general_shape(shape));
  int processors = 0;
  int blocks_per_processor = 0;
  cudaError_t status = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  for (const auto kernel : {generate_general<true>, generate_general<false>}) {
    if (status != cudaSuccess) return status;
    // The limit of the largest shape, so that generators of different shapes do not disturb one
    // another.
    constexpr PublishedShape largest{max_columns, {max_hidden, max_hidden}, max_latent};
    status = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                  static_cast<int>(general_shared_bytes(general_shape(largest))));
    if (status != cudaSuccess) return status;
    status = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks_per_processor, kernel,
                                                           general_threads, bytes);
  }
  *resident_blocks = std::max(1, blocks_per_processor * processors);
  return status;
}

cudaError_t launch_codes(const Decoder& decoder, int resident_blocks, RowRange range,
                         std::span<const CodeColumn> columns, cudaStream_t stream) {
  if (range.count == 0) return cudaSuccess;
  if (!decoder.published) {
    GeneralTask task{};
    task.range = range;
    std::copy(columns.begin(), columns.end(), task.column);
    return launch_general(decoder, resident_blocks, task, true, stream);
  }
  PublishedCodes task{};
  task.range = range;
  std::copy(columns.begin(), columns.end(), task.column);
  task.parameters = published_parameters_of(decoder);
  generate_codes_published<<<blocks_for(range.count, published_threads), published_threads, 0,
                             stream>>>(task);
  return cudaGetLastError();
}

cudaError_t launch_floats(const Decoder& decoder, int resident_blocks, RowRange range, float* out,
                          std::uint32_t stride, cudaStream_t stream) {
  if (range.count == 0) return cudaSuccess;
  if (!decoder.published) {
    GeneralTask task{};
    task.range = range;
    task.out = out;
    task.stride = stride;
    return launch_general(decoder, resident_blocks, task, false, stream);
  }
  PublishedFloats task{};
  task.range = range;
  task.out = out;
  task.stride = stride;
  task.parameters = published_parameters_of(decoder);
  generate_floats_published<<<blocks_for(range.count, published_threads), published_threads, 0,
                              stream>>>(task);
  return cudaGetLastError();
}

}  // namespace cuvae::cuda
