// The CPU's generator of the published network with its SIMD level chosen by the caller, for tests.
#pragma once

#include "models/published/backend.hpp"
#include "runtime/simd/simd_level.hpp"

namespace cuvae {

std::unique_ptr<ScaledRowGenerator> make_cpu_published_generator(
    const PublishedNetwork& network, const std::vector<ColumnCoding>& codings, std::uint64_t seed,
    SimdLevel level, unsigned workers, std::uint32_t block_rows);

}  // namespace cuvae
