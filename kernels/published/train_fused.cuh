// The fused training kernel: all steps of a launch, with the weights and everything in between on
// chip. One thread block, or a cluster of 2 to 16, runs from the first step to the last. The same
// numbers are computed in a form that is easier to read in train_graph.cu.
//
// Who does what. The 32 lanes of the canonical order are shared out: a block of a cluster of C has
// 32 / C lanes with neighbouring positions, and takes them `lanes` at a time (a group). A pass over
// a group of a segment is
//   rows  16 * lanes rows, threads_per_row threads each, go forward and backward and leave layer
//         inputs and gradients in their records in shared memory (train_rows.cuh). Meanwhile two
//         more threads a row fetch the rows and the noise of the next pass, then sum the losses of
//         this one.
//   sums  each thread adds up a tile of 16 parameters over the rows of a lane; the lowest levels of
//         the tree are exchanges within a warp (train_sums.cuh). Groups are added as they come.
// After the last group of the last segment
//   a block alone  the thread that has a sum updates the weight;
//   a cluster      each block has the say over a part of the tiles. Every block sends its sums to
//                  the owners, who add them in tree order, update, and send the new weights to all
//                  (train_exchange.cuh).
//
// What lives where. Shared memory: weights, records, and, where there is room (always for the
// published shape), Adam's moments and pending sums. Registers: a tile's sums. Global memory: the
// table, the losses going out, pending sums of batches over 512 rows.
//
// What it costs is in docs/performance-gpu-training.md.
#pragma once

#include "kernels/published/train_exchange.cuh"
#include "kernels/published/train_layout.hpp"
#include "kernels/published/train_rows.cuh"
#include "kernels/published/train_sums.cuh"

namespace cuvae::cuda {

// Which rows a block works on: the group of a segment of a step.
struct Pass {
  u32 step = 0;
  u32 segment = 0;
  u32 group = 0;
};

__device__ __forceinline__ u32 rows_of_step(const FusedArguments& arguments, u32 step) {
  const u32 first = (arguments.steps.first_step + step) * arguments.batch_size;
  const u32 left = arguments.steps.shuffle.rows - first;
  return left < arguments.batch_size ? left : arguments.batch_size;
}

__device__ __forceinline__ bool last_segment(const Pass& pass, u32 rows) {
  return (pass.segment + 1) * std::uint64_t{segment_rows} >= rows;
}

__device__ __forceinline__ Pass next_pass(const FusedArguments& arguments, const Pass& pass) {
  if (pass.group + 1 < arguments.block.groups) return {pass.step, pass.segment, pass.group + 1};
  if (!last_segment(pass, rows_of_step(arguments, pass.step))) {
    return {pass.step, pass.segment + 1, 0};
  }
  return {pass.step + 1, 0, 0};
}

// Barrier 1: threads that fetch rows wait until the others have written what the loss is summed
// from. The others don't wait.
__device__ __forceinline__ void announce_loss_terms(u32 threads) {
  asm volatile("bar.arrive 1, %0;" ::"r"(threads) : "memory");
}
__device__ __forceinline__ void await_loss_terms(u32 threads) {
  asm volatile("bar.sync 1, %0;" ::"r"(threads) : "memory");
}

// threadIdx.x, anew for each pass: else the compiler keeps every address that follows from it in a
// register through all passes, more than there are.
__device__ __forceinline__ u32 thread_index() {
  u32 index = threadIdx.x;
  asm volatile("" : "+r"(index));
  return index;
}

// What a thread needs all along.
template <class Network, u32 lanes, bool clustered>
struct Block {
  using Exchange = ExchangeFor<clustered, Network::fixed>;

  const FusedArguments& arguments;
  Network network;
  float* weights;  // [slots]
  Task* tasks;     // [tiles]
  float* records;
  float* moments;       // [2, owned]
  float* group_sums;    // [group_levels, slots]
  float* segment_sums;  // [segment_levels, owned]
  u32 member;           // of the cluster

  __device__ Block(const FusedArguments& arguments_, float* shared)
      : arguments(arguments_),
        network(arguments_.layout),
        member(clustered ? member_of_cluster() : 0) {
    const BlockLayout& block = arguments.block;
    weights = shared;
    tasks = reinterpret_cast<Task*>(shared + block.tasks);
    records = shared + block.records;
    float* workspace = workspace_of(member);
    segment_sums = workspace;
    float* state = shared + block.state;
    if constexpr (!Network::fixed) {
      if (!block.state_in_shared) state = state_in_workspace(member);
    }
    moments = state;
    group_sums = state + block.group_sums;
  }

