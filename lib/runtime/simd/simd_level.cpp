#include "runtime/simd/simd_level.hpp"

#include <algorithm>
#include <cstdlib>

#include <cuvae/error.hpp>

namespace cuvae {

std::string to_string(SimdLevel level) {
  switch (level) {
    case SimdLevel::avx512:
      return "AVX-512";
    case SimdLevel::avx2:
      return "AVX2";
    case SimdLevel::scalar:
      break;
  }
  return "scalar";
}

std::vector<SimdLevel> available_simd_levels() {
  std::vector<SimdLevel> levels{SimdLevel::scalar};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul")) {
    levels.push_back(SimdLevel::avx2);
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd")) {
      levels.push_back(SimdLevel::avx512);
    }
  }
#endif
  return levels;
}

SimdLevel choose_simd_level() {
  const std::vector<SimdLevel> available = available_simd_levels();
  const char* asked = std::getenv("CUVAE_SIMD");
  if (asked == nullptr || *asked == '\0') return available.back();
  const std::string name = asked;
  const SimdLevel level =
      name == "scalar"   ? SimdLevel::scalar
      : name == "avx2"   ? SimdLevel::avx2
      : name == "avx512" ? SimdLevel::avx512
                         : throw Error(ErrorKind::usage,
                                       "CUVAE_SIMD=" + name + " is none of scalar, avx2, avx512");
  if (std::find(available.begin(), available.end(), level) == available.end()) {
    throw Error(ErrorKind::device, "CUVAE_SIMD=" + name +
                                       ": this processor has no such instructions; the best it has "
                                       "is " +
                                       to_string(available.back()));
  }
  return level;
}

}  // namespace cuvae
