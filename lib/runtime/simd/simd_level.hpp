// Which SIMD instructions the library uses.
#pragma once

#include <string>
#include <vector>

namespace cuvae {

enum class SimdLevel { scalar, avx2, avx512 };

std::string to_string(SimdLevel level);

// The levels this processor can run, slowest first.
std::vector<SimdLevel> available_simd_levels();

// The level to use: the fastest one, or what the environment variable CUVAE_SIMD names. Throws
// Error(usage) for an unknown name, Error(device) for a level the processor lacks.
SimdLevel choose_simd_level();

}  // namespace cuvae