  __device__ float* workspace_of(u32 other) const {
    return arguments.workspace + static_cast<std::size_t>(other) * arguments.block.workspace_floats;
  }
  __device__ float* state_in_workspace(u32 other) const {
    return workspace_of(other) + arguments.block.segment_levels * arguments.block.owned_slots();
  }
  __device__ float* inbox() const { return moments + arguments.block.inbox; }
  __device__ ExchangePlaces exchange_places() const {
    const BlockLayout& block = arguments.block;
    return {weights,
            inbox(),
            weights + block.counters,
            network.tiles() * tile_floats,
            block.owned_slots(),
            block.cluster_size,
            member,
            Network::fixed || block.state_in_shared ? 0 : std::size_t{block.workspace_floats}};
  }
  // Segments of this launch that came before, all of full batches: only the last one can be short.
  __device__ u32 segments_before(const Pass& pass) const {
    return pass.step * ((arguments.batch_size - 1) / segment_rows + 1) + pass.segment;
  }
  __device__ u32 compute_threads() const {
    return lanes * rows_per_lane * network.threads_per_row();
  }
  __device__ float* record(u32 row) const { return records + row * network.row_units() * 4; }

  // The group's row, counted by row of the lane, then lane, to the row of the batch.
  __device__ u32 row_of_batch(const Pass& pass, u32 row) const {
    const u32 position = (member * arguments.block.groups + pass.group) * lanes + row % lanes;
    return pass.segment * segment_rows + row / lanes * lane_count + lane_at(position);
  }

  // Before the first pass: everything in shared memory has a value, the ones that stand for the
  // biases' inputs included.
  __device__ void begin() const {
    const u32 floats = arguments.block.shared_floats;
    for (u32 i = threadIdx.x; i < floats; i += blockDim.x) weights[i] = 0;
    __syncthreads();
    for (u32 row = threadIdx.x; row < lanes * rows_per_lane; row += blockDim.x) {
      record(row)[network.columns()] = 1.0F;
      record(row)[network.value_units() * 4 + network.columns()] = 1.0F;
      begin_layer<1>(row);
      begin_layer<2>(row);
      begin_layer<3>(row);
      begin_layer<4>(row);
      begin_layer<5>(row);
      begin_layer<6>(row);
      begin_layer<7>(row);
    }
    for (u32 slot = threadIdx.x; slot < network.tiles() * tile_floats; slot += blockDim.x) {
      const SlotPlace place = place_of(network, slot);
      const bool used = place.parameter != no_parameter;
      weights[slot] = used ? arguments.steps.parameters[place.parameter] : 0.0F;
      if (slot % tile_floats == 0) tasks[slot / tile_floats] = place.task;
      const u32 owned = slot - member * arguments.block.owned_slots();
      if (owned < arguments.block.owned_slots()) {
        moments[owned] = used ? arguments.steps.moment_1[place.parameter] : 0.0F;
        moments[arguments.block.owned_slots() + owned] =
            used ? arguments.steps.moment_2[place.parameter] : 0.0F;
      }
    }
  }
  template <u32 l>
  __device__ void begin_layer(u32 row) const {
    const LayerLayout layer = network.template layer<l>();
    record(row)[layer.input_unit * 4 + layer.inputs] = 1.0F;
  }

  // After the last step: the parameters and moments that this block has the say over.
  __device__ void end() const {
    const u32 owned_slots = arguments.block.owned_slots();
    for (u32 owned = threadIdx.x; owned < owned_slots; owned += blockDim.x) {
      const u32 slot = member * owned_slots + owned;
      if (slot >= network.tiles() * tile_floats) continue;
      const SlotPlace place = place_of(network, slot);
      if (place.parameter == no_parameter) continue;
      arguments.steps.parameters[place.parameter] = weights[slot];
      arguments.steps.moment_1[place.parameter] = moments[owned];
      arguments.steps.moment_2[place.parameter] = moments[owned_slots + owned];
    }
  }

