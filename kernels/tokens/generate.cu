// Rows of the endless table, for the recipes of tokens. A warp makes 32 rows from their Philox
// counters to their codes; the warps of a block share the weights in shared memory.
//
// What has to be done for each row by itself (noise, draws, codes) is done by a thread a row.
// Products of a layer, or of a token's head, with the rows are made in tiles instead: a thread has
// four rows and four or eight outputs, so that it reads 8 or 12 numbers from shared memory for 16
// or 32 multiply-adds. The tile's four columns of threads have neighbouring outputs, its eight rows
// of threads neighbouring rows: a warp's loads are 64 and 128 neighbouring bytes. Numbers change
// from one form to the other in the warp's columns, where number i of the 32 rows begins at float i
// * 32.
//
// The head of the next token is copied while this one is computed; one barrier a token. Tables that
// are looked up by a token (embeddings, second tokens' logits) are read from the caches, a row of
// 64 or 128 bytes by four neighbouring threads.
#include <algorithm>

#include "kernels/arithmetic/noise.hpp"
#include "kernels/arithmetic/philox.hpp"
#include "kernels/testing/planted_defect.hpp"
#include "kernels/tokens/generate.cuh"
#include "kernels/tokens/warp.cuh"

namespace cuvae::cuda {
namespace {

constexpr u32 warp_rows = warp_threads;
constexpr u32 tile_rows = 4;      // of a thread
constexpr u32 tile_threads = 8;   // that have different rows
constexpr u32 chunk = 4;          // neighbouring outputs of a thread
constexpr u32 chunk_floats = 16;  // from a thread's chunk to its next
static_assert(tile_rows * tile_threads == warp_rows);
static_assert(warp_threads / tile_threads * chunk == chunk_floats);

// A staged matrix has one or two chunks for each thread; its rows are padded_width() floats apart.
static_assert(padded_width(1) == chunk_floats);
static_assert(padded_width(most_token_width) == 2 * chunk_floats);

constexpr u32 column_floats = most_token_width * warp_rows;
// The hidden bias, then weights and biases of the logits.
constexpr u32 head_buffer = most_token_width + (most_token_width + 1) * most_token_width;

// Where things are in shared memory, in floats.
struct SharedPlan {
  u32 columns;  // behind the two heads: two sets a warp
  u32 decoder;
  u32 prior;
  u32 tokens;  // bytes, [token, rows of the block]
  u32 bytes;
};

struct TokenTask {
  RowRange range;
  SharedPlan plan;
  DeviceNetwork network;
  const float* parameters;
  TokenTables tables;
  void* column[most_token_columns];
};
static_assert(sizeof(TokenTask) <= 4096);

// ---- Random numbers -----------------------------------------------------------------------------

// The words of a row's draws, four at a time.
class RowWords {
 public:
  __device__ RowWords(std::uint64_t seed, std::uint64_t row) : seed_(seed), row_(row) { bring(0); }

  __device__ u32 at(u32 index) {
    if (index / 4 != block_) bring(index / 4);
    const u32 low = (index & 1U) != 0 ? four_.word[1] : four_.word[0];
    const u32 high = (index & 1U) != 0 ? four_.word[3] : four_.word[2];
    return (index & 2U) != 0 ? high : low;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t row_;
  u32 block_;
  PhiloxCounter four_;

  __device__ void bring(u32 block) {
    block_ = block;
    four_ = philox4x32_10(noise_counter(row_, 0, Purpose::generation_noise, block), seed_);
  }
};

// Draws from the softmax of the row's logits: how many of the running sums of the shares are below
// u times the whole. Of the running sums, only every fourth is kept; they never fall, so that those
// between two of them need a second look only where u falls. What stands for choices that there are
// not adds e^-60 to a sum that is 1 at least: nothing.
constexpr u32 draw_group = 4;
constexpr u32 draw_groups = most_token_width / draw_group;

class Draw {
 public:
  __device__ Draw(const float* column, u32 choices) : column_(column), choices_(choices) {
    most_ = column[0];
#pragma unroll 4
    for (u32 k = 1; k < choices; ++k) most_ = Ops::max(most_, column[k * warp_rows]);
  }

