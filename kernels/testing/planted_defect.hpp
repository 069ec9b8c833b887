// Defects that scripts/gpu/planted_defects.sh builds in on purpose, one at a time, to see that the
// GPU tests find them. A proper build has none: each use is an `if constexpr` that vanishes.
#pragma once

#if !defined(CUVAE_PLANTED_DEFECT)
#define CUVAE_PLANTED_DEFECT none
#endif

namespace cuvae {

enum class PlantedDefect {
  none,
  removed_barrier,      // threads read shared parameters that others still write
  missing_stream_wait,  // the host reads pinned memory before the copy into it is done
  off_by_one_store,     // a row beyond the last is stored
  unset_shared_value,   // the last parameter is not brought to shared memory
  dropped_sync,         // members of a cluster read partial sums that others still write
  too_few_bytes,        // members of a cluster go on when a part of the sums has come
  unawaited_weights,    // members of a cluster compute with weights that are still coming
  dropped_grid_sync,    // blocks add up what rows left behind that others still write
  early_head,           // a warp draws by a token's head that other warps still bring
  unawaited_copy,       // a block trains with a token's head that is still coming
};

inline constexpr PlantedDefect planted_defect = PlantedDefect::CUVAE_PLANTED_DEFECT;

}  // namespace cuvae
