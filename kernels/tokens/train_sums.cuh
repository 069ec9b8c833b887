// Second half of a training step of the token network: the sums over the batch in the canonical
// order, and the update. Device functions.
//
// Dense weights and whatever is a plain sum (TileTask): half a warp has 8 x 8 parameters, a thread
// a lane of the canonical order: 64 chains over its rows in registers, 16 loads for 64 fma. The
// lane tree is an exchange of halves between threads, after which each has 4 sums.
//
// Lines of embeddings and tables (ScatterTask): a block has a table, a warp every fourth line, a
// thread a column. The gradients of a unit's rows come to shared memory; a warp finds the rows that
// point to its line by ballots and adds them up in row order.
//
// Whoever has a sum has all units' sums of it, one after the other, adds them as a tree of
// neighbours and updates the parameter: gradients never leave their thread, but for the sums that
// wait for their neighbour where a batch has several units.
#pragma once

#include "kernels/arithmetic/adam.hpp"
#include "kernels/arithmetic/order.hpp"
#include "kernels/tokens/train_rows.cuh"

namespace cuvae::cuda {

class TokenSumsOfStep {
 public:
  __device__ TokenSumsOfStep(const TokenArguments& arguments, float* shared, u32 step)
      : arguments_(arguments),
        shared_(shared),
        step_(step),
        rows_(rows_of_step(arguments, step)),
        units_((rows_ + unit_rows - 1) / unit_rows),
        step_size_(arguments.steps.step[step].step_size),
        thread_(threadIdx.x % warp_threads),
        warp_(threadIdx.x / warp_threads) {}

  // The block's share of all sums.
  __device__ void work() const {
    const u32 tile_blocks = (arguments_.tile_count + tiles_of_block - 1) / tiles_of_block;
    const u32 all = arguments_.scatter_count + tile_blocks;
    for (u32 task = blockIdx.x; task < all; task += gridDim.x) {
      if (task < arguments_.scatter_count) {
        scatter(arguments_.steps.scatters[task]);
        continue;
      }
      const u32 first = (task - arguments_.scatter_count) * tiles_of_block + 2 * warp_;
      if (first >= arguments_.tile_count) continue;
      const TileTask tile = arguments_.steps.tiles[first + thread_ / unit_lanes];
      if (tile.vector != 0) {
        sum_tile<true>(tile);
      } else {
        sum_tile<false>(tile);
      }
    }
  }

 private:
  const TokenArguments& arguments_;
  float* shared_;
  u32 step_;
  u32 rows_;  // of the batch
  u32 units_;
  float step_size_;
  u32 thread_;  // of the warp
  u32 warp_;

  __device__ u32 rows_of_unit(u32 unit) const {
    const u32 left = rows_ - unit * unit_rows;
    return left < unit_rows ? left : unit_rows;
  }
  __device__ const float* numbers_of(u32 unit, u32 number) const {
    return arguments_.unit_numbers +
           (std::size_t{unit} * arguments_.numbers.count + number) * unit_rows;
  }

  // One sum of a unit; `parameter` is its index, those behind the parameters are the losses.
  __device__ void finish(float sum, u32 parameter, u32 unit) const {
    const bool last = unit + 1 == units_;
    float* pending = arguments_.pending + parameter;
    for (u32 index = unit; last ? index != 0 : (index & 1) != 0; index >>= 1) {
      if ((index & 1) != 0) sum = Ops::add(*pending, sum);
      pending += arguments_.pending_stride;
    }
    if (!last) {
      *pending = sum;
      return;
    }
    const TokenTrainSteps& steps = arguments_.steps;
    if (parameter >= arguments_.network.space) {
      steps.losses[2 * std::size_t{step_} + parameter - arguments_.network.space] = sum;
      return;
    }
    adam<Ops>(sum, step_size_, steps.parameters[parameter], steps.moment_1[parameter],
              steps.moment_2[parameter]);
  }

  template <bool vector>
  __device__ void sum_tile(const TileTask& tile) const {
    const u32 lane = thread_ % unit_lanes;
    for (u32 unit = 0; unit < units_; ++unit) {
      Tile sums{};
      chains<vector>(tile, unit, lane, sums);
      u32 first = 0;
      const auto halves_1 = exchange<unit_lane_tree[0]>(sums, lane, first);
      const auto halves_2 = exchange<unit_lane_tree[1]>(halves_1, lane, first);
      const auto halves_3 = exchange<unit_lane_tree[2]>(halves_2, lane, first);
      const auto result = exchange<unit_lane_tree[3]>(halves_3, lane, first);
#pragma unroll
      for (u32 n = 0; n < tile_numbers / unit_lanes; ++n) {
        const u32 i = (first + n) / tile_side;
        const u32 j = (first + n) % tile_side;
        if (i >= tile.rows) continue;
        if (vector ? i + 1 == tile.rows && j >= tile.columns : j >= tile.columns) continue;
        const u32 place = tile.parameter + i * tile.stride + j;
        finish(result.number[n], tile.loss != 0 ? arguments_.network.space + place : place, unit);
      }
    }
  }

