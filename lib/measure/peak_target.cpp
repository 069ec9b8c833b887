// Compiled once per SIMD level, with CUVAE_TARGET naming it and the compiler flags to match.
#include <hwy/cache_control.h>

#include "measure/peak_kernels.hpp"
#include "runtime/simd/vector_ops.hpp"

namespace cuvae::CUVAE_TARGET {

using Float = VectorOps::Float;

// Enough to fill two units with a latency of four to six cycles, and few enough for 16 registers.
constexpr int chains = 12;
constexpr std::uint32_t lanes_of_peak = VectorOps::lanes;

double peak_multiply_add(std::uint64_t rounds, float* sink) {
  const Float factor = VectorOps::set(0.999F);
  const Float term = VectorOps::set(0.001F);
  Float sums[chains];
  unroll<chains>(CUVAE_LAMBDA(auto i) { sums[i] = VectorOps::set(static_cast<float>(i)); });
  for (std::uint64_t round = 0; round < rounds; ++round) {
    unroll<chains>(CUVAE_LAMBDA(auto i) { sums[i] = VectorOps::fma(sums[i], factor, term); });
  }
  Float total = sums[0];
  unroll<chains - 1>(CUVAE_LAMBDA(auto i) { total = VectorOps::add(total, sums[i + 1]); });
  VectorOps::store_unaligned(total, sink);
  return 2.0 * chains * lanes_of_peak * static_cast<double>(rounds);
}

float peak_read(const float* data, std::size_t count) {
  constexpr int streams = 8;
  Float sums[streams];
  unroll<streams>(CUVAE_LAMBDA(auto i) { sums[i] = VectorOps::load(data + i * lanes_of_peak); });
  for (std::size_t at = streams * lanes_of_peak; at + streams * lanes_of_peak <= count;
       at += streams * lanes_of_peak) {
    unroll<streams>(CUVAE_LAMBDA(auto i) {
      sums[i] = VectorOps::add(sums[i], VectorOps::load(data + at + i * lanes_of_peak));
    });
  }
  Float total = sums[0];
  unroll<streams - 1>(CUVAE_LAMBDA(auto i) { total = VectorOps::add(total, sums[i + 1]); });
  alignas(64) float lanes_out[16];
  VectorOps::store(total, lanes_out);
  float result = 0;
  for (std::uint32_t lane = 0; lane < lanes_of_peak; ++lane) result += lanes_out[lane];
  return result;
}

void peak_write(float* data, std::size_t count) {
  const Float value = VectorOps::set(1.0F);
  for (std::size_t at = 0; at < count; at += lanes_of_peak) {
    hn::Stream(value, VectorOps::FloatTag(), data + at);
  }
  hwy::FlushStream();
}

void peak_copy(const float* from, float* to, std::size_t count) {
  for (std::size_t at = 0; at < count; at += lanes_of_peak) {
    hn::Stream(VectorOps::load(from + at), VectorOps::FloatTag(), to + at);
  }
  hwy::FlushStream();
}

extern const measure::PeakKernels peaks;
const measure::PeakKernels peaks = {peak_multiply_add, peak_read, peak_write, peak_copy};

}  // namespace cuvae::CUVAE_TARGET