  // The threads of the first warps: rows forward and backward.
  __device__ void work_on_rows(const Pass& pass, u32 rows, u32 copy) const {
    const u32 rows_per_warp = 32 / network.threads_per_row();
    const u32 index = thread_index();
    const u32 thread = index % 32;
    const u32 row = index / 32 * rows_per_warp + thread % rows_per_warp;
    const bool any = __any_sync(0xffffffffU, row_of_batch(pass, row) < rows) != 0;
    const bool full = rows == arguments.batch_size;
    const LossScale scale = full ? arguments.scale : arguments.last_scale;
    const Loss loss = arguments.steps.loss;
    const RowShare share{record(row), thread / rows_per_warp, copy};
    if (any) {
      forward_layer<0>(network, weights, share);
      forward_layer<1>(network, weights, share);
      forward_layer<2>(network, weights, share);
      draw_latents(network, weights, share, scale.kl);
      forward_layer<4>(network, weights, share);
      forward_layer<5>(network, weights, share);
      forward_layer<6>(network, weights, share);
      reconstruct(network, weights, share, loss, scale.reconstruction);
    }
    announce_loss_terms(blockDim.x);
    if (any) {
      backward_layer<7>(network, weights, share);
      backward_layer<6>(network, weights, share);
      backward_layer<5>(network, weights, share);
      backward_latents(network, weights, share);
      backward_layer<3>(network, weights, share);
      backward_layer<2>(network, weights, share);
      backward_layer<1>(network, weights, share);
    }
  }

  // The other warps' threads: the rows of a pass and their noise.
  __device__ void fetch(const Pass& pass, u32 copy) const {
    if (pass.step >= arguments.steps.steps) return;
    const u32 helper = thread_index() - compute_threads();
    const u32 row = row_of_batch(pass, helper / 2);
    if (row >= rows_of_step(arguments, pass.step)) return;
    const u32 first = (arguments.steps.first_step + pass.step) * arguments.batch_size;
    fetch_row(network, arguments.steps, record(helper / 2), copy, helper % 2, first + row);
  }
  __device__ void sum_losses(const Pass& pass, u32 rows, u32 copy) const {
    const u32 row = thread_index() - compute_threads();
    if (row < lanes * rows_per_lane && row_of_batch(pass, row) < rows) {
      sum_row_loss(network, record(row), copy, arguments.steps.loss);
    }
  }

  // All threads: the sums of the pass, and what follows when they are complete.
  __device__ void sum_tiles(const Pass& pass, u32 rows, u32 copy, float step_size,
                            const Exchange& exchange) const {
    constexpr u32 count = tile_floats / lanes;
    const BlockLayout& block = arguments.block;
    const u32 index = thread_index();
    const u32 lane = index % lanes;
    const u32 first_row = row_of_batch(pass, lane);
    const u32 rows_left = first_row < rows ? (rows - first_row + lane_count - 1) / lane_count : 0;
    const u32 lane_rows = rows_left < rows_per_lane ? rows_left : rows_per_lane;
    const bool last_group = pass.group + 1 == block.groups;
    const float* lane_records = record(lane);
    // Whole warps go round together, as exchange_halves needs.
    for (u32 task = index; task / 32 * 32 < network.tiles() * lanes; task += blockDim.x) {
      const u32 tile = task / lanes;
      const bool used = tile < network.tiles();
      const Task place = tasks[used ? tile : 0];
      const u32 input = place.input_unit() + (place.values() ? copy * network.value_units() : 0);
      Numbers<tile_floats> tile_sums = chain<(Network::fixed && lanes < 8 ? 4 : 2)>(
          lane_records + input * 4, lane_records + place.gradient_unit() * 4, lane_rows,
          lanes * network.row_units() * 4);
      u32 slot = tile * tile_floats;
      Numbers<count> sums = exchange_halves<lanes>(tile_sums, lane, slot);
      if (!used) continue;
      if (block.groups > 1) {
        add_leaf(sums, pass.group, last_group, group_sums + slot, network.tiles() * tile_floats);
      }
      if (!last_group) continue;
      if constexpr (clustered) {
        exchange.send_sums(sums, slot);
      } else {
        finish(sums, slot, slot, pass, rows, step_size, exchange);
      }
    }
  }

  // A cluster: adds what came in.
  __device__ void receive(const Pass& pass, u32 rows, float step_size,
                          const Exchange& exchange) const {
    constexpr u32 count = 4;
    const u32 owned_slots = arguments.block.owned_slots();
    for (u32 owned = count * thread_index(); owned < owned_slots; owned += count * blockDim.x) {
      const u32 slot = member * owned_slots + owned;
      if (slot >= network.tiles() * tile_floats) continue;
      finish(sum_members<count>(arguments.block.cluster_size, inbox() + owned, owned_slots), slot,
             owned, pass, rows, step_size, exchange);
    }
  }

