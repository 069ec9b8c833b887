// Compiled once per SIMD level, with CUVAE_TARGET naming it and the compiler flags to match.
#include "models/published/cpu/generate_rows.hpp"
#include "models/published/cpu/train_step.hpp"

namespace cuvae::CUVAE_TARGET {

extern const PublishedKernels published_table;

const PublishedKernels published_table = {
    lanes,
    [](const TrainingPlan& plan) {
      Scratch scratch;
      return lay_out(plan, nullptr, scratch);
    },
    [](const GenerationPlan& plan) {
      DecoderScratch scratch;
      return lay_out(plan, nullptr, scratch);
    },
    shuffled_rows,
    gradient,
    update,
    generate_codes,
    generate_floats,
};

}  // namespace cuvae::CUVAE_TARGET