  __device__ u32 choice(float u) const {
    float ends[draw_groups];
    float sum = 0;
#pragma unroll
    for (u32 g = 0; g < draw_groups; ++g) {
      if (draw_group * g < choices_) {
#pragma unroll
        for (u32 j = 0; j < draw_group; ++j) sum = Ops::add(sum, share(draw_group * g + j));
      }
      ends[g] = sum;
    }
    const float threshold = Ops::mul(sum, u);
    u32 below = 0;
    sum = 0;
#pragma unroll
    for (u32 g = 0; g < draw_groups; ++g) {
      if (ends[g] < threshold) {
        sum = ends[g];
        below += draw_group;
      }
    }
    const u32 first = below;
#pragma unroll
    for (u32 j = 0; j < draw_group; ++j) {
      sum = Ops::add(sum, share(first + j));
      below += sum < threshold ? 1 : 0;
    }
    return min(below, choices_ - 1);  // even of logits that no training gives
  }

 private:
  const float* column_;
  u32 choices_;
  float most_;

  __device__ float share(u32 k) const {
    constexpr float lowest = -1e30F;
    const float logit = k < choices_ ? column_[k * warp_rows] : lowest;
    return decayed_exp<Ops>(Ops::sub(logit, most_));
  }
};

// The prior in shared memory: running sums of the shares, then scales and means. Components are an
// odd number of floats apart, so that threads with different ones are in different banks.
__host__ __device__ constexpr u32 prior_pitch(u32 latent) {
  return latent | 1U;
}
__host__ __device__ constexpr u32 prior_floats(u32 latent) {
  return mixture_components * (1 + 2 * prior_pitch(latent));
}

// For one warp; `space` holds mixture_floats().
__device__ void stage_prior(const TokenTask& task, float* prior, float* space, u32 lane) {
  const u32 latent = task.network.latent;
  const StagedMixture mixture = mixture_at(space, latent);
  stage_mixture(mixture, task.parameters, task.network, lane);
  __syncwarp();
  if (lane == 0) {
    float sum = 0;
    for (u32 k = 0; k < mixture_components; ++k) {
      sum = Ops::add(sum, mixture.share[k]);
      prior[k] = sum;
    }
  }
  static_assert(2 * mixture_components == warp_threads);
  const u32 component = lane % mixture_components;
  const float* from = (lane < mixture_components ? mixture.scale : mixture.mean);
  float* const to = prior + mixture_components + lane * prior_pitch(latent);
  for (u32 l = 0; l < latent; ++l) to[l] = from[component * latent + l];
}

// z of the thread's row, to its column.
__device__ __forceinline__ void draw_latent(const TokenTask& task, const float* prior,
                                            std::uint64_t row, u32 word, float* column) {
  const u32 latent = task.network.latent;
  const float threshold = Ops::mul(prior[mixture_components - 1], uniform<Ops>(word));
  u32 component = 0;
  for (u32 k = 0; k < mixture_components; ++k) component += prior[k] < threshold ? 1 : 0;
  const float* const scale = prior + mixture_components + component * prior_pitch(latent);
  const float* const mean = scale + mixture_components * prior_pitch(latent);
  for (u32 block = 0; 4 * block < latent; ++block) {
    const PhiloxCounter words =
        philox4x32_10(noise_counter(row, 0, Purpose::latent_noise, block), task.range.seed);
    float normal[4];
    box_muller<Ops>(words.word[0], words.word[1], normal[0], normal[1]);
    box_muller<Ops>(words.word[2], words.word[3], normal[2], normal[3]);
#pragma unroll
    for (u32 k = 0; k < 4; ++k) {
      const u32 l = 4 * block + k;
      if (l < latent) column[l * warp_rows] = Ops::fma(normal[k], scale[l], mean[l]);
    }
  }
}

// ---- Staging ------------------------------------------------------------------------------------

// A matrix whose rows get zeros up to the pitch. The copies are under way until await_copies().
__device__ __forceinline__ void stage_matrix(float* shared, const float* from, u32 rows,
                                             u32 columns) {
  const u32 pitch = padded_width(columns);
  if (columns == pitch) {
    for (u32 i = threadIdx.x; i < rows * pitch / 4; i += blockDim.x) {
      __pipeline_memcpy_async(shared + 4 * i, from + 4 * i, sizeof(float4));
    }
    return;
  }
  const u32 column = threadIdx.x % pitch;
  for (u32 row = threadIdx.x / pitch; row < rows; row += blockDim.x / pitch) {
    float* const to = shared + row * pitch + column;
    if (column < columns) {
      copy_float(to, from + row * columns + column);
    } else {
      *to = 0;
    }
  }
}

__device__ __forceinline__ void stage_token(float* head, const TokenTask& task, u32 q) {
  const DeviceToken& token = task.network.tokens[q];
  const u32 hidden = task.network.hidden;
  if (task.network.autoregressive) {
    stage_matrix(head, task.parameters + token.hidden_bias, 1, hidden);
  }
  stage_matrix(head + most_token_width, task.parameters + token.weight,
               hidden + (token.parent < 0 ? 1 : 0), token.choices);
}

// ---- Tiles --------------------------------------------------------------------------------------

// A warp's part of shared memory, and a thread's place in it.
struct WarpRows {
  float* sums;           // columns of the trunk's output and the embeddings behind it
  float* work;           // columns
  std::uint8_t* tokens;  // of the warp's first row and first token
  u32 token_pitch;       // bytes from token to token
  u32 lane;              // also the row that the thread has by itself
  u32 tile_row;          // first of the thread's four
  u32 tile_output;       // first of its outputs
};

// The tokens of the thread's four rows, a byte each.
__device__ __forceinline__ u32 four_tokens(const WarpRows& warp, u32 q) {
  return *reinterpret_cast<const u32*>(warp.tokens + q * warp.token_pitch + warp.tile_row);
}

// Outputs chunk_floats * c + tile_output + j of the thread's four rows.
template <u32 chunks>
struct Tile {
  Lot<tile_rows> output[chunk * chunks];
};

template <u32 chunks>
__device__ __forceinline__ void start_same(Tile<chunks>& tile, const float* bias) {
#pragma unroll
  for (u32 c = 0; c < chunks; ++c) {
    const Lot<chunk> four = load_lot<chunk>(bias + chunk_floats * c);
#pragma unroll
    for (u32 j = 0; j < chunk; ++j) tile.output[chunk * c + j] = same<tile_rows>(four.row[j]);
  }
}

__device__ __forceinline__ Lot<chunk> look_up(const float* table) {
  const float4 four = __ldg(reinterpret_cast<const float4*>(table));
  return {{four.x, four.y, four.z, four.w}};
}

// From the rows of a table that the tokens name.
template <u32 chunks>
__device__ __forceinline__ void start_rows(Tile<chunks>& tile, const float* table, u32 tokens) {
#pragma unroll
  for (u32 r = 0; r < tile_rows; ++r) {
    const float* const row = table + (tokens >> (8 * r) & 255U) * (chunk_floats * chunks);
#pragma unroll
    for (u32 c = 0; c < chunks; ++c) {
      const Lot<chunk> four = look_up(row + chunk_floats * c);
#pragma unroll
      for (u32 j = 0; j < chunk; ++j) tile.output[chunk * c + j].row[r] = four.row[j];
    }
  }
}

// Adds weights [i, outputs] * column(i) for i = 0, 1, ... count - 1, one fma chain an output.
template <u32 chunks>
__device__ __forceinline__ void add_products(Tile<chunks>& tile, const float* weights,
                                             const float* column, u32 count) {
#pragma unroll 4
  for (u32 i = 0; i < count; ++i) {
    const Lot<tile_rows> x = load_lot<tile_rows>(column + i * warp_rows);
#pragma unroll
    for (u32 c = 0; c < chunks; ++c) {
      const Lot<chunk> w = load_lot<chunk>(weights + (i * chunks + c) * chunk_floats);
#pragma unroll
      for (u32 j = 0; j < chunk; ++j) {
        Lot<tile_rows>& output = tile.output[chunk * c + j];
#pragma unroll
        for (u32 r = 0; r < tile_rows; ++r) {
          output.row[r] = Ops::fma(w.row[j], x.row[r], output.row[r]);
        }
      }
    }
  }
}

template <u32 chunks>
__device__ __forceinline__ void store_tile(float* column, const Tile<chunks>& tile) {
#pragma unroll
  for (u32 c = 0; c < chunks; ++c) {
#pragma unroll
    for (u32 j = 0; j < chunk; ++j) {
      store_lot<tile_rows>(column + (chunk_floats * c + j) * warp_rows, tile.output[chunk * c + j]);
    }
  }
}

// Outputs of a staged matrix for the warp's rows, columns to columns (the same ones will do).
// `table` and `tokens` give the start of the chains; without a table they start at the row behind
// the matrix.
template <u32 chunks>
__device__ __forceinline__ void multiply(const WarpRows& warp, const float* staged, u32 inputs,
                                         const float* from, float* to, const float* table,
                                         u32 tokens) {
  const float* const weights = staged + warp.tile_output;
  Tile<chunks> tile;
  if (table == nullptr) {
    start_same(tile, weights + inputs * chunks * chunk_floats);
  } else {
    start_rows(tile, table + warp.tile_output, tokens);
  }
  add_products(tile, weights, from + warp.tile_row, inputs);
  __syncwarp();  // all have read
  store_tile(to + warp.tile_output * warp_rows + warp.tile_row, tile);
  __syncwarp();
}

__device__ __forceinline__ void multiply(const WarpRows& warp, const float* staged, u32 inputs,
                                         u32 outputs, const float* from, float* to,
                                         const float* table = nullptr, u32 tokens = 0) {
  if (outputs <= chunk_floats) {
    multiply<1>(warp, staged, inputs, from, to, table, tokens);
  } else {
    multiply<2>(warp, staged, inputs, from, to, table, tokens);
  }
}

// ---- The decoder --------------------------------------------------------------------------------

// From z to the trunk's output, both in `sums`.
__device__ __forceinline__ void run_trunk(const TokenTask& task, const WarpRows& warp,
                                          const float* staged) {
  for (u32 l = 0; l < task.network.decoder_layers; ++l) {
    const DeviceDense& layer = task.network.decoder[l];
    multiply(warp, staged, layer.inputs, layer.outputs, warp.sums, l == 0 ? warp.sums : warp.work);
    staged += (layer.inputs + 1) * padded_width(layer.outputs);
    if (l == 0) continue;
    for (u32 i = 0; i < layer.outputs; ++i) {
      const u32 at = i * warp_rows + warp.lane;
      warp.sums[at] = silu<Ops>(warp.work[at]).value;
    }
    __syncwarp();
  }
}

// The hidden numbers of token q, to `work`: SiLU of the sums, the embedding of the token before
// among them, and the token's bias.
__device__ __forceinline__ void make_hidden(const TokenTask& task, const WarpRows& warp, u32 q,
                                            const float* bias) {
  const u32 stride = task.network.hidden_stride;
  const u32 before = q == 0 ? 0 : four_tokens(warp, q - 1);
  const float* const embedding =
      q == 0 ? nullptr : task.parameters + task.network.tokens[q - 1].embedding;
  for (u32 i = warp.tile_output; i < task.network.hidden; i += chunk_floats) {
    Tile<1> added;
    if (q > 0) {
#pragma unroll
      for (u32 r = 0; r < tile_rows; ++r) {
        const Lot<chunk> four = look_up(embedding + (before >> (8 * r) & 255U) * stride + i);
#pragma unroll
        for (u32 j = 0; j < chunk; ++j) added.output[j].row[r] = four.row[j];
      }
    }
    const Lot<chunk> biases = load_lot<chunk>(bias + i);
#pragma unroll
    for (u32 j = 0; j < chunk; ++j) {
      const u32 at = (i + j) * warp_rows + warp.tile_row;
      Lot<tile_rows> sum = load_lot<tile_rows>(warp.sums + at);
      if (q > 0) {
        sum = sum_of(sum, added.output[j]);
        store_lot(warp.sums + at, sum);
      }
      store_lot(warp.work + at, silu_of(sum_of(sum, same<tile_rows>(biases.row[j]))).value);
    }
  }
  __syncwarp();
}

__device__ __forceinline__ void draw_token(const TokenTask& task, const WarpRows& warp, u32 q,
                                           const float* head, RowWords& words) {
  const DeviceToken& token = task.network.tokens[q];
  const u32 choices = token.choices;
  const bool chained = task.network.autoregressive;
  if (chained) make_hidden(task, warp, q, head);
  const bool has_parent = token.parent >= 0;
  multiply(warp, head + most_token_width, task.network.hidden, choices,
           chained ? warp.work : warp.sums, warp.work,
           has_parent ? task.parameters + token.table : nullptr,
           has_parent ? four_tokens(warp, static_cast<u32>(token.parent)) : 0);
  const u32 choice = Draw(warp.work + warp.lane, choices).choice(uniform<Ops>(words.at(1 + q)));
  warp.tokens[q * warp.token_pitch + warp.lane] = static_cast<std::uint8_t>(choice);
  __syncwarp();
}

// ---- Codes --------------------------------------------------------------------------------------

// The atom of a source: its leaf by the tokens, the place in the leaf by a word.
__device__ __forceinline__ u32 find_atom(const TokenTask& task, const WarpRows& warp,
                                         const DeviceSource& source, RowWords& words) {
  const u32* const numbers = task.tables.numbers;
  const u32* const group_leaves = numbers + source.group_leaves;
  const auto token = [&](std::int32_t q) {
    return u32{warp.tokens[static_cast<u32>(q) * warp.token_pitch + warp.lane]};
  };
  u32 leaf = 0;
  if (source.first_token >= 0) {
    const u32 group = token(source.first_token);
    leaf = __ldg(group_leaves + group);
    if (source.second_token >= 0) {
      leaf = min(leaf + token(source.second_token), __ldg(group_leaves + group + 1) - 1);
    }
  }
  if (source.word < 0) return leaf;
  const u32 first = __ldg(numbers + source.leaf_atoms + leaf);
  u32 high = __ldg(numbers + source.leaf_atoms + leaf + 1);
  const u32* const edges = numbers + source.edges;
  const u32 start = __ldg(edges + first);
  const u32 word = words.at(static_cast<u32>(source.word));
  const u32 row = start + __umulhi(word, __ldg(edges + high) - start);
  u32 low = first + 1;  // the first edge beyond the row is in [low, high]
  while (low < high) {
    const u32 middle = low + (high - low) / 2;
    if (__ldg(edges + middle) > row) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low - 1;
}

__device__ __forceinline__ void store_cell(void* cells, u32 width, u32 row, u32 code) {
  if (width == 1) {
    static_cast<std::uint8_t*>(cells)[row] = static_cast<std::uint8_t>(code);
  } else if (width == 2) {
    static_cast<std::uint16_t*>(cells)[row] = static_cast<std::uint16_t>(code);
  } else {
    static_cast<u32*>(cells)[row] = code;
  }
}

__device__ __forceinline__ void store_codes(const TokenTask& task, const WarpRows& warp,
                                            RowWords& words, u32 row) {
  const u32* const numbers = task.tables.numbers;
  for (u32 s = 0; s < task.tables.source_count; ++s) {
    const DeviceSource& source = task.tables.sources[s];
    const u32 atom = find_atom(task, warp, source, words);
    const u32 last = source.first_cell + source.cells;
    for (u32 c = source.first_cell; c < last; ++c) {
      const DeviceCell& cell = task.tables.cells[c];
      u32 code = __ldg(numbers + cell.codes + atom);
      if (cell.word >= 0) {
        code +=
            __umulhi(words.at(static_cast<u32>(cell.word)), __ldg(numbers + cell.spans + atom) + 1);
      }
      store_cell(task.column[cell.column], cell.width, row, code);
    }
  }
}

// ---- The kernel ---------------------------------------------------------------------------------

__device__ void stage_decoder(const TokenTask& task, float* staged) {
  for (u32 l = 0; l < task.network.decoder_layers; ++l) {
    const DeviceDense& layer = task.network.decoder[l];
    stage_matrix(staged, task.parameters + layer.weight, layer.inputs + 1, layer.outputs);
    staged += (layer.inputs + 1) * padded_width(layer.outputs);
  }
}

// Of which the shared memory of a multiprocessor holds that many.
constexpr u32 resident_blocks = 4;

__global__ void __launch_bounds__(most_token_warps* warp_threads, resident_blocks)
    generate_token_codes(const __grid_constant__ TokenTask task) {
  extern __shared__ float4 memory[];
  float* const shared = reinterpret_cast<float*>(memory);
  const u32 lane = threadIdx.x % warp_threads;
  const u32 own_columns = task.plan.columns + threadIdx.x / warp_threads * (2 * column_floats);
  const WarpRows warp{
      shared + own_columns,
      shared + own_columns + column_floats,
      reinterpret_cast<std::uint8_t*>(shared + task.plan.tokens) + (threadIdx.x - lane),
      blockDim.x,
      lane,
      lane % tile_threads * tile_rows,
      lane / tile_threads * chunk};
  const u32 tokens = task.network.token_count;
  stage_decoder(task, shared + task.plan.decoder);
  if (tokens > 0) stage_token(shared, task, 0);
  if (task.network.latent > 0 && threadIdx.x < warp_threads) {
    stage_prior(task, shared + task.plan.prior, warp.sums, lane);
  }
  await_copies();
  __syncthreads();
  float* head = shared;
  float* next_head = shared + head_buffer;
  const u32 step = gridDim.x * blockDim.x;
  for (u32 base = blockIdx.x * blockDim.x; base < task.range.count; base += step) {
    const u32 place = base + threadIdx.x;
    const std::uint64_t row = task.range.first + place;
    RowWords words(task.range.seed, row);
    if (task.network.latent > 0) {
      draw_latent(task, shared + task.plan.prior, row, words.at(0), warp.sums + lane);
      __syncwarp();
    }
    run_trunk(task, warp, shared + task.plan.decoder);
    for (u32 q = 0; q < tokens; ++q) {
      await_copies();
      // This head is there, the one before is done with.
      if constexpr (planted_defect != PlantedDefect::early_head) __syncthreads();
      const u32 next = q + 1 < tokens ? q + 1 : 0;
      if (next > 0 || base + step < task.range.count) stage_token(next_head, task, next);
      draw_token(task, warp, q, head, words);
      float* const done = head;
      head = next_head;
      next_head = done;
    }
    if (place < task.range.count) store_codes(task, warp, words, place);
    __syncwarp();
  }
}

SharedPlan shared_plan(const DeviceNetwork& network, u32 warps) {
  SharedPlan plan{};
  plan.columns = 2 * head_buffer;
  plan.decoder = plan.columns + warps * 2 * column_floats;
  plan.prior = plan.decoder;
  for (u32 l = 0; l < network.decoder_layers; ++l) {
    const DeviceDense& layer = network.decoder[l];
    plan.prior += (layer.inputs + 1) * padded_width(layer.outputs);
  }
  plan.tokens = plan.prior + (network.latent > 0 ? prior_floats(network.latent) : 0);
  plan.bytes =
      static_cast<u32>(sizeof(float)) * plan.tokens + network.token_count * warps * warp_rows;
  return plan;
}
static_assert(mixture_floats(most_latents) <= 2 * column_floats);

}  // namespace

cudaError_t prepare_token_generation(TokenGeneration& generation, int device) {
  int processors = 0;
  int blocks_per_processor = 0;
  int most_bytes = 0;
  cudaError_t status = cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
  if (status != cudaSuccess) return status;
  status = cudaDeviceGetAttribute(&most_bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  if (status != cudaSuccess) return status;
  const auto bytes = [&] { return shared_plan(generation.network, generation.warps).bytes; };
  while (generation.warps > 1 && bytes() > static_cast<u32>(most_bytes)) generation.warps /= 2;
  // All there is, so that generators of different networks do not disturb one another.
  status = cudaFuncSetAttribute(generate_token_codes, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                most_bytes);
  if (status != cudaSuccess) return status;
  status = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      &blocks_per_processor, generate_token_codes,
      static_cast<int>(generation.warps * warp_threads), bytes());
  generation.resident_blocks = static_cast<u32>(std::max(1, blocks_per_processor * processors));
  return status;
}

cudaError_t launch_token_codes(const TokenGeneration& generation, RowRange range,
                               std::span<const CodeColumn> columns, cudaStream_t stream) {
  if (range.count == 0) return cudaSuccess;
  if (columns.size() > most_token_columns) return cudaErrorInvalidValue;
  TokenTask task{};
  task.range = range;
  task.plan = shared_plan(generation.network, generation.warps);
  task.network = generation.network;
  task.parameters = generation.parameters;
  task.tables = generation.tables;
  for (std::size_t c = 0; c < columns.size(); ++c) task.column[c] = columns[c].cells;
  const u32 threads = generation.warps * warp_threads;
  const u32 blocks = std::min((range.count - 1) / threads + 1, generation.resident_blocks);
  generate_token_codes<<<blocks, threads, task.plan.bytes, stream>>>(task);
  return cudaGetLastError();
}

}  // namespace cuvae::cuda