  // Sums over a segment: adds the segments, and after the last one updates the weights.
  template <u32 count>
  __device__ void finish(Numbers<count> sums, u32 slot, u32 owned, const Pass& pass, u32 rows,
                         float step_size, const Exchange& exchange) const {
    const BlockLayout& block = arguments.block;
    const bool last = last_segment(pass, rows);
    if (block.segment_levels > 0) {
      add_leaf(sums, pass.segment, last, segment_sums + owned, block.owned_slots());
    }
    if (!last) return;
    const u32 last_tile = (network.tiles() - 1) * tile_floats;
    if (slot < last_tile) {
      sums = update(sums, step_size, weights + slot, moments + owned, block.owned_slots());
    } else {
#pragma unroll
      for (u32 e = 0; e < count; ++e) {
        const u32 loss = slot + e - last_tile - loss_slots;
        if (loss < 2) {
          arguments.steps.losses[2 * static_cast<std::size_t>(pass.step) + loss] = sums.number[e];
        }
      }
    }
    // The last tile has no weights, but the others wait for it too.
    if constexpr (clustered) {
      exchange.send_weights(sums, slot);
    } else {
      store_numbers(weights + slot, sums);
    }
  }
};

template <class Network, u32 lanes, bool clustered, u32 max_threads>
__global__ void __launch_bounds__(max_threads, 1)
    train_kernel(const __grid_constant__ FusedArguments arguments) {
  using ThisBlock = Block<Network, lanes, clustered>;
  extern __shared__ float4 shared_memory[];
  const ThisBlock block(arguments, reinterpret_cast<float*>(shared_memory));
  const typename ThisBlock::Exchange exchange(block.exchange_places());
  const bool computes = threadIdx.x < block.compute_threads();

  block.begin();
  exchange.begin();  // from here on, members write into each other's shared memory
  Pass pass;
  u32 copy = 0;
  if (!computes) block.fetch(pass, copy);
  __syncthreads();

  while (pass.step < arguments.steps.steps) {
    const u32 rows = rows_of_step(arguments, pass.step);
    const float step_size = arguments.steps.step_sizes[pass.step];
    if (computes) {
      block.work_on_rows(pass, rows, copy);
    } else {
      block.fetch(next_pass(arguments, pass), copy ^ 1);
      await_loss_terms(blockDim.x);
      block.sum_losses(pass, rows, copy);
    }
    __syncthreads();
    block.sum_tiles(pass, rows, copy, step_size, exchange);
    if (!clustered || pass.group + 1 < arguments.block.groups) {
      __syncthreads();
    } else {
      exchange.await_sums(block.segments_before(pass));
      block.receive(pass, rows, step_size, exchange);
      if (last_segment(pass, rows)) {
        exchange.await_weights(pass.step);
      } else {
        exchange.synchronize();
      }
    }
    pass = next_pass(arguments, pass);
    copy ^= 1;
  }
  block.end();
  exchange.end();
}

// Lets a kernel have the shared memory and the cluster size of a plan.
template <class Kernel>
cudaError_t allow_fused(Kernel kernel, const TrainPlan& plan) {
  const cudaError_t status =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(plan.allowed_shared_bytes));
  if (status != cudaSuccess || plan.cluster_size <= 8) return status;
  return cudaFuncSetAttribute(kernel, cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
}

// The shape of a launch.
struct FusedLaunch {
  cudaLaunchAttribute cluster{};
  cudaLaunchConfig_t configuration{};

  FusedLaunch(const TrainPlan& plan, u32 threads, cudaStream_t stream) {
    cluster.id = cudaLaunchAttributeClusterDimension;
    cluster.val.clusterDim.x = plan.cluster_size;
    cluster.val.clusterDim.y = 1;
    cluster.val.clusterDim.z = 1;
    configuration.gridDim = dim3(plan.cluster_size);
    configuration.blockDim = dim3(threads);
    configuration.dynamicSmemBytes = plan.shared_bytes;
    configuration.stream = stream;
    configuration.attrs = &cluster;
    configuration.numAttrs = plan.cluster_size > 1 ? 1 : 0;
  }
  FusedLaunch(const FusedLaunch&) = delete;  // it points into itself
  FusedLaunch& operator=(const FusedLaunch&) = delete;
};

template <class Network, u32 lanes, bool clustered, u32 max_threads>
cudaError_t launch_fused(const TrainPlan& plan, const FusedArguments& arguments,
                         cudaStream_t stream) {
  const auto kernel = train_kernel<Network, lanes, clustered, max_threads>;
  const cudaError_t status = allow_fused(kernel, plan);
  if (status != cudaSuccess) return status;
  const FusedLaunch launch(plan, block_threads(arguments.layout, lanes), stream);
  return cudaLaunchKernelEx(&launch.configuration, kernel, arguments);
}

}  // namespace cuvae::cuda