  template <u32 count>
  struct Sums {
    float number[count];
  };
  using Tile = Sums<tile_numbers>;

  template <bool vector>
  __device__ void chains(const TileTask& tile, u32 unit, u32 lane, Tile& sums) const {
    const u32 rows = rows_of_unit(unit);
    const u32 numbers = (tile.rows - 1U) * tile_side + tile.columns;  // of a vector
    const float* const input = numbers_of(unit, tile.input);
    const float* const delta = numbers_of(unit, tile.delta);
    for (u32 row = lane; row < rows; row += unit_lanes) {
      if constexpr (vector) {
#pragma unroll
        for (u32 n = 0; n < tile_numbers; ++n) {
          if (tile.rows != 0 && n < numbers) {
            sums.number[n] = Ops::add(sums.number[n], delta[n * unit_rows + row]);
          }
        }
      } else {
        float x[tile_side];
        float d[tile_side];
#pragma unroll
        for (u32 e = 0; e < tile_side; ++e) {
          x[e] = e < tile.rows ? input[e * unit_rows + row] : 0.0F;
          d[e] = e < tile.columns ? delta[e * unit_rows + row] : 0.0F;
        }
#pragma unroll
        for (u32 n = 0; n < tile_numbers; ++n) {
          sums.number[n] = Ops::fma(x[n / tile_side], d[n % tile_side], sums.number[n]);
        }
      }
    }
  }

  // A level of the lane tree: a thread gives one half of its sums away, adds what it gets to the
  // other.
  template <u32 distance, u32 count>
  __device__ static Sums<count / 2> exchange(const Sums<count>& sums, u32 lane, u32& first) {
    const bool upper = (lane & distance) != 0;
    Sums<count / 2> half;
#pragma unroll
    for (u32 e = 0; e < count / 2; ++e) {
      const float given = upper ? sums.number[e] : sums.number[count / 2 + e];
      const float kept = upper ? sums.number[count / 2 + e] : sums.number[e];
      half.number[e] =
          Ops::add(kept, __shfl_xor_sync(all_threads, given, static_cast<int>(distance)));
    }
    first += upper ? count / 2 : 0;
    return half;
  }

  __device__ void scatter(const ScatterTask& task) const {
    for (u32 unit = 0; unit < units_; ++unit) {
      __syncthreads();
      stage_columns(numbers_of(unit, task.delta), task.width, rows_of_unit(unit));
      constexpr u32 rounds = unit_rows / warp_threads;
      u32 line_of[rounds];  // of the rows thread, thread + 32, ...
      find_lines(task.token, unit, line_of);
      __syncthreads();
      const float* const column = shared_ + (thread_ < task.width ? thread_ : 0) * staged_pitch;
      for (u32 line = warp_; line < task.lines; line += block_warps) {
        float sum = 0;
#pragma unroll
        for (u32 n = 0; n < rounds; ++n) {
          const u32 found = __ballot_sync(all_threads, line_of[n] == line);
          sum = add_rows(sum, found, column + n * warp_threads);
        }
        if (thread_ < task.width) finish(sum, task.parameter + line * task.stride + thread_, unit);
      }
    }
    __syncthreads();
  }

  // Adds the rows whose bits are set in row order, four loads at a time.
  __device__ static float add_rows(float sum, u32 found, const float* column) {
    while (found != 0) {
      float coming[4];
      u32 left = found;
#pragma unroll
      for (u32 n = 0; n < 4; ++n) {
        coming[n] = column[left != 0 ? static_cast<u32>(__ffs(static_cast<int>(left))) - 1 : 0];
        left &= left - 1;
      }
      sum = Ops::add(sum, coming[0]);
#pragma unroll
      for (u32 n = 1; n < 4; ++n) {
        found &= found - 1;
        if (found != 0) sum = Ops::add(sum, coming[n]);
      }
      found &= found - 1;
    }
    return sum;
  }

  __device__ void stage_columns(const float* numbers, u32 width, u32 rows) const {
    for (u32 n = warp_; n < width; n += block_warps) {
#pragma unroll
      for (u32 row = 0; row < unit_rows; row += warp_threads) {
        if (row + thread_ >= rows) continue;
        shared_[n * staged_pitch + row + thread_] = numbers[n * unit_rows + row + thread_];
      }
    }
  }

  __device__ void find_lines(u32 token, u32 unit, u32 (&line_of)[unit_rows / warp_threads]) const {
    constexpr u32 none = 0xffffffffU;
    const u32 rows = rows_of_unit(unit);
#pragma unroll
    for (u32 n = 0; n < unit_rows / warp_threads; ++n) {
      const u32 row = n * warp_threads + thread_;
      const std::size_t group = unit * (unit_rows / block_rows) + row / block_rows;
      line_of[n] = none;
      if (row < rows) {
        line_of[n] =
            arguments_.batch_tokens[(group * arguments_.network.token_count + token) * block_rows +
                                    row % block_rows];
      }
    }
  }
};

}  // namespace cuvae::cuda
