// Counting, comparing and searching for evaluation. Every result is a count, a greatest or a least,
// so that the order in which threads come does not matter.
#include "kernels/arithmetic/scalar_ops.hpp"
#include "kernels/evaluate/evaluate.cuh"

namespace cuvae::cuda {
namespace {

using u32 = std::uint32_t;

constexpr u32 threads = 256;
constexpr u32 most_blocks = 1024;      // of kernels that walk over the rows
constexpr u32 shared_counters = 8192;  // 32 KiB; larger tables are counted in global memory
constexpr u32 references_at_once = 8;
constexpr u32 references_of_block = 1024;  // about so many, in as many parts
constexpr u32 most_parts = 1024;
constexpr u32 query_threads = 128;

u32 blocks_of(u32 rows) {
  const u32 blocks = (rows - 1) / threads + 1;
  return blocks < most_blocks ? blocks : most_blocks;
}

__device__ u32 code_at(const CudaCodes& codes, u32 row) {
  switch (codes.width) {
    case 1:
      return static_cast<const std::uint8_t*>(codes.cells)[row];
    case 2:
      return static_cast<const std::uint16_t*>(codes.cells)[row];
    default:
      return static_cast<const u32*>(codes.cells)[row];
  }
}

__device__ u32 bin_of(const SoftBins& bins, DoubleBits value) {
  if (soft::is_nan(value)) return bins.count;
  return soft::clamped_floor(soft::divide(soft::subtract(value, bins.low), bins.width),
                             bins.count - 1);
}

// Calls f with each row that is this thread's.
template <class F>
__device__ void for_my_rows(u32 rows, F f) {
  const std::uint64_t step = std::uint64_t{gridDim.x} * threads;
  for (std::uint64_t row = std::uint64_t{blockIdx.x} * threads + threadIdx.x; row < rows;
       row += step) {
    f(static_cast<u32>(row));
  }
}

// Adds up how often cell_of(row) names each cell, in shared memory where the cells fit there.
template <class Count, class F>
__device__ void count_cells(u32 rows, u32 cells, Count* counts, F cell_of) {
  extern __shared__ u32 block_counts[];
  if (cells > shared_counters) {
    for_my_rows(rows, [&](u32 row) { atomicAdd(counts + cell_of(row), Count{1}); });
    return;
  }
  for (u32 cell = threadIdx.x; cell < cells; cell += threads) block_counts[cell] = 0;
  __syncthreads();
  for_my_rows(rows, [&](u32 row) { atomicAdd(block_counts + cell_of(row), 1U); });
  __syncthreads();
  for (u32 cell = threadIdx.x; cell < cells; cell += threads) {
    if (block_counts[cell] != 0) atomicAdd(counts + cell, Count{block_counts[cell]});
  }
}

__global__ void __launch_bounds__(threads)
    count_codes_kernel(const CudaCodes codes, u32 rows, Counter* counts) {
  count_cells(rows, codes.count, counts, [&](u32 row) { return code_at(codes, row); });
}

__global__ void __launch_bounds__(threads)
    histogram_kernel(const DoubleBits* __restrict__ values, u32 rows, const SoftBins bins,
                     Counter* counts) {
  count_cells(rows, bins.count + 1, counts, [&](u32 row) { return bin_of(bins, values[row]); });
}

__global__ void __launch_bounds__(threads)
    pair_table_kernel(const CudaCodes a, const CudaCodes b, u32 rows, u32* counts) {
  count_cells(rows, a.count * b.count, counts,
              [&](u32 row) { return code_at(a, row) * b.count + code_at(b, row); });
}

__global__ void __launch_bounds__(threads)
    bin_kernel(const DoubleBits* __restrict__ values, u32 rows, const SoftBins bins,
               std::uint8_t* __restrict__ out) {
  for_my_rows(rows,
              [&](u32 row) { out[row] = static_cast<std::uint8_t>(bin_of(bins, values[row])); });
}

__global__ void __launch_bounds__(threads)
    pair_keys_kernel(const CudaCodes a, const CudaCodes b, u32 rows,
                     std::uint64_t* __restrict__ keys) {
  for_my_rows(rows, [&](u32 row) {
    keys[row] = std::uint64_t{code_at(a, row)} * b.count + code_at(b, row);
  });
}

// In the first thread of a warp, whose threads all take part: the sum of their numbers.
__device__ u32 sum_of_warp(u32 number) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
  for (u32 distance = 16; distance > 0; distance /= 2) {
    number += __shfl_down_sync(0xFFFFFFFFU, number, distance);
  }
  return number;
#else
  return __reduce_add_sync(0xFFFFFFFFU, number);
#endif
}

__global__ void __launch_bounds__(threads)
    sort_keys_kernel(const DoubleBits* __restrict__ values, u32 rows,
                     std::uint64_t* __restrict__ keys, Counter* present) {
  __shared__ u32 block_present;
  if (threadIdx.x == 0) block_present = 0;
  __syncthreads();
  u32 mine = 0;
  for_my_rows(rows, [&](u32 row) {
    const DoubleBits value = values[row];
    keys[row] = soft::sort_key(value);
    mine += soft::is_nan(value) ? 0 : 1;
  });
  mine = sum_of_warp(mine);
  if (threadIdx.x % 32 == 0) atomicAdd(&block_present, mine);
  __syncthreads();
  if (threadIdx.x == 0) atomicAdd(present, Counter{block_present});
}

// How many of the sorted keys are at most `key`.
__device__ u32 count_upto(const std::uint64_t* __restrict__ keys, u32 count, std::uint64_t key) {
  u32 begin = 0;
  while (count > 0) {
    const u32 half = count / 2;
    if (keys[begin + half] <= key) {
      begin += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return begin;
}

__global__ void ks_divisors_kernel(KsState* state) {
  const Counter present = state->present[threadIdx.x];
  if (present != 0) state->rows[threadIdx.x] = soft_divisor(soft::from_count(present));
}

// Where a run of equal keys of `own` ends, both cumulative distributions are known: own's from the
// place, the other's by search. The greatest difference over the keys of both columns is found by
// two launches, each with another column as `own`.
__global__ void __launch_bounds__(threads)
    ks_kernel(const std::uint64_t* __restrict__ own, const std::uint64_t* __restrict__ other,
              int which, KsState* state) {
  __shared__ Counter block_furthest;
  if (threadIdx.x == 0) block_furthest = 0;
  __syncthreads();
  const auto own_count = static_cast<u32>(state->present[which]);
  const auto other_count = static_cast<u32>(state->present[1 - which]);
  if (own_count == 0 || other_count == 0) return;
  const SoftDivisor own_rows = state->rows[which];
  const SoftDivisor other_rows = state->rows[1 - which];
  Counter furthest = 0;
  for_my_rows(own_count, [&](u32 i) {
    const std::uint64_t key = own[i];
    if (i + 1 < own_count && own[i + 1] == key) return;
    const DoubleBits own_share = soft::divide(soft::from_count(i + 1), own_rows);
    const DoubleBits other_share =
        soft::divide(soft::from_count(count_upto(other, other_count, key)), other_rows);
    // Without its sign, a number that is not NaN has bits that order as it does.
    const Counter distance = soft::subtract(own_share, other_share) & ~soft::sign_bit;
    furthest = distance > furthest ? distance : furthest;
  });
  atomicMax(&block_furthest, furthest);
  __syncthreads();
  if (threadIdx.x == 0) atomicMax(&state->furthest, block_furthest);
}

__global__ void ks_result_kernel(const KsState* state, DoubleBits* distance) {
  const bool none_a = state->present[0] == 0;
  const bool none_b = state->present[1] == 0;
  constexpr DoubleBits one = DoubleBits{1023} << 52U;
  *distance = none_a != none_b ? one : state->furthest;
}

// A thread has a query, and eight references at a time, whose places the warp reads together.
__global__ void __launch_bounds__(query_threads)
    nearest_kernel(const CudaPoints queries, const CudaPoints references, u32 columns,
                   u32* __restrict__ distances) {
  const u32 query = blockIdx.x * query_threads + threadIdx.x;
  if (query >= queries.rows) return;
  float best = static_cast<float>(columns + 1);
  const u32 end = references.rows;
  const u32 step = gridDim.y * references_at_once;
  for (u32 first = blockIdx.y * references_at_once; first < end; first += step) {
    float sum[references_at_once] = {};
    const auto add = [](float& to, float own, float place) {
      to = ScalarOps::add(to, ScalarOps::min(fabsf(ScalarOps::sub(own, place)), 1.0F));
    };
    // The second four may lie behind the stride.
    const u32 second = first + 4 < end ? first + 4 : first;
    for (u32 c = 0; c < columns; ++c) {
      const float own = queries.places[static_cast<std::size_t>(c) * queries.stride + query];
      const float* column = references.places + static_cast<std::size_t>(c) * references.stride;
      const float4 low = *reinterpret_cast<const float4*>(column + first);
      const float4 high = *reinterpret_cast<const float4*>(column + second);
      add(sum[0], own, low.x);
      add(sum[1], own, low.y);
      add(sum[2], own, low.z);
      add(sum[3], own, low.w);
      add(sum[4], own, high.x);
      add(sum[5], own, high.y);
      add(sum[6], own, high.z);
      add(sum[7], own, high.w);
    }
    for (u32 i = 0; i < references_at_once; ++i) {
      if (first + i < end) best = ScalarOps::min(best, sum[i]);
    }
  }
  atomicMin(distances + query, ScalarOps::to_bits(best));
}

__global__ void __launch_bounds__(threads)
    fill_kernel(u32* __restrict__ words, u32 count, u32 value) {
  for_my_rows(count, [&](u32 i) { words[i] = value; });
}

std::size_t counter_bytes(std::uint64_t cells) {
  return cells <= shared_counters ? cells * sizeof(u32) : 0;
}

}  // namespace

cudaError_t launch_count_codes(const CudaCodes& codes, std::uint32_t rows, Counter* counts,
                               cudaStream_t stream) {
  if (rows == 0) return cudaSuccess;
  count_codes_kernel<<<blocks_of(rows), threads, counter_bytes(codes.count), stream>>>(codes, rows,
                                                                                       counts);
  return cudaGetLastError();
}

cudaError_t launch_histogram(const double* values, std::uint32_t rows, const SoftBins& bins,
                             Counter* counts, cudaStream_t stream) {
  if (rows == 0) return cudaSuccess;
  histogram_kernel<<<blocks_of(rows), threads, counter_bytes(bins.count + 1), stream>>>(
      reinterpret_cast<const DoubleBits*>(values), rows, bins, counts);
  return cudaGetLastError();
}

cudaError_t launch_pair_table(const CudaCodes& a, const CudaCodes& b, std::uint32_t rows,
                              std::uint32_t* counts, cudaStream_t stream) {
  if (rows == 0) return cudaSuccess;
  pair_table_kernel<<<blocks_of(rows), threads, counter_bytes(std::uint64_t{a.count} * b.count),
                      stream>>>(a, b, rows, counts);
  return cudaGetLastError();
}

cudaError_t launch_bin(const double* values, std::uint32_t rows, const SoftBins& bins,
                       std::uint8_t* out, cudaStream_t stream) {
  if (rows == 0) return cudaSuccess;
  bin_kernel<<<blocks_of(rows), threads, 0, stream>>>(reinterpret_cast<const DoubleBits*>(values),
                                                      rows, bins, out);
  return cudaGetLastError();
}

cudaError_t launch_pair_keys(const CudaCodes& a, const CudaCodes& b, std::uint32_t rows,
                             std::uint64_t* keys, cudaStream_t stream) {
  if (rows == 0) return cudaSuccess;
  pair_keys_kernel<<<blocks_of(rows), threads, 0, stream>>>(a, b, rows, keys);
  return cudaGetLastError();
}

cudaError_t launch_sort_keys(const double* values, std::uint32_t rows, int which,
                             std::uint64_t* keys, KsState* state, cudaStream_t stream) {
  if (rows == 0) return cudaSuccess;
  sort_keys_kernel<<<blocks_of(rows), threads, 0, stream>>>(
      reinterpret_cast<const DoubleBits*>(values), rows, keys, state->present + which);
  return cudaGetLastError();
}

cudaError_t launch_ks_distance(const std::uint64_t* a, std::uint32_t a_rows, const std::uint64_t* b,
                               std::uint32_t b_rows, KsState* state, double* distance,
                               cudaStream_t stream) {
  if (a_rows > 0 && b_rows > 0) {
    ks_divisors_kernel<<<1, 2, 0, stream>>>(state);
    ks_kernel<<<blocks_of(a_rows), threads, 0, stream>>>(a, b, 0, state);
    ks_kernel<<<blocks_of(b_rows), threads, 0, stream>>>(b, a, 1, state);
  }
  ks_result_kernel<<<1, 1, 0, stream>>>(state, reinterpret_cast<DoubleBits*>(distance));
  return cudaGetLastError();
}

cudaError_t launch_nearest(const CudaPoints& queries, const CudaPoints& references,
                           std::uint32_t columns, float* distances, cudaStream_t stream) {
  if (queries.rows == 0) return cudaSuccess;
  u32* const bits = reinterpret_cast<u32*>(distances);
  fill_kernel<<<blocks_of(queries.rows), threads, 0, stream>>>(
      bits, queries.rows, ScalarOps::to_bits(static_cast<float>(columns + 1)));
  if (references.rows > 0) {
    const u32 parts = (references.rows - 1) / references_of_block + 1;
    const dim3 grid((queries.rows - 1) / query_threads + 1,
                    parts < most_parts ? parts : most_parts);
    nearest_kernel<<<grid, query_threads, 0, stream>>>(queries, references, columns, bits);
  }
  return cudaGetLastError();
}

}  // namespace cuvae::cuda
